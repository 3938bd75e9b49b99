// A record as what paths of a mapping file reach: values of a JSON document or cells of a row, the
// key, headers and times.
//
// Threads: one. Cells are views that live until the next Open. The file must outlive it. Cost: a
// search among the siblings per key of a path; a hash lookup per column.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/container/flat_hash_set.h"
#include "absl/strings/string_view.h"
#include "connectors/csv/csv_table.h"
#include "connectors/json/json_tree.h"
#include "engine/definition/mapping_rules.h"
#include "engine/model/reason.h"
#include "engine/pipeline/record.h"

namespace takt {

struct MappingCell {
  enum class Kind : uint8_t { kAbsent, kNull, kText, kNumber, kBool, kTime, kNested };
  Kind kind = Kind::kAbsent;
  absl::string_view text;  // kText, kNumber; of kBool: true or false
  int64_t micros = 0;      // kTime

  bool has_value() const { return kind != Kind::kAbsent && kind != Kind::kNull; }
};

// Where in a JSON value a rule stands.
struct MappingFocus {
  uint32_t document = 0;
  uint32_t item = JsonTree::kNone;
};

class MappingInput {
 public:
  MappingInput(const MappingFile& file, std::optional<int64_t> as_of_micros);

  [[nodiscard]] std::optional<Rejection> Open(const Record& record);
  MappingCell At(const MappingPath& path, const MappingFocus& focus);
  // The JSON node that `path` reaches, or JsonTree::kNone.
  uint32_t NodeAt(const MappingPath& path, const MappingFocus& focus) const;
  const JsonTree& tree() const { return tree_; }
  // From now on it remembers which values of the document or row paths reached since the last Open.
  void Trace() { traces_ = true; }
  // The paths of those that none reached, in their order, 100 at most.
  std::vector<std::string> Unreached() const;
  bool is_csv() const { return file_.format == MappingFile::Format::kCsv; }

 private:
  MappingCell CellOf(const JsonTree& tree, uint32_t node) const;
  void AddUnreached(uint32_t node, const std::string& path, std::vector<std::string>& found) const;
  MappingCell Column(const std::string& name) const;
  MappingCell Key(const MappingPath& path);
  MappingCell Header(const MappingPath& path) const;

  const MappingFile& file_;
  const std::optional<int64_t> as_of_micros_;
  const Record* record_ = nullptr;
  JsonTree tree_;
  JsonTree key_tree_;
  enum class KeyState : uint8_t { kUnread, kRead, kNoJson } key_state_ = KeyState::kUnread;
  CsvTable table_;
  uint64_t columns_version_ = 0;
  absl::flat_hash_map<std::string, size_t> columns_;
  bool is_open_ = false;  // the last record could be read
  bool traces_ = false;
  absl::flat_hash_set<uint32_t> reached_;  // nodes, or columns
};

}  // namespace takt
