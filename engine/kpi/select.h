// A part of a snapshot: what somebody asks for who does not want all of it, as the board does every
// few seconds.
//
// Threads: pure. Errors of ParseSelection: InvalidArgument, with what is wrong and what there is.
// Cost: a copy of the samples that remain (their labels are shared).
#pragma once

#include <map>
#include <optional>
#include <string>

#include "absl/status/statusor.h"
#include "engine/definition/definition.h"
#include "engine/kpi/snapshot.h"

namespace takt {

// Each narrows the snapshot down; what is not set leaves everything.
struct Selection {
  std::optional<LevelId> level;
  std::optional<std::string> group;   // value of the level's dimension
  std::optional<std::string> window;  // its label; KPIs without windows remain

  bool IsAll() const { return !level && !group && !window; }
};

// From ?level=region&group=north&window=28d. Other keys are not looked at.
absl::StatusOr<Selection> ParseSelection(const Definition& definition,
                                         const std::map<std::string, std::string>& query);

// `snapshot` must be of `definition`. Families without a sample left are left out.
Snapshot Select(const Definition& definition, const Snapshot& snapshot, const Selection& selection);

// The exported window of this label; nullptr when there is none.
const Window* FindWindow(const Definition& definition, const std::string& label);

}  // namespace takt
