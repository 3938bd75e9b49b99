#include "engine/settings/moment_compiler.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "engine/settings/condition_compiler.h"
#include "engine/settings/moment_order.h"
#include "engine/settings/nearest.h"
#include "engine/settings/values.h"

namespace takt {
namespace {

template <typename T>
void InsertOnce(std::vector<T>& values, T value) {
  if (std::find(values.begin(), values.end(), value) == values.end()) values.push_back(value);
}

class MomentCompiler {
 public:
  MomentCompiler(Compilation& compilation, ObjectId object, MomentId id, const Node& node)
      : compilation_(compilation), id_(id), node_(node), rows_{object, RowSource::kEntity} {}

  void Compile() {
    const Node* source = Source();
    if (source == nullptr) return;
    if (source->key == "after") return CompileAfter(*source);
    for (const char* key : {"add", "clock"}) {
      if (node_.Has(key)) return Misplaced(*node_.Find(key), "`after`");
    }
    mine().pick = PickOf(source->key);
    const std::vector<const Node*> names = source->Many();
    if (names.empty()) return;
    if (source->kind == Node::Kind::kList) return CompileSeveral(names);
    if (absl::StrContains(source->text, '.')) return CompileLinked(*source);
    if (node_.Has("link")) return Misplaced(*node_.Find("link"), "object.moment");
    const bool is_moment = OwnMoment(source->text).has_value();
    if (!node_.Has("is") && is_moment) return CompileSeveral(names);
    CompileField(*source);
  }

 private:
  // The moments move when hidden ones are added, so they are asked for anew.
  Moment& mine() { return compilation_.object(rows_.object).moments[id_]; }

  const Node* Source() {
    const Node* found = nullptr;
    for (const char* key : {"first", "latest", "every", "after"}) {
      if (!node_.Has(key)) continue;
      if (found != nullptr) {
        KeyError(compilation_.problems, *node_.Find(key),
                 absl::StrCat("`", key, "` does not go with `", found->key, "`"));
        return nullptr;
      }
      found = node_.Find(key);
    }
    if (found == nullptr && !node_.HasBad()) {
      KeyError(compilation_.problems, node_, "say one of first, latest, every or after");
    }
    return found == nullptr || found->bad ? nullptr : found;
  }

  static Pick PickOf(absl::string_view key) {
    if (key == "first") return Pick::kFirst;
    return key == "latest" ? Pick::kLatest : Pick::kEvery;
  }

  void Misplaced(const Node& node, absl::string_view partner) {
    KeyError(compilation_.problems, node,
             absl::StrCat("`", node.key, "` goes only with ", partner));
  }

  std::optional<MomentId> OwnMoment(absl::string_view name) {
    const std::vector<Moment>& moments = compilation_.object(rows_.object).moments;
    for (size_t i = 0; i < moments.size(); ++i) {
      if (moments[i].name == name) return static_cast<MomentId>(i);
    }
    return std::nullopt;
  }

  void CompileAfter(const Node& source) {
    for (const char* key : {"is", "where", "link"}) {
      if (node_.Has(key)) return Misplaced(*node_.Find(key), "first, latest or every");
    }
    const Node* clock = node_.Get("clock");
    if (clock != nullptr && clock->text == "office_hours") {
      return Error(
          compilation_.problems, *clock,
          "office_hours cannot be evaluated by this version: leave `clock` out to count all "
          "hours");
    }
    if (!node_.Has("add")) return KeyError(compilation_.problems, node_, "`after` needs `add`");
    const Node* add = node_.Get("add");
    const auto moment = FindMoment(compilation_, rows_, source, source.text);
    if (add == nullptr || !moment.has_value()) return;
    mine().source = Moment::Source::kAfter;
    mine().pick = Pick::kEvery;
    mine().moments = {*moment};
    mine().add = ParseDuration(add->text).value_or(absl::ZeroDuration());
  }

  void CompileSeveral(const std::vector<const Node*>& names) {
    if (node_.Has("is")) return Misplaced(*node_.Find("is"), "a field");
    mine().source = Moment::Source::kOwn;
    for (const Node* name : names) {
      if (absl::StrContains(name->text, '.')) {
        Error(compilation_.problems, *name,
              absl::StrCat("a list holds moments of this object: give \"", name->text,
                           "\" a name of its own first"));
        continue;
      }
      const auto moment = FindMoment(compilation_, rows_, *name, name->text);
      if (moment.has_value()) InsertOnce(mine().moments, *moment);
    }
    mine().conditions = Where(rows_);
  }

  std::vector<Condition> Where(const RowsOf& rows) {
    const Node* where = node_.Get("where");
    return where == nullptr ? std::vector<Condition>()
                            : CompileConditions(compilation_, rows, *where);
  }

  // The link of the origin that points here; reported when there is none or one of several is meant.
  std::optional<LinkId> FindLink(const Node& source, ObjectId origin) {
    const Object& from = compilation_.object(origin);
    const Node* wanted = node_.Get("link");
    std::vector<std::string> names;
    std::optional<LinkId> found;
    for (size_t i = 0; i < from.links.size(); ++i) {
      if (from.links[i].target != rows_.object) continue;
      names.push_back(from.links[i].name);
      if (wanted == nullptr || wanted->text == from.links[i].name) found = static_cast<LinkId>(i);
    }
    const std::string& here = compilation_.object(rows_.object).name;
    if (names.empty()) {
      Error(compilation_.problems, source,
            absl::StrCat("\"", from.name, "\" has no link to \"", here, "\": add it under objects.",
                         from.name, ".links"));
      return std::nullopt;
    }
    if (wanted != nullptr && !found.has_value()) {
      Error(compilation_.problems, *wanted,
            UnknownName(absl::StrCat("link of ", from.name), wanted->text, names));
    } else if (wanted == nullptr && names.size() > 1) {
      Error(compilation_.problems, source,
            absl::StrCat("\"", from.name, "\" has several links to \"", here,
                         "\": say link: ", absl::StrJoin(names, " or ")));
      found.reset();
    }
    return found;
  }

