#include <optional>
#include <string>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/time/time.h"
#include "connectors/mapping/mapping_values.h"
#include "engine/base/check.h"
#include "engine/base/utf8.h"
#include "engine/model/change_codec.h"
#include "engine/model/decimal.h"
#include "engine/time/parse_time.h"
#include "tests/fuzz/targets.h"

namespace takt {
namespace {

void FuzzDecimal(absl::string_view text) {
  for (int decimals = 0; decimals <= 9; ++decimals) {
    int64_t exact = 0;
    int64_t rounded = 0;
    const std::optional<Reason> why_not = ParseDecimal(text, DecimalForm{decimals}, &exact);
    const std::optional<Reason> why_not_rounded =
        ParseDecimal(text, {decimals, Excess::kRoundHalfEven}, &rounded);
    if (!why_not.has_value()) {
      TAKT_CHECK(!why_not_rounded.has_value() && exact == rounded, "an exact number was rounded");
      int64_t again = 0;
      const std::string scaled = absl::StrCat(exact, "e-", decimals);
      TAKT_CHECK(!ParseDecimal(scaled, DecimalForm{decimals}, &again).has_value() && again == exact,
                 "a number does not read back");
    }
    TAKT_CHECK(why_not != Reason::kBadNumber || why_not_rounded == Reason::kBadNumber,
               "no number was rounded to one");
  }
}

void FuzzTime(absl::string_view text) {
  static const absl::TimeZone zone = [] {
    absl::TimeZone loaded;
    return absl::LoadTimeZone("Europe/Paris", &loaded) ? loaded : absl::UTCTimeZone();
  }();
  const std::optional<int64_t> zoned = ParseZonedTime(text);
  if (zoned.has_value()) {
    TAKT_CHECK(ParseTime(text, zone) == zoned, "a time with its zone depends on another");
    const std::string written =
        absl::FormatTime("%Y-%m-%dT%H:%M:%E6SZ", absl::FromUnixMicros(*zoned), absl::UTCTimeZone());
    const bool four_digits = written.size() == 27 && written[0] != '-';
    TAKT_CHECK(!four_digits || ParseZonedTime(written) == zoned, "a time does not read back");
  }
  ParseTime(text, zone);
  ParseEpochDays(text, zone);
  for (const TimeUnit unit : {TimeUnit::kSeconds, TimeUnit::kMillis, TimeUnit::kMicros}) {
    ParseUnixTime(text, unit);
  }
  ParseTimeByFormat("%m/%d/%Y %H:%M", text, zone);
}

}  // namespace

void FuzzWords(absl::string_view bytes) {
  FuzzDecimal(bytes);
  FuzzTime(bytes);
  const TextClass all = ClassifyText(bytes);
  const TextClass padded = ClassifyText(absl::StrCat("padding", bytes));
  TAKT_CHECK(all == padded, "the class of a text depends on where it stands");
  std::string plain;
  if (PlainDecimal(bytes, DecimalSign::kComma, &plain)) {
    TAKT_CHECK(plain.find(',') == std::string::npos, "a comma is left in a plain decimal");
  }
  ReadWordAsBool(bytes);
}

void FuzzChange(absl::string_view bytes) {
  ByteReader reader(bytes);
  Change change;
  while (!reader.AtEnd() && DecodeChange(reader, &change)) {
    std::string encoded;
    EncodeChange(change, &encoded);
    ByteReader again(encoded);
    Change twice;
    TAKT_CHECK(DecodeChange(again, &twice) && again.AtEnd(), "a decoded change does not encode");
    std::string encoded_twice;
    EncodeChange(twice, &encoded_twice);
    TAKT_CHECK(encoded == encoded_twice, "a change has two encodings");
  }
}

}  // namespace takt
