#include "engine/settings/object_compiler.h"

#include <algorithm>
#include <set>
#include <utility>

#include "absl/strings/str_cat.h"
#include "engine/settings/nearest.h"
#include "engine/settings/values.h"

namespace takt {
namespace {

constexpr int64_t kCertain = 1000'000;
constexpr size_t kObjectsMax = 256;

FieldType TypeNamed(absl::string_view name) {
  if (name == "money") return FieldType::kMoney;
  if (name == "number") return FieldType::kNumber;
  if (name == "bool") return FieldType::kBool;
  if (name == "time") return FieldType::kTime;
  return FieldType::kText;
}

// The stages of one pipeline.
class PipelineCompiler {
 public:
  PipelineCompiler(Compilation& compilation, const Node& entry, Object& object)
      : compilation_(compilation), entry_(entry), object_(object) {}

  void Compile() {
    object_.pipelines.push_back(entry_.key);
    const Node* open = entry_.Get("open");
    if (open != nullptr && open->IsMap()) {
      for (const Node& stage : open->items) {
        int64_t probability = 0;
        if (stage.IsScalar() && !stage.bad) probability = ParseShare(stage.text).value_or(0);
        if (!stage.bad) Add(stage.key, {stage.key_place, StageKind::kOpen, rank_++, probability});
      }
    } else if (open != nullptr) {
      for (const Node* stage : open->Many()) {
        Add(stage->text, {stage->place, StageKind::kOpen, rank_++, 0});
      }
    }
    AddAll("won", StageKind::kWon);
    AddAll("lost", StageKind::kLost);
    AddAll("omitted", StageKind::kOmitted);
    if (names_.empty() && !entry_.HasBad() && !(open != nullptr && open->HasBad())) {
      KeyError(compilation_.problems, entry_, "a pipeline needs stages: open, won, lost, omitted");
    }
  }

 private:
  struct Written {
    Place place;
    StageKind kind;
    int rank;
    int64_t probability;
  };

  void AddAll(absl::string_view key, StageKind kind) {
    const Node* list = entry_.Get(key);
    if (list == nullptr) return;
    for (const Node* stage : list->Many()) {
      Add(stage->text, {stage->place, kind, kind == StageKind::kWon ? rank_ : -1,
                        kind == StageKind::kWon ? kCertain : 0});
    }
  }

  void Add(const std::string& name, const Written& written) {
    if (name.empty()) {
      return compilation_.problems.Error(written.place, entry_.path, "a stage needs a name");
    }
    if (!names_.insert(name).second) {
      return compilation_.problems.Error(written.place, entry_.path,
                                         absl::StrCat("the stage \"", name, "\" stands twice"));
    }
    object_.stages.push_back({entry_.key, name, written.kind, written.rank, written.probability});
  }

  Compilation& compilation_;
  const Node& entry_;
  Object& object_;
  int rank_ = 0;
  std::set<std::string> names_;
};

class ObjectDeclarer {
 public:
  ObjectDeclarer(Compilation& compilation, ObjectId id)
      : compilation_(compilation), id_(id), object_(compilation.object(id)) {}

  void Declare(const Learned& learned) {
    if (const Node* pipelines = compilation_.ObjectPart(id_, "pipelines")) {
      for (const Node& entry : pipelines->items) {
        if (!entry.bad) PipelineCompiler(compilation_, entry, object_).Compile();
      }
    }
    DeclareFields(learned);
    if (const Node* keep = compilation_.ObjectPart(id_, "keep")) {
      const auto duration = ParseDuration(keep->text);
      if (duration.ok()) object_.keep = *duration;
    }
    BuiltInMoments();
    BuiltInStates();
    DeclareNames();
  }

 private:
  void BuiltInField(const std::string& name, FieldType type) {
    const FieldId field = compilation_.MentionField(id_, name, FieldUse::kMention);
    object_.fields[field].type = type;
    compilation_.fixed_types.insert({id_, field});
  }

  void DeclareFields(const Learned& learned) {
    BuiltInField("merged_into", FieldType::kText);
    BuiltInField("created_at", FieldType::kTime);
    if (object_.has_pipelines()) {
      BuiltInField("stage", FieldType::kText);
      BuiltInField("pipeline", FieldType::kText);
      BuiltInField("probability", FieldType::kNumber);
    }
    if (const Node* fields = compilation_.ObjectPart(id_, "fields")) {
      for (const Node& entry : fields->items) {
        if (!entry.bad && entry.IsScalar()) DeclareField(entry);
      }
    }
    const auto found = learned.field_types.find(object_.name);
    if (found == learned.field_types.end()) return;
    for (const auto& [name, type] : found->second) {
      const FieldId field = compilation_.MentionField(id_, name, FieldUse::kMention);
      if (!compilation_.fixed_types.contains({id_, field})) object_.fields[field].type = type;
    }
  }

