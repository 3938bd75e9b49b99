#include "connectors/kafka/letter.h"

#include <algorithm>
#include <iterator>

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"

namespace takt {
namespace {

constexpr size_t kDetailBytesMax = 500;
constexpr size_t kSizeLimits[] = {64 << 10, 8 << 10, 512, 0};
constexpr absl::string_view kKeyHeader = "takt.key";
constexpr absl::string_view kTruncatedHeader = "takt.truncated";

}  // namespace

size_t Letter::Bytes() const {
  size_t bytes = key.size() + value.size();
  for (const auto& [name, content] : headers) bytes += name.size() + content.size();
  return bytes;
}

Letter MakeLetter(const DeadLetter& from) {
  const Record& record = from.record;
  ReadHeaders(record);
  Letter letter;
  letter.key = absl::StrCat(record.topic, "/", record.partition, "/", record.offset);
  letter.has_value = record.has_value;
  letter.value = std::string(record.value);
  letter.original_headers = record.headers.size();
  letter.headers.reserve(record.headers.size() + 8);
  for (const auto& [name, content] : record.headers) {
    letter.headers.emplace_back(std::string(name), std::string(content));
  }
  const auto add = [&letter](absl::string_view name, absl::string_view content) {
    letter.headers.emplace_back(std::string(name), std::string(content));
  };
  add("takt.reason", ReasonName(from.rejection.reason));
  const absl::string_view detail =
      absl::string_view(from.rejection.detail).substr(0, kDetailBytesMax);
  add("takt.detail", absl::CHexEscape(detail).substr(0, kDetailBytesMax));
  add("takt.source", from.source);
  add("takt.topic", record.topic);
  add("takt.partition", absl::StrCat(record.partition));
  add("takt.offset", absl::StrCat(record.offset));
  if (record.has_key) add(kKeyHeader, record.key);
  return letter;
}

void Shorten(int attempt, Letter& letter) {
  const size_t last = std::size(kSizeLimits) - 1;
  const size_t limit = kSizeLimits[std::min<size_t>(static_cast<size_t>(attempt) - 1, last)];
  size_t original = 0;
  for (size_t i = 0; i < letter.original_headers; ++i) {
    original += letter.headers[i].first.size() + letter.headers[i].second.size();
  }
  if (original > limit) {
    letter.headers.erase(letter.headers.begin(),
                         letter.headers.begin() + static_cast<ptrdiff_t>(letter.original_headers));
    letter.original_headers = 0;
  }
  for (size_t i = letter.original_headers; i < letter.headers.size(); ++i) {
    auto& [name, content] = letter.headers[i];
    if (name == kKeyHeader && content.size() > limit) content.resize(limit);
  }
  if (letter.value.size() <= limit) return;
  const bool known = letter.headers.back().first == kTruncatedHeader;
  if (!known) letter.headers.emplace_back(kTruncatedHeader, absl::StrCat(letter.value.size()));
  letter.value.resize(limit);
}

}  // namespace takt
