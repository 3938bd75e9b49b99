// Terms: what the ledger adds up. A KPI compiles to terms; equal terms are shared. A term yields facts
// (signed integers, dated) for each entity, visit or reach; facts are summed in cells, one row of
// panes for every group of every group set that any KPI wants of the term.
//
//   kSum        additive over a window: a count or a sum at moments
//   kLevel      a running sum: what holds at the end of the window
//   kDurations  a histogram of durations and their exact sum, at the later moment
//   kOutcomes   the time-ordered sequence of outcomes that `last n` needs
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "absl/time/time.h"
#include "engine/definition/dimension.h"
#include "engine/definition/object.h"
#include "engine/time/window.h"

namespace takt {

using TermId = uint16_t;
using RowId = uint32_t;  // one row of cells: term x group set x group

enum class TermKind : uint8_t { kSum, kLevel, kDurations, kOutcomes };

// What the facts are about. Visits and reaches are derived from the histories of objects with
// pipelines, for open, won, lost and omitted stages alike.
//   visit   one stay in one stage; moments entered (0) and left (1)
//   reach   one for every open or won stage of the entity's pipeline whose rank the entity's furthest
//           rank is at or above; moments entered (0) and passed (1). Moves back change nothing, skipped
//           stages count as reached. After a change of pipeline only the last pipeline counts.
enum class RowSource : uint8_t { kEntity, kVisit, kReach };
inline constexpr MomentId kEnteredMoment = 0;
inline constexpr MomentId kLeftMoment = 1;    // visits
inline constexpr MomentId kPassedMoment = 1;  // reaches

// What one fact weighs.
//   kOne     1
//   kField   `field` in its unit: for kSum the entity's latest value (as-now: an edit after the moment
//            restates the window), or as-posted (see Term); for kLevel the value as of each time.
//            Null: no fact.
//   kWeighted  field x weight_field, a number in millionths, rounded half away from zero to the unit
//            of `field`, entity by entity
//   kStart   kLevel only: the microseconds since 1970 at which the state began (for ages:
//            age = level(kOne) x now - level(kStart))
enum class MeasureKind : uint8_t { kOne, kField, kWeighted, kStart };

struct Measure {
  MeasureKind kind = MeasureKind::kOne;
  FieldId field = 0;
  FieldId weight_field = 0;
  friend bool operator==(const Measure&, const Measure&) = default;
};

// Whose fields the dimensions are read from.
enum class Credit : uint8_t {
  kAtMoment,  // the entity's, as of the moment (kSum, kDurations, kOutcomes) or as of each time (kLevel)
  kCurrent,   // the entity's latest, with each table's latest row: history follows reorganisations
  kOrigin,    // the linked entity's that the moment came from, as of the moment
};

struct StateUse {
  StateId state = 0;
  std::optional<CivilSpan> ago;  // the state must have held this much earlier
  friend bool operator==(const StateUse&, const StateUse&) = default;
};

struct TermRows {
  GroupSetId group_set = 0;
  RowId first_row = 0;  // rows are first_row + GroupId
};

struct Term {
  TermKind kind = TermKind::kSum;
  ObjectId object = 0;
  RowSource rows = RowSource::kEntity;
  std::vector<Condition> where;  // on the row's fields, as of the moment; for kLevel as of each time
  Measure measure;
  Credit credit = Credit::kAtMoment;
  std::vector<TermRows> group_sets;

  // kSum, kDurations, kOutcomes: every occurrence of each of these counts.
  std::vector<MomentId> at;
  std::optional<MomentId> dated;            // date the fact at this moment's first occurrence instead
                                            // (absent moment: no fact)
  std::optional<absl::Duration> within;     // only when at - within_of lies in [0, within)
  MomentId within_of = 0;
  std::optional<MomentId> before;           // only when the occurrence is earlier than this moment, or
                                            // this moment is absent
  std::optional<Period> once_per;           // the first occurrence in each period alone
  bool as_posted = false;  // kField: the value as of the moment, and each later change of the value
                           // while the moment stands as a fact of its own, dated at that change
  // kDurations: from this moment's first occurrence to `at`. Zero and negative ones are no facts
  // (imports; dates typed backwards); negative ones are counted.
  MomentId from = 0;
  // kOutcomes: an occurrence of one of these (a subset of `at`) is a success.
  std::vector<MomentId> success;

  // kLevel: all of these must hold; or, when `recent` is set, the row is counted while an occurrence
  // of `at` lies in the window `recent` (distinct counts over rolling and calendar windows).
  std::vector<StateUse> states;
  std::optional<Window> recent;
};

}  // namespace takt
