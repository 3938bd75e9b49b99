#include "tests/oracle/history.h"

#include <algorithm>

#include "tests/oracle/stages.h"

namespace takt::oracle {
namespace {

// The last change that says whether the entity is there decides.
bool EndsDeleted(const std::vector<ChangeKind>& kinds) {
  bool deleted = false;
  for (const ChangeKind kind : kinds) {
    switch (kind) {
      case ChangeKind::kPatch:
        break;
      case ChangeKind::kRecord:
      case ChangeKind::kUndelete:
        deleted = false;
        break;
      case ChangeKind::kDelete:
        deleted = true;
        break;
    }
  }
  return deleted;
}

int CompareText(const std::string* a, const std::string* b) {
  static const std::string* const kEmpty = new std::string;
  return (a != nullptr ? *a : *kEmpty).compare(b != nullptr ? *b : *kEmpty);
}

template <typename T>
int CompareNumber(const T& a, const T& b) {
  return a < b ? -1 : (b < a ? 1 : 0);
}

}  // namespace

const Step* Entity::At(int64_t time) const {
  const auto after = std::upper_bound(steps.begin(), steps.end(), time,
                                      [](int64_t t, const Step& step) { return t < step.time; });
  return after == steps.begin() ? nullptr : &*(after - 1);
}

const Step& Entity::Known(int64_t time) const {
  const Step* step = At(time);
  return step == nullptr ? steps.front() : *step;
}

int ResolveStage(const Object& object, const Datum& stage, const Datum& pipeline) {
  if (stage.kind != ValueKind::kText) return -1;
  for (size_t i = 0; i < object.stages.size(); ++i) {
    if (object.stages[i].name != *stage.text) continue;
    if (pipeline.is_null() || object.stages[i].pipeline == *pipeline.text) {
      return static_cast<int>(i);
    }
  }
  return -1;
}

int Histories::CompareContent(const Stored& a, const Stored& b) {
  if (const int c = CompareNumber(a.kind, b.kind); c != 0) return c;
  for (size_t i = 0; i < a.fields.size() && i < b.fields.size(); ++i) {
    const auto& [a_field, a_value] = a.fields[i];
    const auto& [b_field, b_value] = b.fields[i];
    if (const int c = CompareNumber(a_field, b_field); c != 0) return c;
    if (const int c = CompareNumber(a_value.kind, b_value.kind); c != 0) return c;
    if (const int c = CompareNumber(a_value.integer, b_value.integer); c != 0) return c;
    if (const int c = CompareText(a_value.text, b_value.text); c != 0) return c;
  }
  return CompareNumber(a.fields.size(), b.fields.size());
}

bool Histories::Less(const Stored& a, const Stored& b) {
  if (a.time != b.time) return a.time < b.time;
  if (a.order != b.order) return a.order < b.order;
  if (a.stage_order != b.stage_order) return a.stage_order < b.stage_order;
  if (const int c = CompareContent(a, b); c != 0) return c < 0;
  return a.identity < b.identity;
}

int Histories::StageOrder(const Object& object, const Stored& change) const {
  if (!object.has_pipelines()) return 0;
  Datum stage;
  Datum pipeline;
  for (const auto& [field, value] : change.fields) {
    if (field == kStageField) stage = value;
    if (field == kPipelineField) pipeline = value;
  }
  const int place = ResolveStage(object, stage, pipeline);
  if (place < 0) return 0;
  const bool open = object.stages[place].kind == StageKind::kOpen;
  return 1 + place + (open ? 0 : static_cast<int>(object.stages.size()));
}

void Histories::Add(const Change& change) {
  Stored stored{.kind = change.kind,
                .time = change.time.micros,
                .order = change.order,
                .identity = change.identity};
  for (const FieldValue& field : change.fields) {
    Datum datum{.kind = field.value.kind, .integer = field.value.integer};
    if (datum.kind == ValueKind::kText) {
      datum.integer = 0;
      datum.text = &*texts_.insert(std::string(field.value.text)).first;
    }
    stored.fields.emplace_back(field.field, datum);
  }
  stored.stage_order = StageOrder(definition_.objects[change.object], stored);
  changes_[{change.object, std::string(change.id)}].push_back(std::move(stored));
  built_ = false;
}

void Histories::Deduplicate(std::vector<Stored>& changes) {
  std::sort(changes.begin(), changes.end(), Less);
  std::set<uint64_t> identities;
  std::vector<Stored> kept;
  for (Stored& change : changes) {
    if (change.identity != 0) {
      if (!identities.insert(change.identity).second) continue;
    } else if (!kept.empty()) {
      // Equal ones are neighbours, those without identity first.
      const Stored& last = kept.back();
      if (last.identity == 0 && !Less(last, change) && !Less(change, last)) continue;
    }
    kept.push_back(std::move(change));
  }
  changes = std::move(kept);
}

std::string Histories::SurvivorOf(ObjectId object, const std::string& id) const {
  std::vector<std::string> path = {id};
  while (true) {
    const auto next = merged_into_.find({object, path.back()});
    if (next == merged_into_.end()) return path.back();
    const auto seen = std::find(path.begin(), path.end(), next->second);
    if (seen != path.end()) return *std::min_element(seen, path.end());
    path.push_back(next->second);
  }
}

const std::map<std::pair<ObjectId, std::string>, Entity>& Histories::Entities() {
  if (!built_) Build();
  built_ = true;
  return entities_;
}

uint64_t Histories::ChangeCount() {
  Entities();
  uint64_t count = 0;
  for (const auto& [key, changes] : changes_) count += changes.size();
  return count;
}

void Histories::Build() {
  entities_.clear();
  merged_into_.clear();
  for (auto& [key, changes] : changes_) {
    Deduplicate(changes);
    Datum into;
    for (const Stored& change : changes) {
      bool named = false;
      for (const auto& [field, value] : change.fields) {
        if (field != kMergedIntoField) continue;
        into = value;
        named = true;
      }
      if (!named && change.kind == ChangeKind::kRecord) into = Datum{};
    }
    const bool merged =
        into.kind == ValueKind::kText && !into.text->empty() && *into.text != key.second;
    if (merged) merged_into_[key] = *into.text;
  }
  std::map<Key, std::vector<std::string>> members;
  for (const auto& [key, changes] : changes_) {
    members[{key.first, SurvivorOf(key.first, key.second)}].push_back(key.second);
  }
  for (const auto& [key, ids] : members) {
    Entity& entity = entities_[key];
    entity.object = key.first;
    entity.id = key.second;
    BuildEntity(entity, ids);
  }
  Point();
}

void Histories::BuildEntity(Entity& entity, const std::vector<std::string>& members) {
  std::vector<const Stored*> all;
  for (const std::string& member : members) {
    std::optional<int64_t> first_record;
    Datum created_at;
    std::vector<ChangeKind> kinds;
    for (const Stored& change : changes_[{entity.object, member}]) {
      all.push_back(&change);
      kinds.push_back(change.kind);
      if (change.kind == ChangeKind::kRecord) {
        created_at = Datum{};
        if (!first_record.has_value()) first_record = change.time;
      }
      for (const auto& [field, value] : change.fields) {
        if (field == kCreatedAtField) created_at = value;
      }
    }
    const std::optional<int64_t> created =
        created_at.is_null() ? first_record : std::optional<int64_t>(created_at.integer);
    if (created.has_value() && (!entity.created.has_value() || *created < *entity.created)) {
      entity.created = created;
    }
    if (member == entity.id) entity.deleted = EndsDeleted(kinds);
  }
  std::sort(all.begin(), all.end(), [](const Stored* a, const Stored* b) { return Less(*a, *b); });
  Replay(entity, all);
  const Object& object = definition_.objects[entity.object];
  entity.visits = VisitsOf(object, entity.steps);
  entity.reaches = ReachesOf(object, entity.visits);
  entity.moments.resize(object.moments.size());
}

void Histories::Replay(Entity& entity, std::vector<const Stored*>& changes) const {
  const Object& object = definition_.objects[entity.object];
  std::vector<Datum> fields(object.fields.size());
  for (const Stored* change : changes) {
    if (change->kind == ChangeKind::kRecord) fields.assign(fields.size(), Datum{});
    for (const auto& [field, value] : change->fields) fields[field] = value;
    const int stage = object.has_pipelines()
                          ? ResolveStage(object, fields[kStageField], fields[kPipelineField])
                          : -1;
    entity.steps.push_back({.time = change->time, .fields = fields, .stage = stage});
  }
}

void Histories::Point() {
  for (auto& [key, entity] : entities_) {
    if (entity.deleted) continue;
    const Object& object = definition_.objects[key.first];
    for (size_t i = 0; i < object.links.size(); ++i) {
      const Datum& target = entity.steps.back().fields[object.links[i].field];
      if (target.kind != ValueKind::kText) continue;
      const ObjectId target_object = object.links[i].target;
      const auto found = entities_.find({target_object, SurvivorOf(target_object, *target.text)});
      if (found == entities_.end()) continue;
      found->second.pointing[{key.first, static_cast<LinkId>(i)}].push_back(&entity);
    }
  }
}

}  // namespace takt::oracle
