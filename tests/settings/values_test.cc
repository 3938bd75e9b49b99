#include "engine/settings/values.h"

#include "engine/settings/nearest.h"
#include "gtest/gtest.h"

namespace takt {
namespace {

TEST(ParseDuration, UnitsAddUp) {
  EXPECT_EQ(*ParseDuration("250ms"), absl::Milliseconds(250));
  EXPECT_EQ(*ParseDuration("1h30m"), absl::Minutes(90));
  EXPECT_EQ(*ParseDuration("2w"), absl::Hours(336));
}

TEST(ParseDuration, OthersAreRefused) {
  for (const char* text : {"", "0s", "5", "m", "-1h", "1 h", "1y", "1.5h", "999999999d"}) {
    EXPECT_FALSE(ParseDuration(text).ok()) << text;
  }
}

TEST(ParseBytes, BinaryAndDecimalUnits) {
  EXPECT_EQ(*ParseBytes("0"), 0u);
  EXPECT_EQ(*ParseBytes("512MiB"), uint64_t{512} << 20);
  EXPECT_EQ(*ParseBytes("2GB"), 2'000'000'000u);
  for (const char* text : {"", "MiB", "2 GiB", "-1", "999999999999GiB"}) {
    EXPECT_FALSE(ParseBytes(text).ok()) << text;
  }
}

TEST(ParseDecimal, IsExact) {
  EXPECT_EQ(*ParseDecimal("12.5", 2), 1250);
  EXPECT_EQ(*ParseDecimal("-0.01", 2), -1);
  EXPECT_EQ(*ParseDecimal("7", 0), 7);
  EXPECT_EQ(*ParseDecimal("123456789012345.123", 3), 123456789012345123);
}

TEST(ParseDecimal, OthersAreRefused) {
  for (const char* text :
       {"", "-", ".", "1.", "1e3", "1.234", "1,5", "+1", "0x1", "nan", "12345678901234567890"}) {
    EXPECT_FALSE(ParseDecimal(text, 2).ok()) << text;
  }
}

TEST(ParseShare, PercentAndFractionAreMillionths) {
  EXPECT_EQ(*ParseShare("40%"), 400'000);
  EXPECT_EQ(*ParseShare("0.4"), 400'000);
  EXPECT_EQ(*ParseShare("100%"), 1'000'000);
  EXPECT_EQ(*ParseShare("12.5%"), 125'000);
  for (const char* text : {"101%", "-1%", "1.1", "%", "x"}) EXPECT_FALSE(ParseShare(text).ok());
}

TEST(ParseDate, OnlyDatesThatExist) {
  EXPECT_EQ(*ParseDate("2024-02-29"), absl::CivilDay(2024, 2, 29));
  for (const char* text : {"2026-02-29", "2026-1-1", "26-01-01", "2026-13-01", "2026/01/01"}) {
    EXPECT_FALSE(ParseDate(text).ok()) << text;
  }
}

TEST(CurrencyDecimals, FollowIso4217) {
  EXPECT_EQ(*CurrencyDecimals("EUR"), 2);
  EXPECT_EQ(*CurrencyDecimals("JPY"), 0);
  EXPECT_EQ(*CurrencyDecimals("KWD"), 3);
  EXPECT_FALSE(CurrencyDecimals("EURO").ok());
  EXPECT_FALSE(CurrencyDecimals("").ok());
}

TEST(NearestName, FindsSlipsAndNothingElse) {
  const std::vector<std::string> names = {"closed", "won", "created_deals"};
  EXPECT_EQ(NearestName("closd", names), "closed");
  EXPECT_EQ(NearestName("wno", names), "won");
  EXPECT_EQ(NearestName("CLOSED", names), "closed");
  EXPECT_EQ(NearestName("created_deal", names), "created_deals");
  EXPECT_EQ(NearestName("pipeline", names), "");
  EXPECT_EQ(NearestName(std::string(1000, 'x'), names), "");
}

}  // namespace
}  // namespace takt
