// From words to a question about a value (pipeline/explanation.h). The words are those of an address,
// /api/v1/explain?kpi=win_ratio&level=region&group=north&window=28d:
//
//   kpi         its name; or
//   series      a series as it stands on a page or in a query, labels and all:
//               sales_region_win_ratio{window="28d",sales_region="north"}
//   level       company where it is not said
//   group       the value of the level's dimension; dimensions, those of a split too, may also be
//               named: sales_region=north or region=north
//   window      the first one that is exported where it is not said; of values of now: now
//   at          a moment; the engine's now where it is not said
//   from, to    two moments: what moved it in between; `to` is the engine's now where it is not said
//   limit       entities of each part, 1 to 500
//   causes      no: without the changes behind
//
// Only what is exported can be asked for.
//
// Threads: any. Errors: NotFound for a KPI, level, group or window that is none, with the nearest one
// that is; InvalidArgument for words that are none or say nothing; FailedPrecondition without a moment
// while now is undefined.
#pragma once

#include <map>
#include <optional>
#include <string>

#include "absl/status/statusor.h"
#include "engine/definition/definition.h"
#include "engine/pipeline/explanation.h"

namespace takt {

absl::StatusOr<ExplainQuestion> ParseExplainQuestion(const Definition& definition,
                                                     std::map<std::string, std::string> words,
                                                     std::optional<EventTime> now);

}  // namespace takt
