#include "engine/ledger/dimension_tables.h"

#include <algorithm>

namespace takt {

DimensionTables::DimensionTables(const Definition& definition, SymbolTable& symbols)
    : definition_(definition) {
  for (const Dimension& dimension : definition.dimensions) AddTexts(dimension, symbols);
  for (const Dimension& dimension : definition.dimensions) {
    tables_.push_back(Make(dimension, symbols));
  }
}

void DimensionTables::AddTexts(const Dimension& dimension, SymbolTable& symbols) {
  for (const std::string& value : dimension.values) symbols.Intern(value);
  for (const auto& [root, rows] : dimension.table) symbols.Intern(root);
}

DimensionTables::Table DimensionTables::Make(const Dimension& dimension,
                                             const SymbolTable& symbols) const {
  Table table;
  table.dimension = &dimension;
  table.value_of_symbol.assign(symbols.size(), dimension.unknown());
  for (const auto& [name, value] : dimension.value_ids) {
    if (const auto symbol = symbols.Find(name)) table.value_of_symbol[*symbol] = value;
  }
  const auto named = [&](const std::string& name) {
    const auto found = dimension.value_ids.find(name);
    return found == dimension.value_ids.end() ? dimension.unknown() : found->second;
  };
  if (dimension.kind == Dimension::Kind::kStage || dimension.kind == Dimension::Kind::kPipeline) {
    const bool by_stage = dimension.kind == Dimension::Kind::kStage;
    for (const Stage& stage : definition_.objects[dimension.object].stages) {
      table.value_of_place.push_back(named(by_stage ? stage.name : stage.pipeline));
    }
  }
  table.rows_of_symbol.resize(symbols.size());
  for (const auto& [root, rows] : dimension.table) {
    Range& range = table.rows_of_symbol[*symbols.Find(root)];
    range.begin = static_cast<uint32_t>(table.rows.size());
    table.rows.insert(table.rows.end(), rows.begin(), rows.end());
    range.end = static_cast<uint32_t>(table.rows.size());
  }
  if (dimension.of_dimension.has_value()) {
    for (const std::string& name : definition_.dimensions[*dimension.of_dimension].values) {
      table.rows_of_value.push_back(table.rows_of_symbol[*symbols.Find(name)]);
    }
  }
  return table;
}

DimensionValue DimensionTables::RowAt(const Table& table, Range range, int64_t time,
                                      Validity* valid) {
  const auto begin = table.rows.begin() + range.begin;
  const auto end = table.rows.begin() + range.end;
  const auto after = std::upper_bound(
      begin, end, time, [](int64_t t, const Dimension::Row& row) { return t < row.since.micros; });
  if (after != end) valid->until = std::min(valid->until, after->since.micros);
  if (after == begin) return table.dimension->unknown();
  valid->since = std::max(valid->since, (after - 1)->since.micros);
  return (after - 1)->value;
}

DimensionValue DimensionTables::ValueOf(DimensionId id, const DimensionInput& input,
                                        Validity* valid) const {
  const Table& table = tables_[id];
  const Dimension& dimension = *table.dimension;
  if (dimension.kind == Dimension::Kind::kStage || dimension.kind == Dimension::Kind::kPipeline) {
    if (input.place < 0 || dimension.object != input.object) return dimension.unknown();
    return table.value_of_place[input.place];
  }
  const DimensionColumns& columns = input.columns[id];
  const auto cell = [&](Column column) { return column < 0 ? kNull : input.values[column]; };
  const size_t known = table.value_of_symbol.size();
  if (const int64_t own = cell(columns.own); own != kNull) {
    return static_cast<size_t>(own) < known ? table.value_of_symbol[own] : dimension.unknown();
  }
  if (dimension.kind == Dimension::Kind::kList) return dimension.unknown();
  if (dimension.of_dimension.has_value()) {
    const DimensionValue of = ValueOf(*dimension.of_dimension, input, valid);
    return RowAt(table, table.rows_of_value[of], input.time, valid);
  }
  const int64_t root = cell(columns.root);
  if (root == kNull || static_cast<size_t>(root) >= known) return dimension.unknown();
  return RowAt(table, table.rows_of_symbol[root], input.time, valid);
}

}  // namespace takt
