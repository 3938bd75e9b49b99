// What entities contribute, and why, over random histories: totals are the sums of cells, also when
// changes come between the steps; and from the causes alone the same contribution follows.
#include "engine/ledger/explainer.h"

#include <gtest/gtest.h>

#include <map>
#include <set>

#include "absl/strings/str_cat.h"
#include "engine/base/bytes.h"
#include "engine/model/change_codec.h"
#include "tests/ledger/fleet.h"
#include "tests/ledger/sales_world.h"

namespace takt {
namespace {

constexpr int kSeeds = 20;
constexpr int kChanges = 90;
constexpr Minute kMiddle = 29461000;  // within January 2026
constexpr Minute kLater = kMiddle + 20 * 1440;

// A part for every row of every term; from January up to two moments.
WantedContributions EveryPart(const Definition& definition) {
  WantedContributions wanted{.listed_max = 1000};
  for (size_t id = 0; id < definition.terms.size(); ++id) {
    const Term& term = definition.terms[id];
    const Minute begin = term.kind == TermKind::kLevel ? kMinuteMin : kMiddle - 20 * 1440;
    for (const TermRows& rows : term.group_sets) {
      for (uint32_t group = 0; group < definition.group_sets[rows.group_set].size; ++group) {
        WantedPart part{.term = static_cast<TermId>(id), .row = rows.first_row + group, .last = 5};
        part.ranges = {{{begin, kMiddle}, {begin, kLater}}};
        wanted.parts.push_back(part);
      }
    }
  }
  return wanted;
}

int64_t SumOf(const Fleet& fleet, const WantedPart& part, int moment) {
  const MinuteRange range = part.ranges[moment];
  int64_t sum = 0;
  for (const auto& [key, amount] : fleet.sums().sums) {
    if (key.first == part.row && key.second >= range.begin && key.second < range.end) sum += amount;
  }
  for (const auto& [key, count] : fleet.sums().durations) {
    const auto& [row, minute, micros] = key;
    if (row == part.row && minute >= range.begin && minute < range.end) sum += micros * count;
  }
  return sum;
}

void ExpectTotals(const Fleet& fleet, const WantedContributions& wanted,
                  const std::vector<Findings>& all) {
  for (size_t i = 0; i < wanted.parts.size(); ++i) {
    for (const int moment : {kBefore, kAfter}) {
      Int128 total = 0;
      int64_t listed = 0;
      for (const Findings& findings : all) {
        total += findings.parts[i].totals[moment];
        for (const Contribution& one : findings.parts[i].listed) listed += one.amounts[moment];
      }
      ASSERT_EQ(static_cast<int64_t>(total), SumOf(fleet, wanted.parts[i], moment))
          << "term " << wanted.parts[i].term << " row " << wanted.parts[i].row;
      if (moment == kAfter) {
        ASSERT_EQ(static_cast<int64_t>(total), listed) << "row " << wanted.parts[i].row;
      }
    }
  }
}

TEST(LedgerExplainer, TotalsAreTheSumsOfCells) {
  SalesWorld world;
  const WantedContributions wanted = EveryPart(world.definition());
  for (uint32_t seed = 1; seed <= kSeeds; ++seed) {
    SCOPED_TRACE(testing::Message() << "seed " << seed);
    const int workers = 1 + static_cast<int>(seed % 3);
    Fleet fleet(world.definition(), workers, seed);
    fleet.Apply(world.RandomChanges(seed, kChanges));
    std::vector<Findings> all;
    for (int i = 0; i < workers; ++i) {
      LedgerExplainer explainer(fleet.ledger(i), wanted);
      while (!explainer.Step(4)) continue;
      all.push_back(explainer.TakeFindings());
    }
    ExpectTotals(fleet, wanted, all);
  }
}

TEST(LedgerExplainer, ChangesBetweenStepsAreSeen) {
  SalesWorld world;
  const WantedContributions wanted = EveryPart(world.definition());
  uint64_t seen_again = 0;
  for (uint32_t seed = 1; seed <= kSeeds; ++seed) {
    SCOPED_TRACE(testing::Message() << "seed " << seed);
    const std::vector<Change> changes = world.RandomChanges(seed, 3 * kChanges);
    Fleet fleet(world.definition());
    size_t next = 0;
    while (next < changes.size() / 2) fleet.Apply(changes[next++]);
    LedgerExplainer explainer(fleet.ledger(0), wanted);
    while (!explainer.Step(1)) {
      for (int i = 0; i < 5 && next < changes.size(); ++i) fleet.Apply(changes[next++]);
    }
    const Findings findings = explainer.TakeFindings();
    seen_again += findings.seen_again;
    ExpectTotals(fleet, wanted, {findings});
  }
  EXPECT_GT(seen_again, 0u);
}

// The everyday change takes a short way (ledger/edit.h), which an explainer must see as well.
TEST(LedgerExplainer, EditsOfAmountsBetweenStepsAreSeen) {
  DefinitionBuilder build;
  build.AddObject("deal", {{"amount", FieldType::kMoney}, {"owner", FieldType::kText}});
  build.AddPipeline("deal", {.name = "sales", .open = {"new"}});
  build.AddTerm({.kind = TermKind::kLevel,
                 .measure = {MeasureKind::kField, build.Field("deal", "amount")},
                 .states = {{.state = build.State("deal", "open")}}},
                "deal");
  const WantedContributions wanted = EveryPart(build.Finish());
  Fleet fleet(build.definition());
  const auto id = [](int i) { return absl::StrCat("D", i); };
  for (int i = 0; i < 40; ++i) {
    fleet.Apply(build.Record("deal", id(i), "2026-01-02",
                             {{"stage", "new"}, {"amount", "100"}, {"owner", "r1"}}));
  }
  LedgerExplainer explainer(fleet.ledger(0), wanted);
  ASSERT_FALSE(explainer.Step(30));
  for (int i = 0; i < 40; ++i) {
    fleet.Apply(build.Patch("deal", id(i), "2026-01-03", {{"amount", "250"}}));
  }
  while (!explainer.Step(30)) continue;
  const Findings findings = explainer.TakeFindings();
  EXPECT_GE(findings.seen_again, 30u);
  ExpectTotals(fleet, wanted, {findings});
}

// The changes behind an entity's contribution: its own, and of those that handed something over.
class CauseCollector {
 public:
  explicit CauseCollector(Ledger& ledger) : ledger_(ledger) {}

