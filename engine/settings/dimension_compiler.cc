#include "engine/settings/dimension_compiler.h"

#include <algorithm>
#include <limits>
#include <utility>

#include "absl/strings/str_cat.h"
#include "engine/settings/csv_table.h"
#include "engine/settings/nearest.h"
#include "engine/settings/schema.h"
#include "engine/time/parse_time.h"

namespace takt {
namespace {

constexpr size_t kValuesMax = 60000;
constexpr EventTime kAlways{std::numeric_limits<int64_t>::min()};

void AddValue(Dimension& dimension, const std::string& value) {
  const auto id = static_cast<DimensionValue>(dimension.values.size());
  if (dimension.value_ids.try_emplace(value, id).second) dimension.values.push_back(value);
}

// `unknown` is the last value, also when the list names it elsewhere.
void AddUnknown(Dimension& dimension, const std::string& unknown) {
  const auto found = std::find(dimension.values.begin(), dimension.values.end(), unknown);
  if (found != dimension.values.end()) dimension.values.erase(found);
  dimension.values.push_back(unknown);
  for (size_t i = 0; i < dimension.values.size(); ++i) {
    dimension.value_ids[dimension.values[i]] = static_cast<DimensionValue>(i);
  }
}

// One dimension that starts from a table.
class TableCompiler {
 public:
  TableCompiler(Compilation& compilation, const Node& entry, Dimension& dimension)
      : compilation_(compilation), entry_(entry), dimension_(dimension) {}

  void Compile(const Node& table_node, const std::string& unknown) {
    const std::string path =
        ResolvePath(compilation_.problems.FileName(table_node.place.file), table_node.text);
    const std::optional<TableFile> table = ReadCsvTable(path, table_node, compilation_.problems);
    if (!table.has_value()) return;
    const std::optional<size_t> root = Column(*table, dimension_.of);
    const std::optional<size_t> value = Column(*table, dimension_.name);
    if (!root.has_value() || !value.has_value()) return;
    const std::optional<size_t> since = table->Column("since");
    closed_ = !dimension_.values.empty();
    rows_.clear();
    for (const TableFile::Row& row : table->rows) {
      AddRow(*table, row, {*root, *value, since});
    }
    AddUnknown(dimension_, unknown);
    for (const auto& [key, dated] : rows_) AddDated(key, dated);
  }

 private:
  struct Columns {
    size_t root;
    size_t value;
    std::optional<size_t> since;
  };
  struct Dated {
    EventTime since;
    std::string value;
    friend bool operator<(const Dated& a, const Dated& b) { return a.since < b.since; }
  };

  std::optional<size_t> Column(const TableFile& table, const std::string& name) {
    const std::optional<size_t> column = table.Column(name);
    if (!column.has_value()) {
      compilation_.problems.Error({table.file, 1, 1}, entry_.path,
                                  absl::StrCat("the header lacks the column \"", name, "\"",
                                               Suggestion(name, table.header)));
    }
    return column;
  }

  void RowError(const TableFile& table, const TableFile::Row& row, std::string text) {
    compilation_.problems.Error({table.file, row.line, 1}, entry_.path, std::move(text));
  }

  void AddRow(const TableFile& table, const TableFile::Row& row, const Columns& columns) {
    const std::string& root = row.cells[columns.root];
    const std::string& value = row.cells[columns.value];
    if (root.empty() || value.empty()) {
      return RowError(
          table, row,
          absl::StrCat("\"", dimension_.of, "\" and \"", dimension_.name, "\" must not be empty"));
    }
    Dated dated{kAlways, value};
    const std::string since = columns.since.has_value() ? row.cells[*columns.since] : "";
    if (!since.empty()) {
      const auto time = ParseTime(since, compilation_.definition.calendar.zone());
      if (!time.has_value()) {
        return RowError(table, row,
                        absl::StrCat("since: \"", since, "\" is not a date such as 2026-01-31"));
      }
      dated.since = {*time};
    }
    if (closed_ && !dimension_.value_ids.contains(value)) {
      return RowError(table, row, UnknownName("value", value, dimension_.values));
    }
    std::vector<Dated>& rows = rows_[root];
    for (const Dated& other : rows) {
      if (other.since == dated.since) {
        return RowError(
            table, row,
            absl::StrCat("a second row for \"", root, "\" since ", since.empty() ? "ever" : since));
      }
    }
    if (!closed_) AddValue(dimension_, value);
    rows.push_back(std::move(dated));
  }

