#include "engine/cells/cell_table.h"

#include <algorithm>
#include <utility>

#include "engine/base/bytes.h"
#include "engine/base/check.h"
#include "engine/cells/duration_row.h"
#include "engine/cells/outcome_row.h"
#include "engine/cells/pane_site.h"
#include "engine/cells/sum_row.h"

namespace takt {
namespace {

enum class RowKind : uint8_t { kNone, kSums, kDurations, kOutcomes };

// Where a row's content is kept: its kind in the two upper bits, its place among those of its kind
// below. A row gets its kind and its place with its first fact.
class RowPlace {
 public:
  RowPlace() = default;
  RowPlace(RowKind kind, size_t place)
      : bits_(static_cast<uint32_t>(kind) << 30 | static_cast<uint32_t>(place)) {}
  RowKind kind() const { return static_cast<RowKind>(bits_ >> 30); }
  size_t place() const { return bits_ & ((uint32_t{1} << 30) - 1); }

 private:
  uint32_t bits_ = 0;
};

int64_t MicrosAt(Minute minute) { return int64_t{minute} * kMicrosPerMinute; }

}  // namespace

struct CellTable::Rows {
  Rows(const Calendar& calendar_in, uint32_t row_count)
      : calendar(calendar_in), places(row_count) {}

  const Calendar& calendar;
  std::vector<RowPlace> places;
  std::vector<SumRow> sums;
  std::vector<DurationRow> durations;
  std::vector<OutcomeRow> outcomes;

  // The content of `row` among `all`, which are the rows of `kind`; made when there is none yet.
  template <typename Row>
  Row& Writable(uint32_t row, RowKind kind, std::vector<Row>& all) {
    TAKT_CHECK(row < places.size(), "a delta of a row that the definition does not have");
    RowPlace& place = places[row];
    if (place.kind() == RowKind::kNone) {
      place = RowPlace(kind, all.size());
      all.emplace_back();
    }
    TAKT_CHECK(place.kind() == kind, "a row holds facts of one kind");
    return all[place.place()];
  }

  // nullptr when the row holds nothing.
  template <typename Row>
  const Row* Readable(uint32_t row, RowKind kind, const std::vector<Row>& all) const {
    TAKT_CHECK(row < places.size(), "a row that the definition does not have");
    const RowPlace place = places[row];
    if (place.kind() == RowKind::kNone) return nullptr;
    TAKT_CHECK(place.kind() == kind, "a row is read as what its facts are");
    return &all[place.place()];
  }

  // Appends the row's kind and content, or nothing when it holds nothing.
  void EncodeRow(uint32_t row, std::string* out) const {
    ByteWriter writer(out);
    const RowPlace at = places[row];
    switch (at.kind()) {
      case RowKind::kNone:
        return;
      case RowKind::kSums:
        return EncodeContent(sums[at.place()], at.kind(), writer);
      case RowKind::kDurations:
        return EncodeContent(durations[at.place()], at.kind(), writer);
      case RowKind::kOutcomes:
        return EncodeContent(outcomes[at.place()], at.kind(), writer);
    }
  }

  template <typename Row>
  static void EncodeContent(const Row& content, RowKind kind, ByteWriter& writer) {
    if (content.empty()) return;
    writer.Byte(static_cast<uint8_t>(kind));
    content.Encode(writer);
  }
};

CellTable::CellTable(const Calendar& calendar, uint32_t row_count)
    : rows_(std::make_unique<Rows>(calendar, row_count)) {
  TAKT_CHECK(row_count < uint32_t{1} << 30, "rows are numbered in 30 bits");
}

CellTable::~CellTable() = default;
CellTable::CellTable(CellTable&&) noexcept = default;
CellTable& CellTable::operator=(CellTable&&) noexcept = default;

void CellTable::Add(const DeltaBatch& batch) {
  Rows& rows = *rows_;
  for (const SumDelta& delta : batch.sums) {
    rows.Writable(delta.row, RowKind::kSums, rows.sums)
        .Add(SiteOf(rows.calendar, delta.minute), delta.amount);
  }
  for (const DurationDelta& delta : batch.durations) {
    rows.Writable(delta.row, RowKind::kDurations, rows.durations)
        .Add(SiteOf(rows.calendar, delta.minute), delta.duration_micros, delta.count);
  }
  for (const OutcomeDelta& delta : batch.outcomes) {
    rows.Writable(delta.row, RowKind::kOutcomes, rows.outcomes).Add(delta);
  }
}

Int128 CellTable::Sum(uint32_t row, MinuteRange range) const {
  const SumRow* content = rows_->Readable(row, RowKind::kSums, rows_->sums);
  if (content == nullptr || range.begin >= range.end) return 0;
  const PaneSite end = SiteOf(rows_->calendar, range.end);
  if (range.begin == kMinuteMin) return content->Before(end);
  return content->Sum(SiteOf(rows_->calendar, range.begin), end);
}

DurationSummary CellTable::Durations(uint32_t row, MinuteRange range) const {
  const DurationRow* content = rows_->Readable(row, RowKind::kDurations, rows_->durations);
  if (content == nullptr || range.begin >= range.end) return {};
  return content->Summary(SiteOf(rows_->calendar, range.begin), SiteOf(rows_->calendar, range.end));
}

OutcomeCount CellTable::Last(uint32_t row, int64_t n, Minute end) const {
  const OutcomeRow* content = rows_->Readable(row, RowKind::kOutcomes, rows_->outcomes);
  return content == nullptr ? OutcomeCount{} : content->Last(n, MicrosAt(end));
}

std::vector<Outcome> CellTable::Outcomes(uint32_t row, MinuteRange range, int64_t n) const {
  const OutcomeRow* content = rows_->Readable(row, RowKind::kOutcomes, rows_->outcomes);
  if (content == nullptr || range.begin >= range.end) return {};
  return content->Between(MicrosAt(range.begin), MicrosAt(range.end), n);
}

std::string CellTable::Encode() const {
  std::string out;
  std::string content;
  for (uint32_t row = 0; row < rows_->places.size(); ++row) {
    content.clear();
    rows_->EncodeRow(row, &content);
    if (content.empty()) continue;
    ByteWriter writer(&out);
    writer.Varint(row);
    writer.Bytes(content);
  }
  return out;
}

uint64_t CellTable::CountDivergentRows(const CellTable& other) const {
  const size_t count = std::max(rows_->places.size(), other.rows_->places.size());
  uint64_t divergent = 0;
  for (size_t i = 0; i < count; ++i) {
    const uint32_t row = static_cast<uint32_t>(i);
    std::string mine;
    std::string theirs;
    if (i < rows_->places.size()) rows_->EncodeRow(row, &mine);
    if (i < other.rows_->places.size()) other.rows_->EncodeRow(row, &theirs);
    if (mine != theirs) ++divergent;
  }
  return divergent;
}

uint64_t CellTable::MemoryBytes() const {
  uint64_t bytes = sizeof(Rows) + rows_->places.capacity() * sizeof(RowPlace);
  for (const SumRow& row : rows_->sums) bytes += row.MemoryBytes();
  for (const DurationRow& row : rows_->durations) bytes += row.MemoryBytes();
  for (const OutcomeRow& row : rows_->outcomes) bytes += row.MemoryBytes();
  return bytes;
}

}  // namespace takt
