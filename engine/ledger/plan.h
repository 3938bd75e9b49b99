// What the ledger has to do for each kind of entity, worked out once from the Definition: which
// fields it must follow, which moments it must find, which terms a change of a field can touch,
// what each link must tell. Texts have become symbols, fields columns.
//
// A term is folded again only if a change touched one of its columns or moments, which is known by
// two 64-bit masks (places above 63 share bits, which costs work and never a fact).
//
// Threads: immutable after construction. The Definition must outlive it.
#pragma once

#include <cstdint>
#include <vector>

#include "absl/container/inlined_vector.h"
#include "absl/types/span.h"
#include "engine/definition/definition.h"
#include "engine/ledger/dimension_tables.h"
#include "engine/model/history.h"
#include "engine/model/symbols.h"

namespace takt {

// Columns of what only visits and reaches have.
inline constexpr Column kExitColumn = -2;
inline constexpr Column kStageKindColumn = -3;
inline constexpr Column kVisitedColumn = -4;
inline constexpr Column kNextVisitedColumn = -5;

using Mask = uint64_t;
inline constexpr Mask kEverything = ~Mask{0};
inline constexpr int kCreatedBit = 63;  // of moment masks: the creation of the entity
inline Mask ColumnBit(Column column) { return column < 0 ? 0 : Mask{1} << (column % 64); }
inline constexpr int kStageKindBit = 63;  // of the masks of edits: the kind of the stage
inline constexpr Mask kStageKindMask = Mask{1} << kStageKindBit;
inline Mask MomentBit(MomentId moment) { return Mask{1} << (moment % 63); }

struct CompiledCondition {
  Column column = kNoColumn;
  bool null_is_zero = false;  // kBool
  Condition::Comparison comparison = Condition::Comparison::kIn;
  absl::InlinedVector<int64_t, 4> values;  // symbols for text