  void AddDated(const std::string& root, std::vector<Dated> dated) {
    std::stable_sort(dated.begin(), dated.end());
    for (const Dated& row : dated) {
      dimension_.table[root].push_back({row.since, dimension_.value_ids.at(row.value)});
    }
  }

  Compilation& compilation_;
  const Node& entry_;
  Dimension& dimension_;
  bool closed_ = false;
  std::map<std::string, std::vector<Dated>> rows_;
};

void CompileEntry(Compilation& compilation, const Node& entry) {
  Dimension dimension;
  dimension.name = entry.key;
  dimension.label = absl::StrCat("sales_", entry.key);
  const Node* values = entry.Get("values");
  const Node* table = entry.Get("table");
  const Node* of = entry.Get("of");
  const Node* unknown = entry.Get("unknown");
  const std::string unknown_text = unknown == nullptr ? "unknown" : unknown->text;
  if (values != nullptr) {
    for (const Node* value : values->Many()) AddValue(dimension, value->text);
  }
  if (table != nullptr && of != nullptr) {
    dimension.kind = Dimension::Kind::kTable;
    dimension.of = of->text;
    TableCompiler(compilation, entry, dimension).Compile(*table, unknown_text);
  } else if (entry.HasBad()) {
    // Reported: say nothing about what may be missing because of it.
  } else if (entry.Has("table") != entry.Has("of")) {
    KeyError(compilation.problems, entry, "`of` and `table` go together");
  } else if (!entry.Has("table") && !entry.Has("values")) {
    KeyError(compilation.problems, entry, "say `values`, or `of` and `table`");
  }
  if (dimension.values.size() > kValuesMax) {
    KeyError(compilation.problems, entry, absl::StrCat("more than ", kValuesMax, " values"));
    dimension.values.resize(1);
  }
  AddUnknown(dimension, unknown_text);
  compilation.definition.dimensions.push_back(std::move(dimension));
}

// deal_stage and pipeline, for each object with pipelines.
void AddBuiltIn(Compilation& compilation) {
  Definition& definition = compilation.definition;
  int with_pipelines = 0;
  for (const Object& object : definition.objects) with_pipelines += object.has_pipelines() ? 1 : 0;
  for (size_t i = 0; i < definition.objects.size(); ++i) {
    const Object& object = definition.objects[i];
    if (!object.has_pipelines()) continue;
    Dimension stage;
    stage.name = stage.label = absl::StrCat(object.name, "_stage");
    stage.kind = Dimension::Kind::kStage;
    stage.object = static_cast<ObjectId>(i);
    for (const Stage& each : object.stages) AddValue(stage, each.name);
    AddUnknown(stage, "unknown");
    Dimension pipeline;
    pipeline.name = with_pipelines == 1 ? "pipeline" : absl::StrCat(object.name, "_pipeline");
    pipeline.label = pipeline.name;
    pipeline.kind = Dimension::Kind::kPipeline;
    pipeline.object = static_cast<ObjectId>(i);
    for (const std::string& each : object.pipelines) AddValue(pipeline, each);
    AddUnknown(pipeline, "unknown");
    definition.dimensions.push_back(std::move(stage));
    definition.dimensions.push_back(std::move(pipeline));
  }
}

std::optional<DimensionId> DimensionNamed(const Definition& definition, absl::string_view name) {
  for (size_t i = 0; i < definition.dimensions.size(); ++i) {
    if (definition.dimensions[i].name == name) return static_cast<DimensionId>(i);
  }
  return std::nullopt;
}

// Finds roots that are dimensions, and refuses circles of them.
void ResolveRoots(Compilation& compilation) {
  std::vector<Dimension>& dimensions = compilation.definition.dimensions;
  for (Dimension& dimension : dimensions) {
    if (dimension.kind != Dimension::Kind::kTable) continue;
    dimension.of_dimension = DimensionNamed(compilation.definition, dimension.of);
  }
  for (Dimension& dimension : dimensions) {
    std::string way = dimension.name;
    const Dimension* at = &dimension;
    const Dimension* first = at;
    for (size_t steps = 0; at->of_dimension.has_value(); ++steps) {
      at = &dimensions[*at->of_dimension];
      absl::StrAppend(&way, " -> ", at->name);
      first = std::min(first, at);
      if (at != &dimension && steps <= dimensions.size()) continue;
      if (at == &dimension && first == at) {
        const Node* node = compilation.root.Get("dimensions")->Get(dimension.name);
        KeyError(compilation.problems, *node, absl::StrCat("a circle of dimensions: ", way));
      }
      break;
    }
  }
  if (!compilation.problems.HasErrors()) return;
  // What was reported must not send later steps round in circles.
  for (size_t i = 0; i < dimensions.size(); ++i) {
    if (dimensions[i].of_dimension.has_value() && *dimensions[i].of_dimension >= i) {
      dimensions[i].of_dimension.reset();
    }
  }
}

void AddFields(Compilation& compilation) {
  Definition& definition = compilation.definition;
  for (size_t i = 0; i < definition.objects.size(); ++i) {
    const auto id = static_cast<ObjectId>(i);
    std::vector<DimensionFields> all;
    for (const Dimension& dimension : definition.dimensions) {
      DimensionFields fields;
      if (dimension.kind == Dimension::Kind::kList || dimension.kind == Dimension::Kind::kTable) {
        fields.own = compilation.MentionField(id, dimension.name, FieldUse::kText);
      }
      if (dimension.kind == Dimension::Kind::kTable && !dimension.of_dimension.has_value()) {
        fields.root = compilation.MentionField(id, dimension.of, FieldUse::kText);
      }
      all.push_back(fields);
    }
    definition.objects[i].dimension_fields = std::move(all);
  }
}

bool IsReservedName(absl::string_view name) {
  for (const char* reserved : {"company", "all", "last", "previous", "day", "week", "month",
                               "quarter", "year", "fiscal_quarter", "fiscal_year", "window"}) {
    if (name == reserved) return true;
  }
  return false;
}

}  // namespace

void CompileDimensions(Compilation& compilation) {
  if (const Node* section = compilation.root.Get("dimensions")) {
    for (const Node& entry : section->items) {
      if (entry.bad) continue;
      if (IsReservedName(entry.key)) {
        KeyError(compilation.problems, entry,
                 absl::StrCat("\"", entry.key, "\" is a built-in name"));
      } else {
        CompileEntry(compilation, entry);
      }
    }
  }
  Definition& definition = compilation.definition;
  const size_t configured = definition.dimensions.size();
  AddBuiltIn(compilation);
  for (size_t i = configured; i < definition.dimensions.size(); ++i) {
    if (DimensionNamed(definition, definition.dimensions[i].name).value_or(i) == i) continue;
    KeyError(compilation.problems,
             *compilation.root.Get("dimensions")->Get(definition.dimensions[i].name),
             "a dimension of this name is built in");
  }
  ResolveRoots(compilation);
  AddFields(compilation);
  definition.levels.push_back({"company", std::nullopt});
  for (size_t i = 0; i < definition.dimensions.size(); ++i) {
    definition.levels.push_back({definition.dimensions[i].name, static_cast<DimensionId>(i)});
  }
}

std::optional<DimensionId> FindDimension(Compilation& compilation, const Node& node) {
  const auto found = DimensionNamed(compilation.definition, node.text);
  if (found.has_value()) return found;
  std::vector<std::string> names;
  for (const Dimension& each : compilation.definition.dimensions) names.push_back(each.name);
  Error(compilation.problems, node, UnknownName("dimension", node.text, names));
  return std::nullopt;
}

std::optional<LevelId> LevelNamed(const Definition& definition, absl::string_view name) {
  for (size_t i = 0; i < definition.levels.size(); ++i) {
    if (definition.levels[i].name == name) return static_cast<LevelId>(i);
  }
  return std::nullopt;
}

std::vector<std::string> LevelNames(const Definition& definition) {
  std::vector<std::string> names;
  for (const Level& level : definition.levels) names.push_back(level.name);
  return names;
}

std::optional<LevelId> FindLevel(Compilation& compilation, const Node& node) {
  const auto found = LevelNamed(compilation.definition, node.text);
  if (!found.has_value() && compilation.problems.IsUsed(node.place.file)) {
    if (compilation.levels_left_out.insert(node.text).second) {
      compilation.problems.Warn(
          node.place, node.path,
          absl::StrCat("there is no dimension \"", node.text,
                       "\": this level is left out, here and in other used files"));
    }
  } else if (!found.has_value()) {
    Error(compilation.problems, node,
          UnknownName("level", node.text, LevelNames(compilation.definition)));
  }
  return found;
}

}  // namespace takt
