#include "engine/app/live_engine.h"

#include <filesystem>
#include <fstream>
#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "engine/app/wiring.h"
#include "engine/kpi/page.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace takt {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

constexpr char kDeals[] =
    R"({"object":"deal","id":"D1","op":"record","time":"2026-01-02T00:00:00Z","event_id":"1",)"
    R"("fields":{"stage":"new","amount":"10.00"}}
{"object":"deal","id":"D1","op":"patch","time":"2026-01-03T00:00:00Z","event_id":"2",)"
    R"("fields":{"stage":"won"}}
)";

class LiveEngineTest : public ::testing::Test {
 protected:
  void SetUp() override {
    const auto* test = ::testing::UnitTest::GetInstance()->current_test_info();
    folder_ = absl::StrCat(::testing::TempDir(), "/live_engine_", test->name());
    std::filesystem::remove_all(folder_);
    std::filesystem::create_directories(folder_);
    std::ofstream(folder_ + "/in.jsonl") << kDeals;
    auto live = LiveEngine::Create(With(kCount), clock_, nullptr, [this](EngineParts& parts) {
      if (failures_ > 0 && failures_-- > 0) return absl::UnavailableError("the disk is away");
      return AddJournal(parts);
    });
    ASSERT_TRUE(live.ok()) << live.status();
    live_ = *std::move(live);
    ASSERT_TRUE(live_->Served()->Start().ok());
    ASSERT_TRUE(live_->Served()->Drain(absl::Seconds(20)).ok());
  }
  void TearDown() override { live_->Stop(); }

  // Settings with these KPIs.
  Settings With(const std::string& kpis) {
    const std::string path = folder_ + "/takt.yaml";
    std::ofstream(path) << "sources: {crm: {file: in.jsonl}}\n"
                        << "objects: {deal: {pipelines: {all: {open: [new], won: [won]}}}}\n"
                        << "kpis:\n"
                        << kpis;
    LoadResult loaded = LoadSettings({path}, {});
    for (const Problem& problem : loaded.problems) ADD_FAILURE() << ProblemText(problem);
    return std::move(loaded.settings);
  }

  LiveEngine::Change Finish() {
    LiveEngine::Change change = LiveEngine::Change::kFolding;
    while (change == LiveEngine::Change::kFolding) {
      EXPECT_THAT(Page(), HasSubstr("sales_company_sold")) << "is served all the time";
      change = live_->Step();
    }
    return change;
  }

  std::string Page() {
    const std::shared_ptr<Engine> engine = live_->Served();
    const auto snapshot = engine->SnapshotAt(EventTime::From(absl::FromUnixSeconds(1770000000)));
    if (!snapshot.ok()) return std::string(snapshot.status().message());
    return RenderPage(engine->definition(), **snapshot, PageFormat::kPrometheusText);
  }

  static constexpr char kCount[] = "  sold: {count: deal, at: won, over: [all]}\n";
  static constexpr char kBoth[] =
      "  sold: {count: deal, at: won, over: [all]}\n"
      "  value: {sum: deal.amount, at: won, over: [all]}\n";

  SystemClock clock_;
  std::string folder_;
  int failures_ = 0;
  std::unique_ptr<LiveEngine> live_;
};

TEST_F(LiveEngineTest, NewSettingsAreServedOnceFolded) {
  ASSERT_TRUE(live_->Begin(With(kBoth)).ok());
  EXPECT_THAT(Page(), Not(HasSubstr("sales_company_value")));
  EXPECT_EQ(Finish(), LiveEngine::Change::kDone);
  EXPECT_THAT(Page(), HasSubstr("sales_company_value{window=\"all\"} 0\n")) << "was never kept";
  EXPECT_THAT(Page(), HasSubstr("sales_company_sold{window=\"all\"} 1\n"));
  EXPECT_FALSE(live_->IsFolding());
}

TEST_F(LiveEngineTest, RetiredEngineTellsWhatItWas) {
  const std::shared_ptr<Engine> engine = live_->Served();
  const std::string page = Page();
  engine->Retire();
  engine->Retire();
  EXPECT_EQ(Page(), page);
  EXPECT_TRUE(engine->Alive());
  EXPECT_TRUE(engine->Ready());
  EXPECT_EQ(engine->Status().changes_applied, 2);
  EXPECT_NE(engine->CurrentSnapshot(), nullptr);
  EXPECT_TRUE(absl::IsUnavailable(engine->Audit().status()));
}