  void CompileLinked(const Node& source) {
    if (node_.Has("is")) return Misplaced(*node_.Find("is"), "a field");
    const std::vector<std::string> parts = absl::StrSplit(source.text, absl::MaxSplits('.', 1));
    const auto object = compilation_.definition.object_ids.find(parts[0]);
    if (object == compilation_.definition.object_ids.end()) {
      return Error(compilation_.problems, source,
                   UnknownName("object", parts[0], NamesOf(compilation_.definition.objects)));
    }
    const RowsOf origin{object->second, RowSource::kEntity};
    const auto moment = FindMoment(compilation_, origin, source, parts[1]);
    const auto link = FindLink(source, origin.object);
    const std::vector<Condition> conditions = Where(origin);
    if (!moment.has_value() || !link.has_value()) return;
    mine().source = Moment::Source::kLinked;
    mine().origin = origin.object;
    mine().origin_link = *link;
    mine().moments = {*moment};
    mine().conditions = conditions;
    Link& hands_on = compilation_.object(origin.object).links[*link];
    InsertOnce(hands_on.moments, *moment);
    for (const Condition& condition : conditions) InsertOnce(hands_on.fields, condition.field);
  }

  void CompileField(const Node& source) {
    const Object& object = compilation_.object(rows_.object);
    const std::string near = NearestName(source.text, NamesOf(object.moments));
    if (!node_.Has("is") && !near.empty() && !IsDeclaredField(source.text)) {
      return Error(
          compilation_.problems, source,
          absl::StrCat("\"", source.text, "\" is no moment of ", object.name, "; did you mean \"",
                       near, "\"? (If it is a field, declare it under fields.)"));
    }
    Moment moment{.source = Moment::Source::kField};
    if (const Node* is = node_.Find("is")) {
      moment.conditions = CompileCondition(compilation_, rows_, source.text, *is);
    }
    moment.field = compilation_.MentionField(rows_.object, source.text, FieldUse::kMention);
    if (!node_.Has("where")) {
      moment.name = mine().name;
      moment.pick = mine().pick;
      mine() = std::move(moment);
      return;
    }
    // `where` speaks of other fields at that time: the entries become a moment without a name of the
    // operator's, and this one picks among them.
    moment.name = absl::StrCat(mine().name, " (any)");
    moment.pick = Pick::kEvery;
    std::vector<Condition> conditions = Where(rows_);
    std::vector<Moment>& moments = compilation_.object(rows_.object).moments;
    const auto entries = static_cast<MomentId>(moments.size());
    moments.push_back(std::move(moment));
    mine().source = Moment::Source::kOwn;
    mine().moments = {entries};
    mine().conditions = std::move(conditions);
  }

  bool IsDeclaredField(const std::string& name) {
    const Node* fields = compilation_.ObjectPart(rows_.object, "fields");
    return (fields != nullptr && fields->Has(name)) || WellKnownType(name).has_value() ||
           name == "stage" || name == "pipeline" || name == "created_at";
  }

  Compilation& compilation_;
  MomentId id_;
  const Node& node_;
  RowsOf rows_;
};

void CompileStates(Compilation& compilation, ObjectId id) {
  const Node* states = compilation.ObjectPart(id, "states");
  if (states == nullptr) return;
  for (const Node& entry : states->items) {
    if (entry.bad) continue;
    if (entry.items.empty()) {
      KeyError(compilation.problems, entry, "a state needs conditions");
      continue;
    }
    std::vector<Condition> conditions =
        CompileConditions(compilation, {id, RowSource::kEntity}, entry);
    for (State& state : compilation.object(id).states) {
      const bool configured = state.source == State::Source::kConditions;
      if (state.name == entry.key && configured) state.conditions = std::move(conditions);
    }
  }
}

}  // namespace

void CompileMoments(Compilation& compilation) {
  for (const auto& [id, node] : compilation.moment_nodes) {
    if (!node->bad) MomentCompiler(compilation, id.first, id.second, *node).Compile();
  }
  for (size_t i = 0; i < compilation.definition.objects.size(); ++i) {
    CompileStates(compilation, static_cast<ObjectId>(i));
  }
  OrderMoments(compilation);
  for (Object& object : compilation.definition.objects) {
    for (Link& link : object.links) {
      std::sort(link.moments.begin(), link.moments.end());
      std::sort(link.fields.begin(), link.fields.end());
    }
  }
}

std::vector<std::pair<ObjectId, LinkId>> OriginsOf(const Definition& definition, ObjectId object,
                                                   MomentId moment) {
  std::vector<std::pair<ObjectId, LinkId>> origins;
  std::vector<MomentId> open = {moment};
  std::vector<MomentId> seen;
  while (!open.empty()) {
    const MomentId id = open.back();
    open.pop_back();
    if (std::find(seen.begin(), seen.end(), id) != seen.end()) continue;
    seen.push_back(id);
    const Moment& at = definition.objects[object].moments[id];
    if (at.source == Moment::Source::kLinked) {
      InsertOnce(origins, std::make_pair(at.origin, at.origin_link));
    } else {
      open.insert(open.end(), at.moments.begin(), at.moments.end());
    }
  }
  return origins;
}

}  // namespace takt
