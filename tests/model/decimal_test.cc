#include "engine/model/decimal.h"

#include <cstdint>
#include <limits>
#include <optional>
#include <random>
#include <string>
#include <vector>

#include "absl/strings/str_format.h"
#include "gtest/gtest.h"

namespace takt {
namespace {

constexpr int64_t kMax = std::numeric_limits<int64_t>::max();

struct Case {
  std::string text;
  DecimalForm form;
  std::optional<int64_t> value;
  Reason reason = Reason::kBadNumber;
};

std::vector<Case> Exact() {
  return {{"1.10", {2}, 110},
          {"-5", {2}, -500},
          {"+5", {0}, 5},
          {".5", {1}, 5},
          {"5.", {1}, 50},
          {"-0", {2}, 0},
          {"-0.00", {2}, 0},
          {"0e999", {2}, 0},
          {"1e3", {2}, 100000},
          {"1E+3", {0}, 1000},
          {"12e-1", {1}, 12},
          {"40%", {6}, 400000},
          {"12.5%", {3}, 125},
          {"1.1000000000000000000000000000000000000000", {1}, 11},
          {"000000000000000000000000000000000000000000001", {0}, 1},
          {"10000.00", {2}, 1000000},
          {"9007199254740993", {0}, 9007199254740993},  // 2^53 + 1
          {"9223372036854775807", {0}, kMax},
          {"-9223372036854775807", {0}, -kMax},
          {"92233720368547758.07", {2}, kMax},
          {"1" + std::string(100, '0') + "e-100", {0}, 1},
          {"0.00000000000000000000000000000000000001e40", {0}, 100}};
}

std::vector<Case> Refused() {
  std::vector<Case> cases = {{"1.005", {2}, {}, Reason::kTooManyDecimals},
                             {"1e-3", {2}, {}, Reason::kTooManyDecimals},
                             {"1e-999", {2}, {}, Reason::kTooManyDecimals},
                             {"0." + std::string(50, '3'), {2}, {}, Reason::kTooManyDecimals},
                             {"0.1%", {2}, {}, Reason::kTooManyDecimals}};
  for (const char* text : {"",
                           "-",
                           ".",
                           "e3",
                           "1e",
                           "1e+",
                           "%",
                           "1%%",
                           "NaN",
                           "Infinity",
                           "-inf",
                           "1,000",
                           "1 000",
                           " 1",
                           "1 ",
                           "0x10",
                           "1.2.3",
                           "--1",
                           "1e999",
                           "1e99999999999999999999",
                           "9223372036854775808",
                           "-9223372036854775808",
                           "1e19",
                           "99999999999999999999999999999999999999999999"}) {
    cases.push_back({text, {0}, {}, Reason::kBadNumber});
  }
  cases.push_back({"92233720368547758.08", {2}, {}, Reason::kBadNumber});
  return cases;
}

std::vector<Case> Rounded() {
  const DecimalForm form{2, Excess::kRoundHalfEven};
  return {{"1.005", form, 100},
          {"1.015", form, 102},
          {"1.0051", form, 101},
          {"-1.005", form, -100},
          {"-1.015", form, -102},
          {"0.004", form, 0},
          {"0.006", form, 1},
          {"1e-999", form, 0},
          {"33.333333333%", form, 33},
          {"0.005000000000000000000000000000000000000000000001", form, 1},
          {"0.0050000000000000000000000000000000000000000000", form, 0},
          {"92233720368547758.074", form, kMax}};
}

void Expect(const Case& c) {
  int64_t value = 77;
  const std::optional<Reason> reason = ParseDecimal(c.text, c.form, &value);
  if (c.value.has_value()) {
    EXPECT_FALSE(reason.has_value()) << c.text;
    EXPECT_EQ(value, *c.value) << c.text;
  } else {
    ASSERT_TRUE(reason.has_value()) << c.text;
    EXPECT_EQ(ReasonName(*reason), ReasonName(c.reason)) << c.text;
    EXPECT_EQ(value, 77) << c.text;
  }
}

TEST(Decimal, IsExact) {
  for (const Case& c : Exact()) Expect(c);
}

TEST(Decimal, IsRefusedWithItsReason) {
  for (const Case& c : Refused()) Expect(c);
}

TEST(Decimal, IsRoundedHalfToEvenWhereAsked) {
  for (const Case& c : Rounded()) Expect(c);
}

TEST(Decimal, RoundingBeyondTheLargestIsRefused) {
  int64_t value = 0;
  EXPECT_EQ(ParseDecimal("92233720368547758.075", {2, Excess::kRoundHalfEven}, &value),
            Reason::kBadNumber);
}

TEST(Decimal, EveryAmountReadsBackAsWritten) {
  std::mt19937_64 random(7);
  for (int i = 0; i < 20000; ++i) {
    const int64_t amount = static_cast<int64_t>(random() >> (1 + random() % 60));
    const std::string text = absl::StrFormat("-%d.%03d", amount / 1000, amount % 1000);
    int64_t value = 0;
    EXPECT_FALSE(ParseDecimal(text, {3}, &value).has_value());
    EXPECT_EQ(value, -amount) << text;
  }
}

}  // namespace
}  // namespace takt