  void DeclareField(const Node& entry) {
    const FieldType type = TypeNamed(entry.text);
    const auto known = object_.field_ids.find(entry.key);
    if (known != object_.field_ids.end() && object_.fields[known->second].type != type) {
      return Error(compilation_.problems, entry, "the field is built in with another type");
    }
    BuiltInField(entry.key, type);
  }

  void Outcome(const char* name, std::vector<StageKind> kinds) {
    Moment moment{.name = name, .source = Moment::Source::kOutcome};
    moment.stage_kinds = std::move(kinds);
    object_.moments.push_back(std::move(moment));
  }

  bool IsConfigured(const char* part, const std::string& name) const {
    const Node* configured = compilation_.ObjectPart(id_, part);
    return configured != nullptr && configured->Has(name);
  }

  bool InSeveralPipelines(const std::string& stage) const {
    return std::count_if(object_.stages.begin(), object_.stages.end(),
                         [&](const Stage& each) { return each.name == stage; }) > 1;
  }

  Condition StageIs(const std::string& stage) const {
    Condition condition{.field = kStageField};
    condition.texts.push_back(stage);
    return condition;
  }

  bool HasMoment(const std::string& name) const {
    return std::any_of(object_.moments.begin(), object_.moments.end(),
                       [&](const Moment& moment) { return moment.name == name; });
  }
  bool HasState(const std::string& name) const {
    return std::any_of(object_.states.begin(), object_.states.end(),
                       [&](const State& state) { return state.name == name; });
  }

  void BuiltInMoments() {
    object_.moments.push_back({.name = "created", .source = Moment::Source::kCreated});
    if (!object_.has_pipelines()) return;
    Outcome("won", {StageKind::kWon});
    Outcome("lost", {StageKind::kLost});
    Outcome("omitted", {StageKind::kOmitted});
    Outcome("closed", {StageKind::kWon, StageKind::kLost});
    for (size_t i = 0; i < object_.stages.size(); ++i) {
      const std::string& name = object_.stages[i].name;
      if (HasMoment(name) || IsConfigured("moments", name)) continue;
      Moment moment{.name = name, .source = Moment::Source::kStage};
      moment.stage = static_cast<uint16_t>(i);
      if (InSeveralPipelines(name)) {
        moment.source = Moment::Source::kField;
        moment.field = kStageField;
        moment.conditions.push_back(StageIs(name));
      }
      object_.moments.push_back(std::move(moment));
    }
  }

  void BuiltInStates() {
    object_.states.push_back({.name = "exists", .source = State::Source::kExists});
    if (!object_.has_pipelines()) return;
    const auto kind = [&](const char* name, StageKind stage_kind) {
      object_.states.push_back(
          {.name = name, .source = State::Source::kStageKind, .stage_kind = stage_kind});
    };
    kind("open", StageKind::kOpen);
    kind("won", StageKind::kWon);
    kind("lost", StageKind::kLost);
    for (size_t i = 0; i < object_.stages.size(); ++i) {
      const std::string& name = object_.stages[i].name;
      if (HasState(name) || IsConfigured("states", name)) continue;
      State state{.name = name, .source = State::Source::kStage};
      state.stage = static_cast<uint16_t>(i);
      if (InSeveralPipelines(name)) {
        state.source = State::Source::kConditions;
        state.conditions.push_back(StageIs(name));
      }
      object_.states.push_back(std::move(state));
    }
  }

  void DeclareNames() {
    if (const Node* moments = compilation_.ObjectPart(id_, "moments")) {
      for (const Node& entry : moments->items) {
        if (HasMoment(entry.key)) {
          KeyError(compilation_.problems, entry, "a moment of this name is built in");
          continue;
        }
        const auto id = static_cast<MomentId>(object_.moments.size());
        compilation_.moment_nodes[{id_, id}] = &entry;
        object_.moments.push_back({.name = entry.key});
      }
    }
    if (const Node* states = compilation_.ObjectPart(id_, "states")) {
      for (const Node& entry : states->items) {
        if (HasState(entry.key)) {
          KeyError(compilation_.problems, entry, "a state of this name is built in");
        } else {
          object_.states.push_back({.name = entry.key, .source = State::Source::kConditions});
        }
      }
    }
  }

