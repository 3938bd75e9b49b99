#include "engine/app/sales_format.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <memory>
#include <set>
#include <string>
#include <variant>
#include <vector>

#include "connectors/csv/csv_decoder.h"
#include "connectors/csv/csv_row.h"
#include "connectors/json/json_decoder.h"
#include "connectors/protobuf/protobuf_decoder.h"
#include "engine/app/configuration.h"
#include "engine/app/export_values.h"
#include "engine/pipeline/check.h"
#include "engine/traffic/sales_world.h"

namespace takt {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

constexpr int kEvents = 20000;
constexpr int kSpoilt = 200;

std::unique_ptr<Decoder> DecoderOf(RecordFormat format) {
  switch (format) {
    case RecordFormat::kJson:
      return MakeJsonDecoder();
    case RecordFormat::kProtobuf:
      return MakeProtobufDecoder();
    case RecordFormat::kCsv:
      return MakeCsvDecoder();
  }
  return nullptr;
}

const Settings& DemoSettings() {
  static const auto& settings =
      *new LoadResult(LoadSettings({ShippedFolders().at(0) + "/demo/takt.yaml"}, ShippedFolders()));
  return settings.settings;
}

// The real decoder and the real check behind it, half a minute after each event.
class Gate {
 public:
  explicit Gate(RecordFormat format)
      : decoder_(DecoderOf(format)),
        checker_(*DemoSettings().definition, absl::Minutes(10)),
        header_(SalesCsvHeader()) {}

  // "admitted", or the reason with its detail.
  std::string Verdict(const std::string& bytes, EventTime time) {
    Record record;
    record.has_value = true;
    record.value = bytes;
    record.headers = {{kCsvHeaderName, header_}};
    RawChanges raw;
    const DecodeResult result = decoder_->Decode(record, raw);
    if (const auto* rejection = std::get_if<Rejection>(&result)) return Text(*rejection);
    if (std::holds_alternative<Filtered>(result)) return "filtered";
    const Arrival arrival{0, time.ToTime() + absl::Seconds(30)};
    for (size_t i = 0; i < raw.size(); ++i) {
      Change change;
      if (const auto rejection = checker_.Check(raw[i], arrival, &change)) return Text(*rejection);
    }
    return raw.size() == 1 ? "admitted" : "not one change";
  }

 private:
  static std::string Text(const Rejection& rejection) {
    return std::string(ReasonName(rejection.reason)) + ", " + rejection.detail;
  }

  const std::unique_ptr<Decoder> decoder_;
  const Checker checker_;
  const std::string header_;
};

SalesWorld BusyWorld() {
  SalesWorldOptions options;
  options.start = EventTime::From(absl::FromUnixSeconds(1767225600));  // 2026-01-01
  options.reopen_share = options.correction_share = 0.2;
  options.delete_share = options.merge_share = 0.1;
  return SalesWorld(options);
}

class SalesFormats : public ::testing::TestWithParam<RecordFormat> {};

TEST_P(SalesFormats, EveryEventIsAdmitted) {
  SalesWorld world = BusyWorld();
  Gate gate(GetParam());
  std::set<std::string> objects;
  for (int i = 0; i < kEvents; ++i) {
    const SalesEvent event = world.Next();
    objects.insert(event.object);
    const std::string bytes = FormatSalesEvent(event, GetParam());
    ASSERT_EQ(gate.Verdict(bytes, event.time), "admitted") << event.object << " " << event.id;
  }
  EXPECT_EQ(objects, (std::set<std::string>{"activity", "customer", "deal", "lead", "spend"}));
}

TEST_P(SalesFormats, EverySpoiltOneIsRejectedForWhatItIsSaidToBe) {
  SalesWorld world = BusyWorld();
  Gate gate(GetParam());
  Spoiler spoiler(GetParam());
  for (int i = 0; i < kSpoilt; ++i) {
    const SalesEvent event = world.Next();
    const Spoiler::Spoilt spoilt = spoiler.Spoil(event);
    EXPECT_THAT(gate.Verdict(spoilt.bytes, event.time),
                ::testing::StartsWith(std::string(ReasonName(spoilt.reason)) + ","))
        << "record " << i << ": " << spoilt.bytes;
  }
}

std::string NameOf(const ::testing::TestParamInfo<RecordFormat>& info) {
  switch (info.param) {
    case RecordFormat::kJson:
      return "Json";
    case RecordFormat::kProtobuf:
      return "Protobuf";
    case RecordFormat::kCsv:
      return "Csv";
  }
  return "";
}

INSTANTIATE_TEST_SUITE_P(All, SalesFormats,
                         ::testing::Values(RecordFormat::kJson, RecordFormat::kProtobuf,
                                           RecordFormat::kCsv),
                         NameOf);

// What an export's texts mean, one by one.
TEST(ExportValuesTest, ClosedIsNotLost) {
  EXPECT_EQ(MeaningOfStage("Closed Won"), StageMeaning::kWon);
  EXPECT_EQ(MeaningOfStage("closedwon"), StageMeaning::kWon);
  EXPECT_EQ(MeaningOfStage("Closed - Lost"), StageMeaning::kLost);
  EXPECT_EQ(MeaningOfStage("Closed"), StageMeaning::kOpen);
  EXPECT_EQ(MeaningOfStage("Window shopping"), StageMeaning::kOpen);
}

TEST(ExportValuesTest, DecimalSignIsToldByTheAmountsTogether) {
  EXPECT_FALSE(HasDecimalComma({"1200", "1,200.50"}));
  EXPECT_FALSE(HasDecimalComma({"1,200", "12,000"}));
  EXPECT_FALSE(HasDecimalComma({"1.5", "1,200"}));
  EXPECT_TRUE(HasDecimalComma({"1.200,50"}));
  EXPECT_TRUE(HasDecimalComma({"1.200", "800"}));
  EXPECT_TRUE(HasDecimalComma({"99,5", "1.200"}));
  EXPECT_FALSE(HasDecimalComma({"1,200,000", "5"}));
}

TEST(ExportValuesTest, CurrencyIsToldByOneSignOnly) {
  EXPECT_THAT(CurrenciesOf({"$5", "7"}), ElementsAre("USD"));
  EXPECT_THAT(CurrenciesOf({"5 \xe2\x82\xac"}), ElementsAre("EUR"));
  EXPECT_THAT(CurrenciesOf({"$5", "\xc2\xa3 7", "CHF 2", "EUR"}), ElementsAre("CHF", "GBP", "USD"));
  EXPECT_THAT(CurrenciesOf({"5"}), IsEmpty());
}

TEST(ExportValuesTest, YearsOfTwoDigitsAreNoYearsOfTheRomans) {
  EXPECT_EQ(DateFormatOf({"1/31/26"})->pattern, "%m/%d/%y");
  EXPECT_EQ(DateFormatOf({"1/31/2026"})->pattern, "%m/%d/%Y");
  EXPECT_FALSE(DateFormatOf({"soon"}).has_value());
}

}  // namespace
}  // namespace takt
