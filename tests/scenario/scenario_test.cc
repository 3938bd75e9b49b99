// Every scenario file in every shape.
#include "tests/scenario/scenario.h"

#include <filesystem>
#include <fstream>
#include <iterator>

#include "absl/strings/str_join.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/scenario/runner.h"

namespace takt::scenario {
namespace {

constexpr char kFolder[] = "tests/scenario/files";

std::vector<std::string> ScenarioNames() {
  std::vector<std::string> names;
  std::error_code error;
  for (const auto& entry : std::filesystem::directory_iterator(kFolder, error)) {
    if (entry.path().extension() == ".scenario") names.push_back(entry.path().stem().string());
  }
  std::sort(names.begin(), names.end());
  return names;
}

class Scenarios : public testing::TestWithParam<std::string> {};

TEST_P(Scenarios, GiveTheSameFiguresInEveryShape) {
  const std::string path = std::string(kFolder) + "/" + GetParam() + ".scenario";
  std::ifstream file(path);
  const std::string text{std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
  const absl::StatusOr<Scenario> scenario = ParseScenario(path, text);
  ASSERT_TRUE(scenario.ok()) << scenario.status();
  const std::string folder = testing::TempDir() + "/takt_scenario_" + GetParam();
  std::filesystem::create_directories(folder);
  const auto definition = LoadDefinition(*scenario, folder);
  ASSERT_TRUE(definition.ok()) << definition.status().message();
  for (const Shape& shape : AllShapes()) {
    const Outcome outcome = RunScenario(*scenario, *definition, shape);
    EXPECT_GT(outcome.expectations, 0) << "a scenario without expectations proves nothing";
    EXPECT_GT(outcome.compared, 0);
    EXPECT_TRUE(outcome.failures.empty()) << ShapeName(shape) << "\n"
                                          << absl::StrJoin(outcome.failures, "\n");
    if (!outcome.failures.empty()) break;
  }
  std::filesystem::remove_all(folder);
}

INSTANTIATE_TEST_SUITE_P(Files, Scenarios, testing::ValuesIn(ScenarioNames()),
                         [](const auto& info) { return info.param; });

TEST(ScenarioFiles, AreThere) { EXPECT_GE(ScenarioNames().size(), 10); }

TEST(ScenarioText, SaysTheLineThatIsWrong) {
  const std::pair<const char*, const char*> cases[] = {
      {"deal D1 at=2026-13-02", "line 1: no time: 2026-13-02"},
      {"\nexpect sales_x one", "line 2: no value: one"},
      {"config\nkpis: {}", "a block without its line `end`"},
      {"deal D at=2026-01-02 stage", "not understood: stage"},
      {"duplicate 2", "duplicate: how often"},
      {"wait 5", "not understood: wait"},
      {"deal D{3..1} at=2026-01-02", "no ids such as D{1..3}: D{3..1}"}};
  for (const auto& [text, error] : cases) {
    EXPECT_THAT(ParseScenario("x", text).status().message(), testing::HasSubstr(error)) << text;
  }
}

TEST(ScenarioText, ARangeOfIdsIsAnEventForEach) {
  const auto scenario = ParseScenario("x", "deal D{9..11} at=2026-01-02 stage=won\n");
  ASSERT_TRUE(scenario.ok()) << scenario.status();
  std::vector<std::string> entities;
  for (const Line& line : scenario->lines) entities.push_back(std::get<Send>(line.what).entity);
  EXPECT_THAT(entities, testing::ElementsAre("deal/D9", "deal/D10", "deal/D11"));
}

TEST(ScenarioText, EventsBecomeCanonicalRecords) {
  const auto scenario =
      ParseScenario("x",
                    "deal D1 at=2026-01-02 record stage=\"to sign\" lead=null event=e1 order=3,1\n"
                    "duplicate 1\n");
  ASSERT_TRUE(scenario.ok()) << scenario.status();
  ASSERT_EQ(scenario->lines.size(), 2);
  const Send& send = std::get<Send>(scenario->lines[1].what);
  EXPECT_EQ(send.record,
            R"({"object":"deal","id":"D1","time":1767312000000000,"op":"record","event_id":"e1",)"
            R"("order":[3,1],"fields":{"stage":"to sign","lead":null}})");
}

}  // namespace
}  // namespace takt::scenario