TEST_F(LiveEngineTest, FailureGoesBackToTheOldSettings) {
  const std::string page = Page();
  failures_ = 1;
  ASSERT_TRUE(live_->Begin(With(kBoth)).ok());
  EXPECT_EQ(Finish(), LiveEngine::Change::kFailed);
  EXPECT_EQ(live_->error(), "the disk is away");
  EXPECT_FALSE(live_->IsBroken());
  EXPECT_EQ(Page(), page);
  EXPECT_TRUE(live_->Served()->Audit().ok()) << "is no retired one";
  ASSERT_TRUE(live_->Begin(With(kBoth)).ok());
  EXPECT_EQ(Finish(), LiveEngine::Change::kDone);
}

TEST_F(LiveEngineTest, TwoFailuresAreTheEndButStillServed) {
  const std::string page = Page();
  failures_ = 2;
  ASSERT_TRUE(live_->Begin(With(kBoth)).ok());
  EXPECT_TRUE(live_->IsBroken());
  EXPECT_THAT(live_->error(), HasSubstr("the old configuration: the disk is away"));
  EXPECT_EQ(Page(), page);
}

TEST_F(LiveEngineTest, PartsThatCannotBeMadeChangeNothing) {
  Settings settings = With(kBoth);
  settings.sources[0].mapping = folder_ + "/absent.yaml";
  EXPECT_FALSE(live_->Begin(settings).ok());
  EXPECT_FALSE(live_->IsFolding());
  EXPECT_TRUE(live_->Served()->Audit().ok()) << "it was not stopped";
}

struct Difference {
  std::string name;
  void (*change)(Settings&);
  std::string path;
};

class Differences : public ::testing::TestWithParam<Difference> {};

TEST_P(Differences, NeedARestartOrNot) {
  Settings now;
  now.sources.push_back({.name = "crm", .kafka = KafkaSettings{"b:1", {"t"}, {{"x", "1"}}}});
  Settings next = now;
  GetParam().change(next);
  EXPECT_EQ(NeedsRestart(now, next), GetParam().path);
}

INSTANTIATE_TEST_SUITE_P(
    LiveEngine, Differences,
    ::testing::Values(
        Difference{"Nothing", [](Settings&) {}, ""},
        Difference{"Workers", [](Settings& s) { s.engine.workers = 7; }, ""},
        Difference{"Mapping", [](Settings& s) { s.sources[0].mapping = "m.yaml"; }, ""},
        Difference{"MaxAhead", [](Settings& s) { s.sources[0].max_ahead = absl::Hours(9); }, ""},
        Difference{"Journal", [](Settings& s) { s.engine.journal = "x"; }, "engine.journal"},
        Difference{"Listen", [](Settings& s) { s.engine.listen = ":1"; }, "engine.listen"},
        Difference{"Api", [](Settings& s) { s.engine.listen_api = ""; }, "engine.listen_api"},
        Difference{"Web", [](Settings& s) { s.engine.web_config = "w"; }, "engine.web_config"},
        Difference{"Dead", [](Settings& s) { s.dead_letters.topic = "d"; }, "dead_letters.topic"},
        Difference{"Brokers", [](Settings& s) { s.sources[0].kafka->brokers = "c:1"; },
                   "sources.crm.kafka.brokers"},
        Difference{"Topics", [](Settings& s) { s.sources[0].kafka->topics = {"u"}; },
                   "sources.crm.kafka.topics"},
        Difference{"Property", [](Settings& s) { s.sources[0].kafka->properties["x"] = "2"; },
                   "sources.crm.kafka"},
        Difference{"Gone", [](Settings& s) { s.sources.clear(); }, "sources.crm"},
        Difference{"Added", [](Settings& s) { s.sources.push_back({.name = "erp"}); },
                   "sources.erp"}),
    [](const auto& info) { return info.param.name; });

}  // namespace
}  // namespace takt
