// What every term counts, from scratch: for terms at moments the list of all their facts, for levels
// what holds at one instant. engine/definition/term.h is the meaning; here is no retraction, no pane, no
// fact dated ahead: histories as they stand are read, and that is all.
//
// Threads: one. Owns the facts; the histories must outlive it.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <vector>

#include "tests/oracle/moments.h"

namespace takt::oracle {

using Combination = uint32_t;  // of one value for every dimension; place in Facts::combinations

struct Fact {
  int64_t time = 0;
  int64_t amount = 0;  // 1, a field's value, or the microseconds of a duration
  Combination combination = 0;
  uint32_t row = 0;     // of the entity, visit or reach, unique within the term
  uint64_t entity = 0;  // StableHash of the id: breaks ties among outcomes
  bool success = false;
};

class Facts {
 public:
  Facts(const Definition& definition, const Civil& civil, const Rules& rules,
        const std::map<std::pair<ObjectId, std::string>, Entity>& entities);

  // All facts of a term at moments, ascending by (time, entity, success).
  const std::vector<Fact>& At(TermId term) const { return facts_[term]; }

  // What each combination holds of a level at an instant: how much in all.
  std::vector<__int128> LevelAt(TermId term, int64_t time);

  const std::vector<std::vector<DimensionValue>>& combinations() const { return combinations_; }

 private:
  struct Counted {
    Occurrence at;
    bool success = false;
  };

  void AddRow(TermId id, const Row& row, uint32_t row_number);
  std::vector<Counted> Passing(const Term& term, const Row& row) const;
  bool PassesFilters(const Term& term, const Row& row, int64_t time) const;
  void KeepFirstInPeriods(Period period, std::vector<Counted>& counted) const;
  std::optional<int64_t> AmountAt(const Measure& measure, const Row& row, int64_t time) const;
  void AddPosted(TermId id, const Row& row, const Fact& fact, int64_t moment);
  Combination CombinationOf(const Term& term, const Row& row, const Occurrence& at, int64_t dated);
  Combination CombinationAt(const Row& row, int64_t fields_time, int64_t table_time);

  const Definition& definition_;
  const Civil& civil_;
  const Rules& rules_;
  std::vector<std::vector<Fact>> facts_;
  std::map<ObjectId, std::vector<const Entity*>> by_object_;
  std::map<std::vector<DimensionValue>, Combination> numbers_;
  std::vector<std::vector<DimensionValue>> combinations_;
};

}  // namespace takt::oracle
