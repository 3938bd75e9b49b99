#include "tests/oracle/moments.h"

#include <algorithm>

#include "tests/oracle/conditions.h"
#include "tests/oracle/stages.h"

namespace takt::oracle {
namespace {

// Own ones before linked ones, those by the origin's id.
bool Earlier(const Occurrence& a, const Occurrence& b) {
  if (a.time != b.time) return a.time < b.time;
  if ((a.origin == nullptr) != (b.origin == nullptr)) return a.origin == nullptr;
  return a.origin != nullptr && a.origin->id < b.origin->id;
}

}  // namespace

std::vector<Row> Rules::RowsOf(const Entity& entity, RowSource source) const {
  std::vector<Row> rows;
  if (entity.deleted) return rows;
  switch (source) {
    case RowSource::kEntity:
      rows.push_back({.entity = &entity});
      break;
    case RowSource::kVisit:
      for (const Visit& visit : entity.visits) rows.push_back({.entity = &entity, .visit = &visit});
      break;
    case RowSource::kReach:
      for (const Reach& reach : entity.reaches)
        rows.push_back({.entity = &entity, .reach = &reach});
      break;
  }
  return rows;
}

std::vector<Occurrence> Rules::Occurrences(const Row& row, MomentId moment) const {
  if (row.visit == nullptr && row.reach == nullptr) return MomentOf(*row.entity, moment);
  const int64_t entered = row.visit != nullptr ? row.visit->entered : row.reach->entered;
  if (moment == kEnteredMoment) return {{.time = entered}};
  const std::optional<int64_t> end = row.visit != nullptr ? row.visit->left : row.reach->passed;
  if (!end.has_value()) return {};
  return {{.time = *end}};
}

std::optional<Occurrence> Rules::FirstOccurrence(const Row& row, MomentId moment) const {
  const std::vector<Occurrence> all = Occurrences(row, moment);
  if (all.empty()) return std::nullopt;
  return all.front();
}

const std::vector<Occurrence>& Rules::MomentOf(const Entity& entity, MomentId id) const {
  std::optional<std::vector<Occurrence>>& known = entity.moments[id];
  if (known.has_value()) return *known;
  std::vector<Occurrence> all;
  const Moment& moment = ObjectOf(entity).moments[id];
  if (!entity.deleted) all = Source(entity, moment);
  std::stable_sort(all.begin(), all.end(), Earlier);
  switch (moment.pick) {
    case Pick::kFirst:
      if (all.size() > 1) all.resize(1);
      break;
    case Pick::kLatest:
      if (all.size() > 1) all.erase(all.begin(), all.end() - 1);
      break;
    case Pick::kEvery:
      break;
  }
  known = std::move(all);
  return *known;
}

std::vector<Occurrence> Rules::Source(const Entity& entity, const Moment& moment) const {
  std::vector<Occurrence> found;
  switch (moment.source) {
    case Moment::Source::kField:
      return BeginsToPass(entity, moment);
    case Moment::Source::kLinked:
      return Linked(entity, moment);
    case Moment::Source::kCreated:
      if (entity.created.has_value()) found.push_back({.time = *entity.created});
      break;
    case Moment::Source::kOutcome:
      found = Outcome(entity, moment);
      break;
    case Moment::Source::kStage:
      for (const Visit& visit : entity.visits) {
        if (visit.stage == moment.stage) found.push_back({.time = visit.entered});
      }
      break;
    case Moment::Source::kOwn:
      for (const MomentId id : moment.moments) {
        const std::vector<Occurrence>& own = MomentOf(entity, id);
        found.insert(found.end(), own.begin(), own.end());
      }
      break;
    case Moment::Source::kAfter:
      found = MomentOf(entity, moment.moments[0]);
      for (Occurrence& one : found) one.time += absl::ToInt64Microseconds(moment.add);
      break;
    case Moment::Source::kEntered:
    case Moment::Source::kLeft:
    case Moment::Source::kPassed:
      break;  // of rows, never of an entity
  }
  const Row row{.entity = &entity};
  std::erase_if(found,
                [&](const Occurrence& one) { return !PassAt(row, moment.conditions, one.time); });
  return found;
}

// The entry into the kind of stage that the entity is in at the end, if it is one of those asked for.
std::vector<Occurrence> Rules::Outcome(const Entity& entity, const Moment& moment) const {
  const Object& object = ObjectOf(entity);
  std::optional<StageKind> kind;
  int64_t since = 0;
  for (const Step& step : entity.steps) {
    std::optional<StageKind> now;
    if (step.stage >= 0) now = object.stages[step.stage].kind;
    if (now != kind) since = step.time;
    kind = now;
  }
  const bool wanted = kind.has_value() &&
                      std::count(moment.stage_kinds.begin(), moment.stage_kinds.end(), *kind) > 0;
  if (!wanted) return {};
  return {{.time = since}};
}

std::vector<Occurrence> Rules::BeginsToPass(const Entity& entity, const Moment& moment) const {
  const Object& object = ObjectOf(entity);
  std::vector<Occurrence> found;
  bool passed = false;
  for (const Step& step : entity.steps) {
    bool passes = true;
    if (moment.conditions.empty()) passes = !EffectiveField(object, step, moment.field).is_null();
    for (const Condition& condition : moment.conditions) {
      passes = passes && Passes(condition, EffectiveField(object, step, condition.field));
    }
    if (passes && !passed) found.push_back({.time = step.time});
    passed = passes;
  }
  return found;
}

std::vector<Occurrence> Rules::Linked(const Entity& entity, const Moment& moment) const {
  std::vector<Occurrence> found;
  const auto pointing = entity.pointing.find({moment.origin, moment.origin_link});
  if (pointing == entity.pointing.end()) return found;
  for (const Entity* origin : pointing->second) {
    for (const Occurrence& one : MomentOf(*origin, moment.moments[0])) {
      if (!PassAt({.entity = origin}, moment.conditions, one.time)) continue;
      found.push_back({.time = one.time, .origin = origin, .origin_time = one.time});
    }
  }
  return found;
}

Datum Rules::FieldAt(const Row& row, FieldId field, int64_t time) const {
  static const std::string* const kKinds[] = {new std::string("open"), new std::string("won"),
                                              new std::string("lost"), new std::string("omitted")};
  const Object& object = ObjectOf(*row.entity);
  switch (field) {
    case kExitField:
      if (row.visit == nullptr || row.visit->exit.empty()) return {};
      return {.kind = ValueKind::kText, .text = &row.visit->exit};
    case kStageKindField:
      if (row.stage() < 0) return {};
      return {.kind = ValueKind::kText,
              .text = kKinds[static_cast<int>(object.stages[row.stage()].kind)]};
    case kVisitedField:
      return {.kind = ValueKind::kInteger, .integer = row.reach != nullptr && row.reach->visited};
    case kNextVisitedField:
      return {.kind = ValueKind::kInteger,
              .integer = row.reach != nullptr && row.reach->next_visited};
    default:
      break;
  }
  return EffectiveField(object, row.entity->Known(time), field);
}

bool Rules::PassAt(const Row& row, const std::vector<Condition>& conditions, int64_t time) const {
  return std::all_of(conditions.begin(), conditions.end(), [&](const Condition& condition) {
    return Passes(condition, FieldAt(row, condition.field, time));
  });
}

}  // namespace takt::oracle
