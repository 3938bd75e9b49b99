// Dimensions made ready for the ledger: lists and tables looked up by symbol instead of by text.
// All texts of the configuration are interned before any event's, so their symbols are the smallest
// ones and index plain arrays; a text that came later is a stranger, and so `unknown`.
//
// Threads: immutable after construction. Owns its arrays; the Definition must outlive it. Cost of a
// look-up: a few loads per dimension of the chain.
#pragma once

#include <cstdint>
#include <limits>
#include <vector>

#include "engine/definition/definition.h"
#include "engine/model/symbols.h"

namespace takt {

// A cell of a row of an entity's life: an integer, a symbol, or null. The one integer that is taken
// for null is read as its neighbour.
inline constexpr int64_t kNull = std::numeric_limits<int64_t>::min();
// An instant that never comes.
inline constexpr int64_t kNever = std::numeric_limits<int64_t>::max();

// Where values of a field stand in a row; below zero: nowhere, or an attribute of a visit or reach.
using Column = int16_t;
inline constexpr Column kNoColumn = -1;

struct DimensionColumns {  // of one dimension, for one object
  Column own = kNoColumn;
  Column root = kNoColumn;
};

// What a dimension's value is read from.
struct DimensionInput {
  const int64_t* values = nullptr;            // by column
  const DimensionColumns* columns = nullptr;  // by DimensionId
  ObjectId object = 0;
  int place = -1;    // the stage: place in Object::stages, -1 in none
  int64_t time = 0;  // as of which tables are read, microseconds; kNever: their latest rows
};

// The times, [since, until), at which a look-up finds the same.
struct Validity {
  int64_t since = kNull;
  int64_t until = kNever;
};

class DimensionTables {
 public:
  DimensionTables(const Definition& definition, SymbolTable& symbols);

  // The value. `valid`, which is only ever narrowed, is left with the times around input.time at which
  // the same rows of tables hold.
  DimensionValue ValueOf(DimensionId dimension, const DimensionInput& input, Validity* valid) const;

 private:
  struct Range {
    uint32_t begin = 0;
    uint32_t end = 0;
  };
  struct Table {
    const Dimension* dimension = nullptr;
    std::vector<DimensionValue> value_of_symbol;  // kList and kTable: names of values
    std::vector<DimensionValue> value_of_place;   // kStage, kPipeline: by place in Object::stages
    std::vector<Range> rows_of_symbol;            // kTable of a field
    std::vector<Range> rows_of_value;             // kTable of a dimension
    std::vector<Dimension::Row> rows;
  };

  void AddTexts(const Dimension& dimension, SymbolTable& symbols);
  Table Make(const Dimension& dimension, const SymbolTable& symbols) const;
  static DimensionValue RowAt(const Table& table, Range range, int64_t time, Validity* valid);

  const Definition& definition_;
  std::vector<Table> tables_;  // by DimensionId
};

}  // namespace takt
