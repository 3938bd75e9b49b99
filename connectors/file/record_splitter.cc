#include "connectors/file/record_splitter.h"

#include <algorithm>
#include <cstring>

#include "engine/base/bytes.h"

namespace takt {
namespace {

// A longer one is no length of a record but bytes of something else.
constexpr uint64_t kDelimitedBytesMax = 256 << 20;
constexpr size_t kVarintBytesMax = 10;

// The line of `size` bytes, its end included if it has one, without that end.
FoundRecord Line(absl::string_view window, size_t size) {
  FoundRecord found;
  found.size = size;
  found.value_size = size;
  if (found.value_size > 0 && window[found.value_size - 1] == '\n') --found.value_size;
  if (found.value_size > 0 && window[found.value_size - 1] == '\r') --found.value_size;
  return found;
}

std::optional<size_t> LineEnd(absl::string_view window, size_t from) {
  const void* at = std::memchr(window.data() + from, '\n', window.size() - from);
  if (at == nullptr) return std::nullopt;
  return static_cast<const char*>(at) - window.data() + 1;
}

class LineSplitter final : public RecordSplitter {
 public:
  std::optional<FoundRecord> Find(absl::string_view window, bool at_end) override {
    if (window.empty()) return std::nullopt;
    std::optional<size_t> end = LineEnd(window, looked_at_);
    looked_at_ = window.size();
    if (!end.has_value() && at_end) end = window.size();
    if (!end.has_value()) return std::nullopt;
    looked_at_ = 0;
    return Line(window, *end);
  }
  std::optional<FoundRecord> GiveUp(absl::string_view /*window*/) override { return std::nullopt; }
  void Reset() override { looked_at_ = 0; }

 private:
  size_t looked_at_ = 0;
};

class CsvSplitter final : public RecordSplitter {
 public:
  std::optional<FoundRecord> Find(absl::string_view window, bool at_end) override {
    if (window.empty()) return std::nullopt;
    for (; looked_at_ < window.size(); ++looked_at_) {
      const char c = window[looked_at_];
      if (in_quotes_) {
        // A quote written twice closes and opens again, which comes to the same.
        in_quotes_ = c != '"';
        cell_begins_ = !in_quotes_;
        continue;
      }
      if (c == '\n') {
        const size_t end = looked_at_ + 1;
        Reset();
        return Line(window, end);
      }
      // Quotes inside a cell that does not begin with one are text, as in `15" rack`.
      if (c == '"' && cell_begins_) in_quotes_ = true;
      cell_begins_ = c == ',' || c == ';' || c == '\t' || c == '|';
    }
    if (!at_end) return std::nullopt;
    if (in_quotes_) return GiveUp(window).value_or(Line(window, window.size()));
    Reset();
    return Line(window, window.size());
  }
  std::optional<FoundRecord> GiveUp(absl::string_view window) override {
    const std::optional<size_t> end = LineEnd(window, 0);
    if (!end.has_value()) return std::nullopt;
    Reset();
    return Line(window, *end);
  }
  void Reset() override {
    looked_at_ = 0;
    in_quotes_ = false;
    cell_begins_ = true;
  }

 private:
  size_t looked_at_ = 0;
  bool in_quotes_ = false;
  bool cell_begins_ = true;
};

class DelimitedSplitter final : public RecordSplitter {
 public:
  std::optional<FoundRecord> Find(absl::string_view window, bool at_end) override {
    if (window.empty()) return std::nullopt;
    ByteReader reader(window);
    const uint64_t length = reader.Varint();
    if (!reader.ok()) {
      broken_ = window.size() >= kVarintBytesMax;
      if (broken_ || !at_end) return std::nullopt;
      return FoundRecord{.value_size = window.size(), .size = window.size(), .torn = true};
    }
    broken_ = length > kDelimitedBytesMax;
    if (broken_) return std::nullopt;
    const size_t prefix = window.size() - reader.Remaining();
    const bool too_large = length > kFileRecordBytesMax;
    const uint64_t wanted = too_large ? kBeginningBytes : length;
    if (reader.Remaining() >= wanted) {
      return FoundRecord{.value_begin = prefix,
                         .value_size = static_cast<size_t>(wanted),
                         .size = prefix + length,
                         .too_large = too_large};
    }
    if (!at_end) return std::nullopt;
    return FoundRecord{.value_begin = prefix,
                       .value_size = reader.Remaining(),
                       .size = window.size(),
                       .torn = true};
  }
  std::optional<FoundRecord> GiveUp(absl::string_view /*window*/) override { return std::nullopt; }
  bool broken() const override { return broken_; }
  void Reset() override { broken_ = false; }

 private:
  bool broken_ = false;
};

}  // namespace

std::unique_ptr<RecordSplitter> RecordSplitter::Create(RecordFormat format) {
  switch (format) {
    case RecordFormat::kJson:
      return std::make_unique<LineSplitter>();
    case RecordFormat::kCsv:
      return std::make_unique<CsvSplitter>();
    case RecordFormat::kProtobuf:
      return std::make_unique<DelimitedSplitter>();
  }
  return nullptr;
}

}  // namespace takt
