// The ledger against the oracle, which computes every fact and level from scratch and shares no
// code with it: over random histories both must say the same for every term, group and minute.
#include <gtest/gtest.h>

#include <set>

#include "tests/ledger/fleet.h"
#include "tests/ledger/sales_world.h"
#include "tests/oracle/facts.h"
#include "tests/oracle/history.h"
#include "tests/oracle/moments.h"

namespace takt {
namespace {

class Reference {
 public:
  Reference(const Definition& definition, const std::vector<Change>& changes)
      : definition_(definition),
        civil_("UTC", 1),
        histories_(definition),
        rules_(definition, civil_) {
    for (const Change& change : changes) histories_.Add(change);
    facts_ = std::make_unique<oracle::Facts>(definition, civil_, rules_, histories_.Entities());
  }

  // What terms at moments add up to.
  Sums AtMoments() const {
    Sums all;
    for (size_t id = 0; id < definition_.terms.size(); ++id) {
      const Term& term = definition_.terms[id];
      if (term.kind == TermKind::kLevel) continue;
      DeltaBatch batch;
      for (const oracle::Fact& fact : facts_->At(static_cast<TermId>(id)))
        AddFact(term, fact, batch);
      all.Add(batch);
    }
    return all;
  }

  // What a level holds after minute `minute`, by row; rows of zero left out.
  std::map<RowId, int64_t> LevelAfter(TermId id, Minute minute) {
    const Term& term = definition_.terms[id];
    std::map<RowId, int64_t> rows;
    if (term.recent.has_value()) {
      const oracle::Span span = civil_.Resolve(*term.recent, int64_t{minute} + 1);
      std::set<std::pair<RowId, uint32_t>> counted;
      for (const oracle::Fact& fact : facts_->At(id)) {
        const int64_t at = oracle::MinuteHolding(fact.time);
        if (at < span.begin || at >= span.end) continue;
        for (const TermRows& set : term.group_sets) {
          counted.insert({RowOf(set, fact.combination), fact.row});
        }
      }
      for (const auto& [row, entity] : counted) ++rows[row];
      return rows;
    }
    const int64_t end = (int64_t{minute} + 1) * kMicrosPerMinute - 1;
    const std::vector<__int128> totals = facts_->LevelAt(id, end);
    for (size_t i = 0; i < totals.size(); ++i) {
      for (const TermRows& set : term.group_sets) {
        rows[RowOf(set, static_cast<oracle::Combination>(i))] += static_cast<int64_t>(totals[i]);
      }
    }
    std::erase_if(rows, [](const auto& row) { return row.second == 0; });
    return rows;
  }

 private:
  RowId RowOf(const TermRows& set, oracle::Combination combination) const {
    GroupId group = 0;
    for (const DimensionId id : definition_.group_sets[set.group_set].dimensions) {
      group = group * static_cast<GroupId>(definition_.dimensions[id].values.size()) +
              facts_->combinations()[combination][id];
    }
    return set.first_row + group;
  }

  void AddFact(const Term& term, const oracle::Fact& fact, DeltaBatch& batch) const {
    const Minute minute = MinuteOf(fact.time);
    for (const TermRows& set : term.group_sets) {
      const RowId row = RowOf(set, fact.combination);
      switch (term.kind) {
        case TermKind::kSum:
          batch.sums.push_back({row, minute, fact.amount});
          break;
        case TermKind::kDurations:
          batch.durations.push_back({row, minute, fact.amount, 1});
          break;
        case TermKind::kOutcomes:
          batch.outcomes.push_back({row, 1, fact.time, fact.entity, fact.success});
          break;
        case TermKind::kLevel:
          break;
      }
    }
  }

  const Definition& definition_;
  oracle::Civil civil_;
  oracle::Histories histories_;
  oracle::Rules rules_;
  std::unique_ptr<oracle::Facts> facts_;
};

bool IsLevelRow(const Definition& definition, RowId row) {
  for (const Term& term : definition.terms) {
    for (const TermRows& set : term.group_sets) {
      const uint32_t size = definition.group_sets[set.group_set].size;
      if (row >= set.first_row && row < set.first_row + size) return term.kind == TermKind::kLevel;
    }
  }
  return false;
}

class OracleComparison : public ::testing::TestWithParam<uint32_t> {
 protected:
  OracleComparison() : changes_(world_.RandomChanges(GetParam(), 100)) {}
  SalesWorld world_;
  std::vector<Change> changes_;
};

TEST_P(OracleComparison, FactsAtMomentsAreTheSame) {
  Fleet fleet(world_.definition(), 2, GetParam());
  fleet.Apply(changes_);
  Sums at_moments = fleet.sums();
  std::erase_if(at_moments.sums, [&](const auto& entry) {
    return IsLevelRow(world_.definition(), entry.first.first);
  });
  EXPECT_EQ(at_moments, Reference(world_.definition(), changes_).AtMoments());
}

TEST_P(OracleComparison, LevelsAreTheSameAtEveryHour) {
  const Definition& definition = world_.definition();
  Fleet fleet(definition, 2, GetParam());
  fleet.Apply(changes_);
  Reference reference(definition, changes_);
  const Minute first = MinuteOf(At("2025-12-30").micros);
  const Minute last = MinuteOf(At("2026-02-10").micros);
  for (size_t id = 0; id < definition.terms.size(); ++id) {
    const Term& term = definition.terms[id];
    if (term.kind != TermKind::kLevel) continue;
    std::map<Minute, std::map<RowId, int64_t>> by_minute;
    for (const auto& [key, amount] : fleet.sums().sums) {
      for (const TermRows& set : term.group_sets) {
        const uint32_t size = definition.group_sets[set.group_set].size;
        if (key.first >= set.first_row && key.first < set.first_row + size) {
          by_minute[key.second][key.first] += amount;
        }
      }
    }
    std::map<RowId, int64_t> level;
    auto next = by_minute.begin();
    for (Minute minute = first; minute < last; minute += 61) {
      for (; next != by_minute.end() && next->first <= minute; ++next) {
        for (const auto& [row, amount] : next->second) level[row] += amount;
      }
      std::erase_if(level, [](const auto& row) { return row.second == 0; });
      ASSERT_EQ(level, reference.LevelAfter(static_cast<TermId>(id), minute))
          << "term " << id << " after " << EventTime{int64_t{minute} * kMicrosPerMinute}.ToTime();
    }
  }
}

INSTANTIATE_TEST_SUITE_P(Seeds, OracleComparison, ::testing::Range(1u, 31u));

}  // namespace
}  // namespace takt
