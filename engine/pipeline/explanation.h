// A KPI's value taken apart: the entities that make it up, what each contributes, and the changes
// that made it count; or, for two moments, what moved it.
//
// The value is computed by the very arithmetic of the pages (engine/kpi/columns.h) from the totals of
// the contributions, so both are one: `values` is what the pages show at the same `now` once they have
// read the same records.
//
// Two moments: what moved the value. Every part has an effect, and so has every entity; they add up to
// the difference of the values.
//   a ratio k/n, a mean   (dk - r0 dn) / n1, with the ratio r0 before: linear in what each entity has
//   a formula             the parts are taken from before to after one by one, in their order; an
//                         entity's effect is its share in what moved the part
// Where a value on the way is undefined (0/0) there are no effects.
//
// Threads: a value, made on the thread that asks; the ledgers are asked by jobs. Cost: see
// ledger/explainer.h, and some microseconds for each cause. Bound: `listed_max` entities of each part,
// with at most 64 changes looked through of each; totals are always of all.
#pragma once

#include <array>
#include <map>
#include <optional>
#include <string>
#include <tuple>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "engine/kpi/columns.h"
#include "engine/kpi/value_plan.h"
#include "engine/ledger/contributions.h"
#include "engine/model/event_time.h"
#include "engine/pipeline/ledger_jobs.h"

namespace takt {

inline constexpr int kListedMax = 500;

struct ExplainQuestion {
  ValueQuestion value;
  // The same moment twice, or what is compared.
  std::array<EventTime, 2> moments;
  bool moves = false;
  int listed_max = 20;
  bool with_causes = true;
};

struct ExplainedEntity {
  Contribution contribution;
  std::array<Int128, 2> amounts{};  // in facts; of ages and durations microseconds
  double effect = 0;                // on the value, NaN: undefined
  bool changed_since = false;       // it contributed something else when its causes were looked for
  Causes causes;
};

struct ExplainedPart {
  WantedPart wanted;
  std::array<Measured, 2> measured;
  std::array<Int128, 2> totals{};          // in facts; of ages and durations microseconds
  std::array<uint64_t, 2> contributing{};  // entities; of durations and outcomes facts
  uint64_t moved = 0;
  double effect = 0;                    // on the value, NaN: undefined
  std::vector<ExplainedEntity> listed;  // the largest first, or, of equal ones, the latest
};

// What an entity tells by a link, when it is a cause of something.
using ToldKey = std::tuple<ObjectId, std::string, LinkId>;

struct Explanation {
  ExplainQuestion question;
  ValuePlan plan;
  std::array<std::vector<Measured>, 2> columns;  // by column of the plan; the value is the last
  std::vector<ExplainedPart> parts;              // by leaf of the plan
  std::map<ToldKey, Causes> told;                // behind what was handed over
  uint64_t entities = 0;                         // that were looked at
};

// Asks the ledgers of all workers. ResourceExhausted and DeadlineExceeded: see LedgerJobs.
absl::StatusOr<Explanation> Explain(const Definition& definition, const ExplainQuestion& question,
                                    LedgerJobs& jobs, absl::Duration limit);

// What these changes (encoded) do to facts, one answer for each.
absl::StatusOr<std::vector<ChangeEffects>> FindEffects(const std::vector<std::string>& changes,
                                                       LedgerJobs& jobs, absl::Duration limit);

}  // namespace takt
