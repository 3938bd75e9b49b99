#include "engine/app/export_guess.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>
#include <string>
#include <vector>

namespace takt {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

// The columns that got a role, as "role=column".
std::vector<std::string> Roles(const ExportTable& table, const ExportGuess& guess) {
  std::vector<std::string> roles;
  for (const auto& [role, column] : guess.columns) {
    roles.push_back(std::string(ExportRoleName(role)) + "=" + table.header[column]);
  }
  return roles;
}

ExportTable Opportunities() {
  return {{"opportunity_id", "sales_agent", "product", "account", "deal_stage", "engage_date",
           "close_date", "close_value"},
          {{"1C1I7A6R", "Moses Frase", "GTX Plus Basic", "Cancity", "Won", "2016-10-20",
            "2017-03-01", "1054"},
           {"Z063OYW0", "Darcel Schlecht", "GTXPro", "Isdom", "Won", "2016-10-25", "2017-03-11",
            "4514"},
           {"EC4QE1BX", "Darcel Schlecht", "MG Special", "Cancity", "Lost", "2016-10-25",
            "2017-03-07", "0"},
           {"MV1LWRNH", "Moses Frase", "GTX Basic", "", "Engaging", "2017-11-15", "", ""},
           {"PE84CX4O", "Zane Levy", "GTX Basic", "Codehow", "Prospecting", "", "", ""}}};
}

struct Case {
  std::string name;
  ExportTable table;
  std::vector<std::string> roles;
  std::string created_pattern;
};

class Guesses : public ::testing::TestWithParam<Case> {};

TEST_P(Guesses, ColumnsByNameAndContent) {
  const ExportGuess guess = GuessExport(GetParam().table);
  EXPECT_EQ(Roles(GetParam().table, guess), GetParam().roles);
  ASSERT_TRUE(guess.created_format.has_value());
  EXPECT_EQ(guess.created_format->pattern, GetParam().created_pattern);
}

INSTANTIATE_TEST_SUITE_P(
    Exports, Guesses,
    ::testing::Values(
        Case{"Opportunities",
             Opportunities(),
             {"id=opportunity_id", "stage=deal_stage", "amount=close_value", "created=engage_date",
              "closed=close_date", "owner=sales_agent", "account=account"},
             "%Y-%m-%d"},
        Case{"Salesforce",
             {{"Opportunity ID", "Opportunity Name", "Stage", "Amount", "Created Date",
               "Close Date", "Opportunity Owner", "Account Name", "Lead Source"},
              {{"006A", "Big", "Closed Won", "12,000.00", "12/31/2025", "1/15/2026", "Ann", "X",
                "Web"},
               {"006B", "Small", "Proposal", "", "1/02/2026", "3/15/2026", "Bob", "Y", "Event"}}},
             {"id=Opportunity ID", "stage=Stage", "amount=Amount", "created=Created Date",
              "closed=Close Date", "owner=Opportunity Owner", "account=Account Name"},
             "%m/%d/%Y"},
        Case{"Minimal",
             {{"ID", "Status", "Created"},
              {{"1", "open", "2026-01-01"}, {"2", "won", "2026-01-02"}}},
             {"id=ID", "stage=Status", "created=Created"},
             "%Y-%m-%d"}),
    [](const auto& info) { return info.param.name; });

TEST(ExportGuessTest, StagesAreListedWithCountsAndKinds) {
  const ExportGuess guess = GuessExport(Opportunities());
  std::vector<std::string> stages;
  for (const StageValue& stage : guess.stages) {
    stages.push_back(stage.value + ":" + std::to_string(stage.count) + ":" +
                     std::to_string(static_cast<int>(stage.kind)));
  }
  EXPECT_THAT(stages, ElementsAre("Prospecting:1:0", "Engaging:1:0", "Won:2:1", "Lost:1:2"));
}

TEST(ExportGuessTest, NumbersAreAsOfTheLatestDateThatHappened) {
  ExportTable table = Opportunities();
  // An open deal's expected close date lies ahead and says nothing of when the export was made.
  table.rows.push_back(
      {"X", "Zane Levy", "GTX Basic", "", "Engaging", "2017-12-01", "2019-01-01", ""});
  const ExportGuess guess = GuessExport(table);
  ASSERT_TRUE(guess.as_of.has_value());
  EXPECT_EQ(*guess.as_of, absl::CivilDay(2017, 12, 1));
  EXPECT_EQ(guess.rows_without_dates, 1);
}

TEST(ExportGuessTest, DaysAndMonthsThatCannotBeToldApartAreSaid) {
  const ExportTable table = {{"id", "stage", "created"},
                             {{"1", "won", "01/02/2026"}, {"2", "lost", "03/04/2026"}}};
  EXPECT_TRUE(GuessExport(table).created_format->ambiguous);
  ExportTable clear = table;
  clear.rows.push_back({"3", "lost", "25/04/2026"});
  EXPECT_EQ(GuessExport(clear).created_format->pattern, "%d/%m/%Y");
  EXPECT_FALSE(GuessExport(clear).created_format->ambiguous);
}

TEST(ExportGuessTest, UserCanSayWhatAColumnIs) {
  const ExportTable table = Opportunities();
  ExportGuess guess = GuessExport(table);
  ASSERT_TRUE(Assign(table, "stage", "product", guess).ok());
  EXPECT_EQ(guess.stages.size(), 4u);
  EXPECT_THAT(std::string(Assign(table, "stage", "stag", guess).message()),
              HasSubstr("the columns are: opportunity_id"));
  EXPECT_THAT(std::string(Assign(table, "colour", "product", guess).message()),
              HasSubstr("the roles are"));
}

}  // namespace
}  // namespace takt
