#include "engine/time/parse_time.h"

#include <limits>

#include "absl/time/civil_time.h"

namespace takt {
namespace {

constexpr int64_t kMicrosPerSecond = 1'000'000;

bool IsDigit(char c) { return c >= '0' && c <= '9'; }

// Reads a text from its front; once something did not fit, `ok` is false.
struct Scanner {
  absl::string_view rest;
  bool ok = true;

  bool Take(char c) {
    if (rest.empty() || rest[0] != c) return false;
    rest.remove_prefix(1);
    return true;
  }
  void Expect(char c) { ok = Take(c) && ok; }
  int Digits(size_t count) {
    if (rest.size() < count) {
      ok = false;
      return 0;
    }
    int value = 0;
    for (size_t i = 0; i < count; ++i) {
      if (!IsDigit(rest[i])) ok = false;
      value = value * 10 + (rest[i] - '0');
    }
    rest.remove_prefix(count);
    return value;
  }
};

struct Fields {
  int year = 0, month = 0, day = 0;
  int hour = 0, minute = 0, second = 0;
  int64_t micros = 0;  // of the second
  bool has_time = false;
  bool has_zone = false;
  int64_t offset_seconds = 0;  // east of UTC
};

int DaysInMonth(int year, int month) {
  constexpr int kDays[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
  const bool leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
  return kDays[month - 1] + (month == 2 && leap ? 1 : 0);
}

void ReadDate(Scanner& in, Fields& out) {
  out.year = in.Digits(4);
  in.Expect('-');
  out.month = in.Digits(2);
  in.Expect('-');
  out.day = in.Digits(2);
  if (!in.ok) return;
  in.ok = out.month >= 1 && out.month <= 12 && out.day >= 1 &&
          out.day <= DaysInMonth(out.year, out.month);
}

void ReadFraction(Scanner& in, Fields& out) {
  if (in.rest.empty() || !IsDigit(in.rest[0])) {
    in.ok = false;
    return;
  }
  int64_t unit = kMicrosPerSecond / 10;
  while (!in.rest.empty() && IsDigit(in.rest[0])) {
    out.micros += unit * (in.rest[0] - '0');
    unit /= 10;
    in.rest.remove_prefix(1);
  }
}

void ReadClock(Scanner& in, Fields& out) {
  out.has_time = true;
  out.hour = in.Digits(2);
  in.Expect(':');
  out.minute = in.Digits(2);
  if (in.Take(':')) {
    out.second = in.Digits(2);
    if (in.Take('.') || in.Take(',')) ReadFraction(in, out);
  }
  if (out.hour > 23 || out.minute > 59 || out.second > 60) in.ok = false;
  if (out.second == 60) out.micros = 0;
}

void ReadZone(Scanner& in, Fields& out) {
  out.has_zone = true;
  if (in.Take('Z') || in.Take('z')) return;
  const bool west = in.Take('-');
  if (!west) in.Expect('+');
  const int hours = in.Digits(2);
  int minutes = 0;
  if (in.Take(':') || !in.rest.empty()) minutes = in.Digits(2);
  if (hours > 23 || minutes > 59) in.ok = false;
  const int64_t seconds = hours * 3600 + minutes * 60;
  out.offset_seconds = west ? -seconds : seconds;
}

std::optional<Fields> ReadFields(absl::string_view text) {
  Scanner in{text};
  Fields out;
  ReadDate(in, out);
  if (in.ok && !in.rest.empty()) {
    if (!in.Take('T') && !in.Take(' ')) in.Expect('t');
    ReadClock(in, out);
    if (in.ok && !in.rest.empty()) {
      in.Take(' ');
      ReadZone(in, out);
    }
  }
  if (!in.ok || !in.rest.empty()) return std::nullopt;
  return out;
}

// Days since 1970-01-01 of a proleptic Gregorian date, by counting from 0000-03-01 in cycles of 400
// years.
int64_t DaysFromCivil(int year, int month, int day) {
  const int64_t y = year - (month <= 2 ? 1 : 0);
  const int64_t era = (y >= 0 ? y : y - 399) / 400;
  const int64_t year_of_era = y - era * 400;
  const int64_t day_of_year = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1;
  const int64_t day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
  return era * 146097 + day_of_era - 719468;
}

int64_t ZonedMicros(const Fields& f) {
  const int64_t seconds = DaysFromCivil(f.year, f.month, f.day) * 86400 + f.hour * 3600 +
                          f.minute * 60 + f.second - f.offset_seconds;
  return seconds * kMicrosPerSecond + f.micros;
}

int64_t LocalMicros(const Fields& f, absl::TimeZone zone) {
  // The constructor normalises a leap second into the next minute.
  const absl::CivilSecond civil(f.year, f.month, f.day, f.hour, f.minute, f.second);
  return absl::ToUnixMicros(absl::FromCivil(civil, zone)) + f.micros;
}

}  // namespace

std::optional<int64_t> ParseZonedTime(absl::string_view text) {
  const std::optional<Fields> fields = ReadFields(text);
  if (!fields.has_value() || !fields->has_zone) return std::nullopt;
  return ZonedMicros(*fields);
}

std::optional<int64_t> ParseTime(absl::string_view text, absl::TimeZone zone) {
  const std::optional<Fields> fields = ReadFields(text);
  if (!fields.has_value()) return std::nullopt;
  return fields->has_zone ? ZonedMicros(*fields) : LocalMicros(*fields, zone);
}

std::optional<int64_t> ParseUnixTime(absl::string_view text, TimeUnit unit) {
  int64_t scale = 1;
  switch (unit) {
    case TimeUnit::kSeconds:
      scale = 1'000'000;
      break;
    case TimeUnit::kMillis:
      scale = 1'000;
      break;
    case TimeUnit::kMicros:
      scale = 1;
      break;
  }
  Scanner in{text};
  const bool negative = in.Take('-');
  if (in.rest.empty() || !IsDigit(in.rest[0])) return std::nullopt;
  int64_t whole = 0;
  for (; !in.rest.empty() && IsDigit(in.rest[0]); in.rest.remove_prefix(1)) {
    if (whole > 1'000'000'000'000'000'000) return std::nullopt;
    if (__builtin_mul_overflow(whole, 10, &whole)) return std::nullopt;
    if (__builtin_add_overflow(whole, in.rest[0] - '0', &whole)) return std::nullopt;
  }
  int64_t micros = 0;
  if (__builtin_mul_overflow(whole, scale, &micros)) return std::nullopt;
  bool cut = false;
  if (in.Take('.')) {
    if (in.rest.empty()) return std::nullopt;
    for (int64_t place = scale / 10; !in.rest.empty() && IsDigit(in.rest[0]); place /= 10) {
      const int64_t digit = in.rest[0] - '0';
      if (place == 0 && digit != 0) cut = true;
      if (__builtin_add_overflow(micros, digit * place, &micros)) return std::nullopt;
      in.rest.remove_prefix(1);
    }
  }
  if (!in.rest.empty()) return std::nullopt;
  // What is cut goes toward the past, before 1970 too.
  return negative ? -micros - (cut ? 1 : 0) : micros;
}

std::optional<int64_t> ParseEpochDays(absl::string_view text, absl::TimeZone zone) {
  const std::optional<int64_t> days = ParseUnixTime(text, TimeUnit::kMicros);
  // Years 0000 to 9999, so that the civil time arithmetic stays in its range.
  if (!days.has_value() || *days < -719'528 || *days > 2'932'896) return std::nullopt;
  if (text.find('.') != absl::string_view::npos) return std::nullopt;
  return absl::ToUnixMicros(absl::FromCivil(absl::CivilDay(1970, 1, 1) + *days, zone));
}

std::optional<int64_t> ParseSpreadsheetDays(absl::string_view text, absl::TimeZone zone) {
  constexpr int64_t kSecondsInDay = 24 * 60 * 60;
  const std::optional<int64_t> micro_days = ParseUnixTime(text, TimeUnit::kSeconds);
  if (!micro_days.has_value() || *micro_days < 2'000'000 || *micro_days > 2'958'465'999'999) {
    return std::nullopt;
  }
  const int64_t days = *micro_days / 1'000'000;
  const int64_t seconds = (*micro_days % 1'000'000 * kSecondsInDay + 500'000) / 1'000'000;
  const absl::CivilSecond local = absl::CivilSecond(absl::CivilDay(1899, 12, 30) + days) + seconds;
  return absl::ToUnixMicros(absl::FromCivil(local, zone));
}

std::optional<int64_t> ParseTimeByFormat(const std::string& format, absl::string_view text,
                                         absl::TimeZone zone) {
  absl::Time time;
  std::string error;
  if (!absl::ParseTime(format, text, zone, &time, &error)) return std::nullopt;
  if (time == absl::InfiniteFuture() || time == absl::InfinitePast()) return std::nullopt;
  return absl::ToUnixMicros(time);
}

}  // namespace takt