  Compilation& compilation_;
  ObjectId id_;
  Object& object_;
};

void DeclareLink(Compilation& compilation, ObjectId id, const Node& entry) {
  const Node* target = entry.IsMap() ? entry.Get("object") : nullptr;
  const Node* field = entry.IsMap() ? entry.Get("field") : &entry;
  if (entry.IsMap() && (target == nullptr || field == nullptr)) {
    if (entry.HasBad()) return;
    return KeyError(compilation.problems, entry, "a link needs `object` and `field`");
  }
  if (!field->IsScalar()) return KeyError(compilation.problems, entry, "has no value");
  const std::string& name = target == nullptr ? entry.key : target->text;
  const auto found = compilation.definition.object_ids.find(name);
  if (found == compilation.definition.object_ids.end()) {
    const Place& place = target == nullptr ? entry.key_place : target->place;
    return compilation.problems.Error(
        place, entry.path, UnknownName("object", name, NamesOf(compilation.definition.objects)));
  }
  Link link{.name = entry.key, .target = found->second};
  link.field = compilation.MentionField(id, field->text, FieldUse::kText);
  Object& object = compilation.object(id);
  if (object.fields[link.field].type != FieldType::kText) {
    return Error(compilation.problems, *field, "a link's field must be a text");
  }
  object.links.push_back(std::move(link));
}

std::vector<const Node*> OrderedNodes(const Node& section, const Learned& learned) {
  std::vector<const Node*> nodes;
  for (const Node& entry : section.items) {
    if (!entry.bad) nodes.push_back(&entry);
  }
  const auto place = [&](const Node* node) {
    const auto& order = learned.object_order;
    return std::find(order.begin(), order.end(), node->key) - order.begin();
  };
  std::stable_sort(nodes.begin(), nodes.end(),
                   [&](const Node* a, const Node* b) { return place(a) < place(b); });
  return nodes;
}

bool IsReserved(absl::string_view name) {
  return name == "visit" || name == "reach" || name == "current" || name == "company";
}

}  // namespace

void DeclareObjects(Compilation& compilation, const Learned& learned) {
  const Node* section = compilation.root.Get("objects");
  if (section == nullptr) return;
  Definition& definition = compilation.definition;
  for (const Node* node : OrderedNodes(*section, learned)) {
    if (IsReserved(node->key)) {
      KeyError(compilation.problems, *node, absl::StrCat("\"", node->key, "\" is a built-in name"));
      continue;
    }
    if (definition.objects.size() == kObjectsMax) {
      return KeyError(compilation.problems, *node,
                      absl::StrCat("more than ", kObjectsMax, " objects"));
    }
    definition.object_ids[node->key] = static_cast<ObjectId>(definition.objects.size());
    definition.objects.push_back(Object{.name = node->key});
    compilation.object_nodes.push_back(node);
  }
  for (size_t i = 0; i < definition.objects.size(); ++i) {
    ObjectDeclarer(compilation, static_cast<ObjectId>(i)).Declare(learned);
  }
  for (size_t i = 0; i < definition.objects.size(); ++i) {
    const Node* links = compilation.ObjectPart(static_cast<ObjectId>(i), "links");
    if (links == nullptr) continue;
    for (const Node& entry : links->items) {
      if (!entry.bad) DeclareLink(compilation, static_cast<ObjectId>(i), entry);
    }
  }
}

std::vector<std::string> LinkOrder(const Definition& definition) {
  const size_t count = definition.objects.size();
  std::vector<std::set<size_t>> origins(count);
  for (size_t i = 0; i < count; ++i) {
    for (const Link& link : definition.objects[i].links) {
      if (!link.moments.empty() && link.target != i) origins[link.target].insert(i);
    }
  }
  std::vector<std::string> order;
  std::vector<bool> placed(count);
  while (order.size() < count) {
    size_t next = count;
    for (size_t i = 0; i < count && next == count; ++i) {
      const bool ready = std::all_of(origins[i].begin(), origins[i].end(),
                                     [&](size_t origin) { return placed[origin]; });
      if (!placed[i] && ready) next = i;
    }
    // Objects that need each other through different moments: the first of them goes first.
    for (size_t i = 0; i < count && next == count; ++i) {
      if (!placed[i]) next = i;
    }
    placed[next] = true;
    order.push_back(definition.objects[next].name);
  }
  return order;
}

}  // namespace takt
