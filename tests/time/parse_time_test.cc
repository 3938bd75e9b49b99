#include "engine/time/parse_time.h"

#include <optional>
#include <random>
#include <string>
#include <vector>

#include "absl/time/time.h"
#include "gtest/gtest.h"

namespace takt {
namespace {

constexpr int64_t kSecond = 1'000'000;
constexpr int64_t kTenth = 1768037400 * kSecond;  // 2026-01-10T09:30:00Z

absl::TimeZone Zone(const std::string& name) {
  absl::TimeZone zone;
  EXPECT_TRUE(absl::LoadTimeZone(name, &zone)) << name;
  return zone;
}

struct Case {
  std::string text;
  std::optional<int64_t> micros;
};

TEST(ParseTime, TextsWithTheirZone) {
  const std::vector<Case> cases = {
      {"2026-01-10T09:30:00Z", kTenth},
      {"2026-01-10t09:30:00z", kTenth},
      {"2026-01-10 09:30:00Z", kTenth},
      {"2026-01-10 09:30:00 +00:00", kTenth},
      {"2026-01-10T09:30Z", kTenth},
      {"2026-01-10T10:30:00+01:00", kTenth},
      {"2026-01-10T10:30:00+0100", kTenth},
      {"2026-01-10T10:30:00+01", kTenth},
      {"2026-01-09T23:00:00-10:30", kTenth},
      {"2026-01-10T09:30:00.000+0000", kTenth},
      {"2026-01-10T09:30:00.5Z", kTenth + 500000},
      {"2026-01-10T09:30:00,5Z", kTenth + 500000},
      {"2026-01-10T09:30:00.123456999Z", kTenth + 123456},
      {"1969-12-31T23:59:59.999999Z", -1},
      {"2016-12-31T23:59:60Z", 1483228800 * kSecond},
      {"2024-02-29T00:00:00Z", 1709164800 * kSecond},
      {"0000-01-01T00:00:00Z", -62167219200 * kSecond},
      {"9999-12-31T23:59:59Z", 253402300799 * kSecond},
      {"2026-01-10T09:30:00", std::nullopt},
      {"2026-01-10", std::nullopt},
      {"2026-02-29T00:00:00Z", std::nullopt},
      {"2026-13-01T00:00:00Z", std::nullopt},
      {"2026-00-01T00:00:00Z", std::nullopt},
      {"2026-01-00T00:00:00Z", std::nullopt},
      {"2026-01-10T24:00:00Z", std::nullopt},
      {"2026-01-10T09:60:00Z", std::nullopt},
      {"2026-01-10T09:30:61Z", std::nullopt},
      {"2026-01-10T09:30:00.Z", std::nullopt},
      {"2026-01-10T09:30:00+1", std::nullopt},
      {"2026-01-10T09:30:00+01:0", std::nullopt},
      {"2026-01-10T09:30:00+24:00", std::nullopt},
      {"2026-01-10T09:30:00Zx", std::nullopt},
      {"2026-01-10T09:30:00Z ", std::nullopt},
      {" 2026-01-10T09:30:00Z", std::nullopt},
      {"2026-1-10T09:30:00Z", std::nullopt},
      {"20260110T093000Z", std::nullopt},
      {"01/10/2026", std::nullopt},
      {"1768037400", std::nullopt},
      {"", std::nullopt},
  };
  for (const Case& c : cases) EXPECT_EQ(ParseZonedTime(c.text), c.micros) << c.text;
}

TEST(ParseTime, TextsWithoutAZoneAreLocal) {
  const absl::TimeZone paris = Zone("Europe/Paris");
  const std::vector<Case> cases = {
      {"2026-01-10 10:30:00", kTenth},
      {"2026-01-10T10:30", kTenth},
      {"2026-01-10", 1767999600 * kSecond},           // 2026-01-09T23:00:00Z
      {"2026-07-01", 1782856800 * kSecond},           // 2026-06-30T22:00:00Z
      {"2026-03-29 02:30:00", 1774746000 * kSecond},  // skipped: 01:00Z, when the clock is 03:00
      {"2026-10-25 02:30:00", 1792888200 * kSecond},  // repeated: the first, 00:30Z
      {"2026-01-10T09:30:00Z", kTenth},
      {"2026-01-10x", std::nullopt},
  };
  for (const Case& c : cases) EXPECT_EQ(ParseTime(c.text, paris), c.micros) << c.text;
}

TEST(ParseTime, ASkippedMidnightIsTheFirstInstantAfterIt) {
  // In Sao Paulo the clock went from 23:59 on 2018-11-03 to 01:00 on 2018-11-04.
  EXPECT_EQ(ParseTime("2018-11-04", Zone("America/Sao_Paulo")),
            ParseZonedTime("2018-11-04T03:00:00Z"));
}

TEST(ParseTime, NumbersHaveTheUnitThatIsGiven) {
  EXPECT_EQ(ParseUnixTime("1768037400", TimeUnit::kSeconds), kTenth);
  EXPECT_EQ(ParseUnixTime("1768037400123", TimeUnit::kMillis), kTenth + 123000);
  EXPECT_EQ(ParseUnixTime("1768037400000001", TimeUnit::kMicros), kTenth + 1);
  EXPECT_EQ(ParseUnixTime("1768037400.25", TimeUnit::kSeconds), kTenth + 250000);
  EXPECT_EQ(ParseUnixTime("1768037400.0000019", TimeUnit::kSeconds), kTenth + 1);
  EXPECT_EQ(ParseUnixTime("-1", TimeUnit::kSeconds), -kSecond);
  EXPECT_EQ(ParseUnixTime("-0.0000001", TimeUnit::kSeconds), -1);
  for (const char* text :
       {"", "-", "1e9", "1.", " 1", "1 ", "0x1", "99999999999999999999", "1,5"}) {
    EXPECT_EQ(ParseUnixTime(text, TimeUnit::kSeconds), std::nullopt) << text;
  }
  EXPECT_EQ(ParseUnixTime("9223372036855", TimeUnit::kSeconds), std::nullopt);
}

TEST(ParseTime, EpochDaysAreLocalDays) {
  EXPECT_EQ(ParseEpochDays("20463", Zone("Europe/Paris")), 1767999600 * kSecond);
  EXPECT_EQ(ParseEpochDays("99999999999", absl::UTCTimeZone()), std::nullopt);
  EXPECT_EQ(ParseEpochDays("1.5", absl::UTCTimeZone()), std::nullopt);
}

TEST(ParseTime, SpreadsheetDaysAreLocalToTheSecond) {
  const absl::TimeZone paris = Zone("Europe/Paris");
  EXPECT_EQ(ParseSpreadsheetDays("46032", paris), 1767999600 * kSecond);
  EXPECT_EQ(ParseSpreadsheetDays("46032.4375", paris), kTenth);
  EXPECT_EQ(ParseSpreadsheetDays("46032.43749", paris), kTenth - kSecond) << "0.864 s less";
  EXPECT_EQ(ParseSpreadsheetDays("46032.437499", paris), kTenth) << "fractions are cut short";
  EXPECT_EQ(ParseSpreadsheetDays("46031.999999", paris), 1767999600 * kSecond);
  for (const char* text : {"", "1.5", "-46032", "2958466", "46032,5", "4.6e4", "2026-01-10"}) {
    EXPECT_EQ(ParseSpreadsheetDays(text, paris), std::nullopt) << text;
  }
}

TEST(ParseTime, OtherFormsOnlyByAFormat) {
  const absl::TimeZone paris = Zone("Europe/Paris");
  EXPECT_EQ(ParseTimeByFormat("%m/%d/%Y", "01/10/2026", paris), 1767999600 * kSecond);
  EXPECT_EQ(ParseTimeByFormat("%d.%m.%Y %H:%M", "10.01.2026 10:30", paris), kTenth);
  EXPECT_EQ(ParseTimeByFormat("%m/%d/%Y", "31/10/2026", paris), std::nullopt);
  EXPECT_EQ(ParseTimeByFormat("%m/%d/%Y", "infinite-future", paris), std::nullopt);
}

TEST(ParseTime, AgreesWithAbseilOnRandomTimes) {
  std::mt19937_64 random(11);
  for (int i = 0; i < 20000; ++i) {
    const int64_t micros = static_cast<int64_t>(random() % 8000000000000000) - 2000000000000000;
    const std::string text =
        absl::FormatTime("%Y-%m-%dT%H:%M:%E6S%Ez", absl::FromUnixMicros(micros),
                         absl::FixedTimeZone(static_cast<int>(random() % 86400) - 43200));
    absl::Time expected;
    std::string error;
    ASSERT_TRUE(absl::ParseTime(absl::RFC3339_full, text, &expected, &error));
    EXPECT_EQ(ParseZonedTime(text), absl::ToUnixMicros(expected)) << text;
  }
}

}  // namespace
}  // namespace takt