  bool Passes(int64_t value) const;
};
using Conditions = std::vector<CompiledCondition>;

// Whether values of an entity's row pass; what only visits and reaches have is null in it.
bool Passes(const Conditions& conditions, const int64_t* values);

// The rows of cells that a term's facts go to: one per group set.
struct GroupPlan {
  struct Factor {
    uint8_t dimension = 0;  // place in `dimensions`
    uint32_t factor = 1;
  };
  struct Set {
    RowId first_row = 0;
    std::vector<Factor> factors;
  };
  std::vector<DimensionId> dimensions;
  std::vector<Set> sets;
  uint16_t shape = 0;  // equal for equal lists of group sets, credited alike to one object's fields
  std::vector<Column> read_from;  // the columns of the dimensions' values, each once
  bool by_stage = false;          // a dimension is of the stage that the entity is in
  Mask columns = 0;               // all that a change of groups needs a change of
};

// What an edit (ledger/edit.h) that touches one of `columns` does to a term.
struct EditPlan {
  enum class Kind : uint8_t {
    kWhole,  // anything: all facts must be made anew
    kLevel,  // from the edit on another weight or other groups
    kDated,  // nothing, unless the entity is in one of `stage_kinds`
  };
  Kind kind = Kind::kWhole;
  Mask columns = 0;
  Mask late_columns = 0;     // likewise, when other changes come after the edit
  uint32_t stage_kinds = 0;  // bits by StageKind
  bool is_plain = false;  // kDated: edits that come last are short in all stages (ledger/closing.h)
};

struct TermPlan {
  const Term* term = nullptr;
  TermId id = 0;
  Conditions where;
  Column measure = kNoColumn;
  Column weight = kNoColumn;
  GroupPlan groups;
  Mask columns = 0;
  Mask moments = 0;
  EditPlan edit;
};

struct MomentPlan {
  const Moment* moment = nullptr;
  bool needed = false;
  Column field = kNoColumn;
  Conditions conditions;  // kLinked: columns are places in the link's captured fields
};

struct StatePlan {
  const State* state = nullptr;
  Conditions conditions;
  Mask columns = 0;
};

// Levels that an edit can move (ledger/edit.h), which hold in the same states and fall into the same
// groups, so that both are found once for them all.
struct LevelsPlan {
  std::vector<uint16_t> terms;  // places in ObjectPlan::terms
  std::vector<StateId> states;  // of each of them
  std::vector<uint8_t> stages;  // by 1 + place: whether all states that stages decide hold there
  std::vector<StateId> on_conditions;  // the other states
  Mask columns = 0;                    // of all of them
};

struct LinkPlan {
  const Link* link = nullptr;
  bool needed = false;
  Column field = kNoColumn;
  std::vector<FieldId> fields;  // captured, with their values as of each moment
  std::vector<Column> columns;  // theirs in the origin's rows
  std::vector<bool> is_text;
  std::vector<DimensionColumns> dimensions;  // for Credit::kOrigin: places in `fields`
  Column stage = kNoColumn;
  Column pipeline = kNoColumn;
};

// What a part of what a target holds decides of it (ledger/hot_target.h).
struct PartPlan {
  struct Source {  // a moment that comes over a link
    MomentId moment = 0;
    bool needs_all = false;  // what follows from it takes all of its occurrences
  };
  std::vector<Source> sources;
  // Terms of which an occurrence may count or not because of others (counted_index.h): places.
  std::vector<uint16_t> counted;
  std::vector<MomentId> steady;  // a part decides while the first occurrences of these stay
  bool never = false;
};

// The moments that a term's facts follow from.
std::vector<MomentId> MomentsOf(const Term& term);

// The moments of the same object that a moment is made of.
std::vector<MomentId> MomentsUnder(const Moment& moment);

struct ObjectPlan {
  const Object* object = nullptr;
  ObjectId id = 0;
  bool derived = false;                 // false: no term needs it, histories are kept and no more
  std::vector<Column> columns;          // by FieldId; kNoColumn: not followed
  std::vector<ValueKind> column_kinds;  // what a value of it is, if it is one
  int column_count = 0;
  Column created_column = kNoColumn;  // of kCreatedAtField; with stages, of theirs:
  Column stage_column = kNoColumn;
  Column pipeline_column = kNoColumn;
  Column probability_column = kNoColumn;
  std::vector<int64_t> null_row;
  std::vector<DimensionColumns> dimensions;  // by DimensionId
  std::vector<MomentPlan> moments;
  std::vector<MomentId> evaluation_order;  // of the needed ones
  std::vector<StatePlan> states;
  std::vector<LinkPlan> links;
  std::vector<TermPlan> terms;
  bool needs_visits = false;
  bool needs_reaches = false;
  Mask linked_moments = 0;  // those that come from links, directly or through others
  PartPlan parts;
  Mask edit_columns = 0;   // what moments and links follow from: who changes these makes no edit
  Mask whole_columns = 0;  // of terms whose facts an edit would make anew
  std::vector<LevelsPlan> edit_levels;
  uint32_t counted_kinds = 0;   // kinds of stages in which any other term may have facts
  bool starts_plainly = false;  // a first record begins levels, and no more (ledger/edit.h)
  bool closes_plainly =
      false;  // another kind of stage touches plain terms alone (ledger/closing.h)

  struct StagePlan {
    Symbol stage = 0;
    Symbol pipeline = 0;
    Symbol kind = 0;
    int pipeline_place = 0;
    int64_t probability = 0;
    uint32_t kind_bit = 0;  // of masks by StageKind
  };
  std::vector<StagePlan> stages;  // by place
  // By the symbol of a stage's name, the first that has it. -1, and beyond the end: none has it.
  std::vector<int16_t> first_place;

  uint32_t KindBit(int place) const { return place < 0 ? 0 : stages[place].kind_bit; }
  // The stage that a name in a pipeline (null: the first that has it) stands for, -1: none.
  int PlaceOf(int64_t stage, int64_t pipeline) const {
    // Null is beyond the end too.
    if (static_cast<uint64_t>(stage) >= first_place.size()) return -1;
    const int place = first_place[stage];
    if (place < 0 || pipeline == kNull || stages[place].pipeline == pipeline) return place;
    return LaterPlaceOf(place, stage, pipeline);
  }
  int LaterPlaceOf(int place, int64_t stage, int64_t pipeline) const;  // of those after `place`
  // For the order of a history: closed stages last.
  uint32_t StageOrderOf(absl::Span<const StoredField> fields) const;
  Column ColumnOf(FieldId field) const;
};

// Symbols of the words that visits end with.
struct ExitSymbols {
  Symbol forward, backward, won, lost, omitted, reopened, moved;
};

struct Plan {
  Plan(const Definition& definition, SymbolTable& symbols);

  const Definition& definition;
  DimensionTables tables;
  ExitSymbols exits;
  std::vector<ObjectPlan> objects;
};

}  // namespace takt
