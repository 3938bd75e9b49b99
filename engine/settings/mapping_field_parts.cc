// Fields of a mapping file: where their values come from and what becomes of them.
#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "engine/settings/mapping_parts.h"

namespace takt {
namespace {

constexpr std::pair<const char*, MappingField::As> kTransforms[] = {
    {"decimal: point", MappingField::As::kDecimalPoint},
    {"decimal: comma", MappingField::As::kDecimalComma},
    {"scale: percent", MappingField::As::kPercent},
    {"scale: minor_units", MappingField::As::kMinorUnits},
    {"bool: true", MappingField::As::kBool}};

std::string TransformNames() {
  return absl::StrJoin(kTransforms, ", ", [](std::string* out, const auto& entry) {
    absl::StrAppend(out, entry.first);
  });
}

}  // namespace

std::vector<MappingField> MappingParts::Fields(const Node& node) {
  std::vector<MappingField> fields;
  if (!node.IsMap()) Report(node, "must be a map of field: path");
  for (const Node& item : node.items) fields.push_back(Field(item));
  return fields;
}

MappingField MappingParts::Field(const Node& node) {
  MappingField field;
  field.to = node.key;
  if (!node.IsMap()) {
    field.from = Paths(node);
    return field;
  }
  CheckKeys(node,
            {"from", "const", "map", "default", "null_if", "decimal", "scale", "bool", "time"});
  if (const Node* from = node.Get("from")) field.from = Paths(*from);
  if (const Node* constant = node.Get("const")) field.constant = Text(*constant);
  if (field.from.empty() != field.constant.has_value()) {
    Report(node, "needs one of from: a path, and const: a value");
  }
  Transform(node, field);
  return field;
}

void MappingParts::Transform(const Node& node, MappingField& field) {
  if (const Node* null_if = node.Get("null_if")) field.null_if = Texts(*null_if);
  Dictionary(node, field);
  int count = 0;
  for (const char* key : {"decimal", "scale", "bool"}) {
    const Node* value = node.Get(key);
    if (value == nullptr) continue;
    ++count;
    const std::string said = absl::StrCat(key, ": ", value->text);
    const auto* found = std::find_if(std::begin(kTransforms), std::end(kTransforms),
                                     [&](const auto& entry) { return said == entry.first; });
    if (found == std::end(kTransforms)) {
      Report(*value, absl::StrCat("must be one of ", TransformNames()));
    } else {
      field.as = found->second;
    }
  }
  if (const Node* time = node.Get("time")) {
    ++count;
    field.as = MappingField::As::kTime;
    if (time->IsMap()) {
      CheckKeys(*time, {"unit", "format", "zone"});
      field.unit = Unit(*time);
    } else {
      UnitForms(*time, field.unit);
    }
  }
  if (count > 1) Report(node, "may have one of decimal, scale, bool and time");
}

void MappingParts::Dictionary(const Node& node, MappingField& field) {
  const Node* map = node.Get("map");
  const Node* otherwise = node.Get("default");
  if (map == nullptr) {
    if (otherwise != nullptr) Report(*otherwise, "default needs map beside it");
    return;
  }
  MappingDictionary dictionary;
  if (!map->IsMap()) Report(*map, "must be a map of value: value");
  for (const Node& item : map->items) dictionary.entries[item.key] = Text(item);
  if (otherwise != nullptr) {
    const std::string text = Text(*otherwise);
    if (text == "dead_letter") {
      dictionary.otherwise = MappingDictionary::Otherwise::kDeadLetter;
    } else if (text != "keep") {
      dictionary.otherwise = MappingDictionary::Otherwise::kValue;
      dictionary.value = text;
    }
  }
  field.dictionary = std::move(dictionary);
}

MappingProperty MappingParts::Property(const Node& node) {
  MappingProperty property;
  if (!CheckKeys(node, {"key", "value", "fields"})) return property;
  const Node* key = node.Get("key");
  const Node* value = node.Get("value");
  const Node* fields = node.Get("fields");
  if (key == nullptr || value == nullptr || fields == nullptr || !fields->IsMap()) {
    Report(node, "needs key, value and fields");
    return property;
  }
  property.key = Path(*key);
  property.value = Path(*value);
  for (const Node& item : fields->items) {
    MappingField field;
    field.from = {property.value};
    if (item.IsMap()) {
      CheckKeys(item, {"to", "map", "default", "null_if", "decimal", "scale", "bool", "time"});
      const Node* to = item.Get("to");
      field.to = to == nullptr ? item.key : Text(*to);
      Transform(item, field);
    } else {
      field.to = Text(item);
    }
    property.fields[item.key] = std::move(field);
  }
  return property;
}

}  // namespace takt