  // False: some history is too long, or was gone through before.
  bool Collect(const Causes& causes) {
    if (!causes.found) return false;
    for (const Cause& cause : causes.causes) {
      if (!cause.change.empty()) {
        changes.insert(cause.change);
        continue;
      }
      if (!told_.insert({cause.object, cause.id, cause.link}).second) continue;
      if (!Collect(LedgerExplainer::FindLinkCauses(ledger_, cause.object, cause.id, cause.link))) {
        return false;
      }
    }
    return true;
  }

  std::set<std::string> changes;  // encoded

 private:
  Ledger& ledger_;
  std::set<std::tuple<ObjectId, std::string, LinkId>> told_;
};

int64_t SumFrom(const Definition& definition, const std::set<std::string>& changes,
                const WantedPart& part, int moment) {
  Fleet fleet(definition);
  for (const std::string& bytes : changes) {
    ByteReader reader(bytes);
    Change change;
    EXPECT_TRUE(DecodeChange(reader, &change));
    fleet.Apply(change);
  }
  return SumOf(fleet, part, moment);
}

bool HasMerge(const Definition& definition, const std::vector<Change>& changes) {
  for (const Change& change : changes) {
    for (const FieldValue& field : change.fields) {
      if (definition.objects[change.object].fields[field.field].name == "merged_into") return true;
    }
  }
  return false;
}

TEST(LedgerExplainer, TheSameFollowsFromTheCausesAlone) {
  SalesWorld world;
  const WantedContributions wanted = EveryPart(world.definition());
  int checked = 0;
  int handed_over = 0;
  for (uint32_t seed = 1; seed <= kSeeds; ++seed) {
    SCOPED_TRACE(testing::Message() << "seed " << seed);
    std::vector<Change> changes = world.RandomChanges(seed, kChanges);
    // Who was merged is known from changes of others.
    std::erase_if(changes,
                  [&](const Change& change) { return HasMerge(world.definition(), {change}); });
    Fleet fleet(world.definition());
    fleet.Apply(changes);
    LedgerExplainer explainer(fleet.ledger(0), wanted);
    while (!explainer.Step(100)) continue;
    const Findings findings = explainer.TakeFindings();
    for (size_t i = 0; i < wanted.parts.size(); i += 7) {
      const WantedPart& part = wanted.parts[i];
      if (world.definition().terms[part.term].kind == TermKind::kDurations) continue;
      for (const Contribution& one : findings.parts[i].listed) {
        if (one.amounts[kAfter] == 0) continue;
        const Causes causes =
            LedgerExplainer::FindCauses(fleet.ledger(0), part, one.object, one.id);
        EXPECT_EQ(causes.amounts, one.amounts);
        CauseCollector collector(fleet.ledger(0));
        if (!collector.Collect(causes)) continue;
        // Others that are named may contribute by themselves: only this entity's object counts.
        std::set<std::string> own;
        for (const Cause& cause : causes.causes) {
          if (!cause.change.empty()) own.insert(cause.change);
        }
        ++checked;
        if (own == collector.changes) {
          for (const int moment : {kBefore, kAfter}) {
            ASSERT_EQ(SumFrom(world.definition(), own, part, moment), one.amounts[moment])
                << "term " << part.term << " entity " << one.id;
          }
          ASSERT_FALSE(own.empty());
          continue;
        }
        ++handed_over;
        ASSERT_GE(SumFrom(world.definition(), collector.changes, part, kAfter), one.amounts[kAfter])
            << "term " << part.term << " entity " << one.id;
      }
    }
  }
  EXPECT_GT(checked, 100);
  EXPECT_GT(handed_over, 10);
}

}  // namespace
}  // namespace takt
