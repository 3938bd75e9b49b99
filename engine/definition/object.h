// What an operator says about a kind of entity: fields, links, pipelines, moments and states.
// Compiled by engine/settings, read by the ledger and by whoever explains a number.
//
// Moments are named points of a history; an entity has none, one or several occurrences of each.
// An entity that is deleted has no moments and no states. Times of equal moments tie by the order of
// the history. Everything here is a pure function of the histories.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "absl/time/time.h"
#include "engine/definition/dimension.h"
#include "engine/model/change.h"
#include "engine/time/calendar.h"

namespace takt {

using MomentId = uint16_t;  // within its object
using StateId = uint16_t;   // within its object
using LinkId = uint16_t;    // within its object

struct Field {
  std::string name;
  FieldType type = FieldType::kText;
};

// Fields that every object has, at fixed places.
inline constexpr FieldId kMergedIntoField = 0;  // text: id of the survivor; null un-merges
inline constexpr FieldId kCreatedAtField = 1;   // time: overrides the first record's time
// Fields that every object with pipelines has.
inline constexpr FieldId kStageField = 2;        // text
inline constexpr FieldId kPipelineField = 3;     // text; null: the first pipeline that has the stage
inline constexpr FieldId kProbabilityField = 4;  // number; null: the stage's own
// Attributes of visits and reaches, usable in conditions beside the entity's own fields.
inline constexpr FieldId kFirstRowField = 0xff00;
inline constexpr FieldId kExitField = 0xff00;         // text: how a visit ended, see VisitExit
inline constexpr FieldId kStageKindField = 0xff01;    // text: open, won, lost, omitted
inline constexpr FieldId kVisitedField = 0xff02;      // bool: a reach whose stage was really entered
inline constexpr FieldId kNextVisitedField = 0xff03;  // bool: the next stage was entered after it

// A test of one field. A null field passes only kAbsent and kNotIn; a null kBool field is false.
struct Condition {
  enum class Comparison : uint8_t {
    kIn, kNotIn, kLess, kLessOrEqual, kGreater, kGreaterOrEqual, kPresent, kAbsent
  };
  FieldId field = 0;
  FieldType type = FieldType::kText;
  Comparison comparison = Comparison::kIn;
  std::vector<std::string> texts;   // kIn, kNotIn of kText
  std::vector<int64_t> integers;    // every other type, in the unit of the field's type;
                                    // one element for the orderings
  friend bool operator==(const Condition&, const Condition&) = default;
};

enum class StageKind : uint8_t { kOpen, kWon, kLost, kOmitted };

struct Stage {
  std::string pipeline;
  std::string name;
  StageKind kind = StageKind::kOpen;
  // Rank inside the pipeline: open stages 0, 1, 2 ... as listed; won is one past the last open stage;
  // lost and omitted have none (-1).
  int rank = 0;
  int64_t probability_millionths = 0;  // open: as configured or 0; won: 1000000
};

struct Link {
  std::string name;      // "lead"
  FieldId field = 0;     // the text field that holds the target's id: the latest value holds
  ObjectId target = 0;
  // What the target needs to be told about this entity, found by the compiler.
  std::vector<MomentId> moments;
  std::vector<FieldId> fields;  // with their values as of each moment
};

// Which occurrences a moment keeps of those that its source yields.
enum class Pick : uint8_t { kFirst, kLatest, kEvery };

struct Moment {
  enum class Source : uint8_t {
    kCreated,   // the field created_at where it is set (its latest value), else the earliest kRecord;
                // an entity known by patches alone has no creation ("incomplete")
    kOutcome,   // the entry into the kinds `stage_kinds` that stands at the end of the history: the
                // entity's last stage is of such a kind, and this is when it last came from another
                // kind (won -> won keeps the first)
    kStage,     // entries into stage `stage`
    kField,     // `field` begins to pass `conditions` (a change from not passing to passing, or the
                // first value); without conditions: begins to be not null
    kOwn,       // occurrences of the moments `moments` of this object that pass `conditions` on this
                // entity's fields as of then
    kLinked,    // occurrences of moment `moments[0]` of the entities of `origin` that point here by
                // its link `origin_link`, and pass `conditions` on the origin's fields as of then
    kAfter,     // each occurrence of moments[0], later by `add`
    kEntered,   // of visits: the start of the stay. Of reaches: when the stage was first reached or
                // passed
    kLeft,      // of visits: its end, when it has ended
    kPassed,    // of reaches: when the next rank was first reached or passed
  };

  std::string name;
  Source source = Source::kCreated;
  Pick pick = Pick::kFirst;
  std::vector<StageKind> stage_kinds;
  uint16_t stage = 0;  // place in Object::stages
  FieldId field = 0;
  std::vector<MomentId> moments;
  ObjectId origin = 0;
  LinkId origin_link = 0;
  absl::Duration add;
  std::vector<Condition> conditions;  // all must pass
};

// A condition that holds over intervals of an entity's life, [begin, end).
struct State {
  enum class Source : uint8_t {
    kExists,      // from the first change or creation on
    kStageKind,   // in a stage of `stage_kind`
    kStage,       // in stage `stage`
    kConditions,  // all conditions pass
  };
  std::string name;
  Source source = Source::kExists;
  StageKind stage_kind = StageKind::kOpen;
  uint16_t stage = 0;
  std::vector<Condition> conditions;
};

// Where an object finds the roots of a dimension.
struct DimensionFields {
  std::optional<FieldId> own;   // the field named like the dimension
  std::optional<FieldId> root;  // the field named like Dimension::of, when that is a field
};

struct Object {
  std::string name;
  std::vector<Field> fields;
  std::vector<Link> links;
  std::vector<std::string> pipelines;
  std::vector<Stage> stages;  // by pipeline as listed: open ones in order, then won, lost, omitted
  // Built-in moments come first: created; with pipelines also won, lost, omitted, closed (won or
  // lost) and the first entry into each stage whose name is still free.
  std::vector<Moment> moments;
  // By ascending dependency inside this object: moments[evaluation_order[i]] needs only earlier ones
  // and links.
  std::vector<MomentId> evaluation_order;
  std::vector<State> states;  // built-in first: exists; with pipelines open, won, lost, stage names
  std::vector<DimensionFields> dimension_fields;  // by DimensionId
  std::optional<absl::Duration> keep;             // refuse and forget changes older than this
  absl::flat_hash_map<std::string, FieldId> field_ids;

  bool has_pipelines() const { return !stages.empty(); }
};

// How a visit (one stay in one stage) ended; names are the values of kExitField.
//   forward    to an open stage of higher rank      backward  to an open stage of lower rank
//   won, lost, omitted  into a stage of that kind   reopened  from won, lost or omitted to open
//   moved      to another pipeline                  "" (null) it has not ended
// A change from one stage to another stage of the same rank and kind (won to another won) ends the
// visit as `forward`.

}  // namespace takt
