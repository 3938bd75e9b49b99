#include "connectors/csv/csv_decoder.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "connectors/csv/csv_table.h"
#include "engine/model/change_kind_name.h"
#include "engine/time/parse_time.h"

namespace takt {
namespace {

enum class Column : uint8_t { kObject, kId, kOp, kTime, kEventId, kField };

Column ColumnOf(absl::string_view name) {
  if (name == "object") return Column::kObject;
  if (name == "id") return Column::kId;
  if (name == "op") return Column::kOp;
  if (name == "time") return Column::kTime;
  if (name == "event_id") return Column::kEventId;
  return Column::kField;
}

std::optional<Rejection> ReadKind(absl::string_view cell, RawChange& change) {
  if (cell.empty()) return std::nullopt;
  const std::optional<ChangeKind> kind = ParseChangeKind(cell);
  if (!kind.has_value()) {
    return Rejection{Reason::kBadValue, "op: not patch, record, delete or undelete"};
  }
  change.kind = *kind;
  return std::nullopt;
}

std::optional<Rejection> ReadTime(absl::string_view cell, RawChange& change) {
  if (cell.empty()) return std::nullopt;
  std::optional<int64_t> micros = ParseZonedTime(cell);
  if (!micros.has_value() && cell.find('.') == absl::string_view::npos) {
    micros = ParseUnixTime(cell, TimeUnit::kMicros);
  }
  if (!micros.has_value()) {
    return Rejection{Reason::kBadTime, "time: neither RFC 3339 with its zone nor microseconds"};
  }
  change.has_time = true;
  change.time.micros = *micros;
  return std::nullopt;
}

class CsvDecoder final : public Decoder {
 public:
  explicit CsvDecoder(CsvOptions options)
      : options_(std::move(options)), table_(options_.delimiter, options_.columns) {}

  DecodeResult Decode(const Record& record, RawChanges& changes) override {
    changes.Clear();
    std::optional<Rejection> rejection = ReadRow(record, changes.Add());
    if (!rejection.has_value()) return {};
    changes.Clear();
    return *std::move(rejection);
  }

 private:
  std::optional<Rejection> ReadRow(const Record& record, RawChange& change) {
    if (auto rejection = table_.Open(record)) return rejection;
    LookUpColumns();
    change.object = options_.object;
    for (size_t i = 0; i < columns_.size(); ++i) {
      if (auto rejection = ReadCell(i, change)) return rejection;
    }
    return std::nullopt;
  }

  void LookUpColumns() {
    if (table_.names_version() == names_version_) return;
    names_version_ = table_.names_version();
    columns_.clear();
    for (const std::string& name : table_.names()) columns_.push_back(ColumnOf(name));
  }

  std::optional<Rejection> ReadCell(size_t place, RawChange& change) {
    const absl::string_view cell = table_.cells()[place];
    switch (columns_[place]) {
      case Column::kObject:
        change.object = cell;
        return std::nullopt;
      case Column::kId:
        change.id = cell;
        return std::nullopt;
      case Column::kOp:
        return ReadKind(cell, change);
      case Column::kTime:
        return ReadTime(cell, change);
      case Column::kEventId:
        change.event_id = cell;
        return std::nullopt;
      case Column::kField:
        break;
    }
    if (cell.empty()) return std::nullopt;
    RawField& field = change.fields.emplace_back();
    field.name = table_.names()[place];
    if (cell != "\\N") field.value = {RawValue::Kind::kText, cell, 0};
    return std::nullopt;
  }

  const CsvOptions options_;
  CsvTable table_;
  uint64_t names_version_ = 0;
  std::vector<Column> columns_;
};

}  // namespace

std::unique_ptr<Decoder> MakeCsvDecoder(CsvOptions options) {
  return std::make_unique<CsvDecoder>(std::move(options));
}

}  // namespace takt
