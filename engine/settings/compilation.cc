#include "engine/settings/compilation.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "engine/settings/nearest.h"
#include "engine/settings/object_compiler.h"

namespace takt {
namespace {

FieldType TypeOf(const std::string& name, const std::set<FieldUse>& uses) {
  if (const auto known = WellKnownType(name)) return *known;
  if (uses.contains(FieldUse::kBool)) return FieldType::kBool;
  if (uses.contains(FieldUse::kNumber)) return FieldType::kNumber;
  if (uses.contains(FieldUse::kTime)) return FieldType::kTime;
  return FieldType::kText;
}

// The only object with pipelines, or nothing, reported.
std::optional<ObjectId> PipelineObject(Compilation& compilation, const Node& node,
                                       absl::string_view rows) {
  std::vector<std::string> names;
  ObjectId found = 0;
  const std::vector<Object>& objects = compilation.definition.objects;
  for (size_t i = 0; i < objects.size(); ++i) {
    if (!objects[i].has_pipelines()) continue;
    names.push_back(absl::StrCat(objects[i].name, ".", rows));
    found = static_cast<ObjectId>(i);
  }
  if (names.size() == 1) return found;
  if (names.empty()) {
    Error(compilation.problems, node,
          absl::StrCat("\"", rows, "\" needs an object with pipelines"));
  } else {
    Error(compilation.problems, node,
          absl::StrCat("several objects have pipelines: say ", names[0], " or ", names[1]));
  }
  return std::nullopt;
}

std::optional<RowSource> RowSourceNamed(absl::string_view name) {
  if (name == "visit") return RowSource::kVisit;
  if (name == "reach") return RowSource::kReach;
  return std::nullopt;
}

}  // namespace

const Node* Compilation::ObjectPart(ObjectId id, absl::string_view key) const {
  return object_nodes[id]->Get(key);
}

FieldId Compilation::MentionField(ObjectId object_id, const std::string& name, FieldUse use) {
  Object& owner = object(object_id);
  const auto [found, is_new] =
      owner.field_ids.try_emplace(name, static_cast<FieldId>(owner.fields.size()));
  if (is_new) {
    owner.fields.push_back({name, WellKnownType(name).value_or(FieldType::kText)});
  }
  uses[{object_id, found->second}].insert(use);
  return found->second;
}

Learned Compilation::Learn() const {
  Learned learned;
  learned.object_order = LinkOrder(definition);
  for (size_t i = 0; i < definition.objects.size(); ++i) {
    const Object& owner = definition.objects[i];
    auto& types = learned.field_types[owner.name];
    for (size_t j = 0; j < owner.fields.size(); ++j) {
      const std::pair<ObjectId, FieldId> id(static_cast<ObjectId>(i), static_cast<FieldId>(j));
      if (fixed_types.contains(id)) continue;
      const auto found = uses.find(id);
      types[owner.fields[j].name] =
          TypeOf(owner.fields[j].name, found == uses.end() ? std::set<FieldUse>() : found->second);
    }
  }
  return learned;
}

std::optional<FieldType> WellKnownType(absl::string_view field) {
  for (const char* name :
       {"amount", "recurring", "price", "cost", "margin", "revenue", "budget", "value"}) {
    if (field == name) return FieldType::kMoney;
  }
  for (const char* name : {"probability", "quantity", "seats", "score"}) {
    if (field == name) return FieldType::kNumber;
  }
  return std::nullopt;
}

namespace {

template <typename T>
std::vector<std::string> Names(const std::vector<T>& named) {
  std::vector<std::string> names;
  for (const T& item : named) names.push_back(item.name);
  return names;
}

}  // namespace

std::vector<std::string> NamesOf(const std::vector<Object>& objects) { return Names(objects); }
std::vector<std::string> NamesOf(const std::vector<Moment>& moments) { return Names(moments); }
std::vector<std::string> NamesOf(const std::vector<State>& states) { return Names(states); }

std::optional<RowsOf> FindRows(Compilation& compilation, const Node& node, absl::string_view text) {
  const std::vector<absl::string_view> parts = absl::StrSplit(text, '.');
  if (const auto source = RowSourceNamed(parts[0]); source.has_value() && parts.size() == 1) {
    const std::optional<ObjectId> object = PipelineObject(compilation, node, text);
    if (!object.has_value()) return std::nullopt;
    return RowsOf{*object, *source};
  }
  const auto& ids = compilation.definition.object_ids;
  const auto found = ids.find(parts[0]);
  if (found == ids.end()) {
    std::vector<std::string> names = NamesOf(compilation.definition.objects);
    for (const Object& each : compilation.definition.objects) {
      if (each.has_pipelines()) names.push_back(absl::StrCat(each.name, ".visit"));
    }
    Error(compilation.problems, node, UnknownName("object", parts[0], names));
    return std::nullopt;
  }
  if (parts.size() == 1) return RowsOf{found->second, RowSource::kEntity};
  const auto source = RowSourceNamed(parts[1]);
  if (parts.size() > 2 || !source.has_value()) {
    Error(compilation.problems, node,
          absl::StrCat("\"", text, "\" is not an object, visit or reach"));
    return std::nullopt;
  }
  if (!compilation.object(found->second).has_pipelines()) {
    Error(compilation.problems, node, absl::StrCat("\"", parts[0], "\" has no pipelines"));
    return std::nullopt;
  }
  return RowsOf{found->second, *source};
}

std::string RowsText(const Compilation& compilation, const RowsOf& rows) {
  const std::string& name = compilation.definition.objects[rows.object].name;
  switch (rows.source) {
    case RowSource::kEntity:
      return name;
    case RowSource::kVisit:
      return absl::StrCat("visits of ", name);
    case RowSource::kReach:
      return absl::StrCat("reaches of ", name);
  }
  return name;
}

std::optional<MomentId> FindMoment(Compilation& compilation, const RowsOf& rows, const Node& node,
                                   absl::string_view text) {
  std::vector<std::string> names;
  switch (rows.source) {
    case RowSource::kEntity:
      names = NamesOf(compilation.object(rows.object).moments);
      break;
    case RowSource::kVisit:
      names = {"entered", "left"};
      break;
    case RowSource::kReach:
      names = {"entered", "passed"};
      break;
  }
  const auto found = std::find(names.begin(), names.end(), text);
  if (found != names.end()) return static_cast<MomentId>(found - names.begin());
  Error(compilation.problems, node,
        UnknownName(absl::StrCat("moment of ", RowsText(compilation, rows)), text, names));
  return std::nullopt;
}

}  // namespace takt
