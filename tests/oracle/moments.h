// Moments, states, conditions and dimensions of one row (an entity, or one of its visits or reaches),
// evaluated as engine/definition/object.h and dimension.h define them: "as of t" means by everything
// dated at or before t.
//
// Threads: one (moments are remembered in the entity when first asked for).
#pragma once

#include <optional>
#include <vector>

#include "tests/oracle/civil.h"
#include "tests/oracle/history.h"

namespace takt::oracle {

struct Row {
  const Entity* entity = nullptr;
  const Visit* visit = nullptr;
  const Reach* reach = nullptr;

  int stage() const { return visit != nullptr ? visit->stage : (reach ? reach->stage : -1); }
};

// The instant after which nothing is known: "latest".
inline constexpr int64_t kLatest = INT64_MAX;

class Rules {
 public:
  Rules(const Definition& definition, const Civil& civil)
      : definition_(definition), civil_(civil) {}

  // The entity's rows of that kind; none when it is deleted.
  std::vector<Row> RowsOf(const Entity& entity, RowSource source) const;

  // Occurrences in order. Of visits and reaches: their own two moments.
  std::vector<Occurrence> Occurrences(const Row& row, MomentId moment) const;
  std::optional<Occurrence> FirstOccurrence(const Row& row, MomentId moment) const;

  Datum FieldAt(const Row& row, FieldId field, int64_t time) const;
  bool PassAt(const Row& row, const std::vector<Condition>& conditions, int64_t time) const;

  // Whether the state holds at an instant; with `ago`, whether it held at the end of the minute that
  // lies that much before the instant's.
  bool HoldsAt(const Entity& entity, const StateUse& use, int64_t time) const;
  // Whether all states hold, inside the visit's or reach's own stay.
  bool AllHoldAt(const Row& row, const std::vector<StateUse>& states, int64_t time) const;
  // When the unbroken time up to `time` in which all hold began.
  int64_t HeldSince(const Row& row, const std::vector<StateUse>& states, int64_t time) const;

  // The value of a dimension by the fields of `row` as of `fields_time` and the tables as of
  // `table_time`.
  DimensionValue DimensionAt(DimensionId id, const Row& row, int64_t fields_time,
                             int64_t table_time) const;

 private:
  const std::vector<Occurrence>& MomentOf(const Entity& entity, MomentId moment) const;
  std::vector<Occurrence> Source(const Entity& entity, const Moment& moment) const;
  std::vector<Occurrence> Outcome(const Entity& entity, const Moment& moment) const;
  std::vector<Occurrence> BeginsToPass(const Entity& entity, const Moment& moment) const;
  std::vector<Occurrence> Linked(const Entity& entity, const Moment& moment) const;
  bool StateHolds(const Entity& entity, const State& state, int64_t time) const;
  const Object& ObjectOf(const Entity& entity) const { return definition_.objects[entity.object]; }

  const Definition& definition_;
  const Civil& civil_;
};

}  // namespace takt::oracle
