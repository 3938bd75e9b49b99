#include "connectors/prometheus/health_page.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <string>

namespace takt {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

EngineStatus Sample() {
  EngineStatus status;
  status.alive = status.ready = status.started = true;
  status.sources.push_back({"crm", SourceState::kReading, PauseReason::kNone, "", 3, 2, {}});
  PartitionStatus partition;
  partition.source = "crm";
  partition.topic = "crm.deals \"x\"";
  partition.partition = 2;
  partition.polled = 100;
  partition.filtered = 1;
  partition.admitted = 92;
  partition.dead_lettered[static_cast<int>(Reason::kBadTime)] = 7;
  partition.end_offset = 120;
  partition.lag_records = 20;
  status.partitions.push_back(partition);
  status.now.now = EventTime{1767225600500000};
  status.now.reason = NowReason::kBehind;
  status.now.holder_source = "crm";
  status.journal.enabled = true;
  return status;
}

TEST(HealthPageTest, ConservationLawCanBeReadFromThePage) {
  const std::string page = RenderHealthPage(Sample(), "1.2.3");
  const std::string labels = R"({source="crm",topic="crm.deals \"x\"",partition="2"})";
  EXPECT_THAT(page, HasSubstr("takt_records_polled_total" + labels + " 100\n"));
  EXPECT_THAT(page, HasSubstr("takt_records_admitted_total" + labels + " 92\n"));
  EXPECT_THAT(page, HasSubstr("takt_records_filtered_total" + labels + " 1\n"));
  EXPECT_THAT(page, HasSubstr("takt_records_dead_lettered_total" + labels + " 7\n"));
  EXPECT_THAT(page, HasSubstr("takt_dead_letters_total{source=\"crm\",reason=\"bad_time\"} 7\n"));
}

TEST(HealthPageTest, KnownLabelSetsBeginAtZero) {
  const std::string page = RenderHealthPage(Sample(), "1.2.3");
  EXPECT_THAT(page, HasSubstr("takt_dead_letters_total{source=\"crm\",reason=\"malformed\"} 0\n"));
  EXPECT_THAT(page, HasSubstr("takt_source_state{source=\"crm\",state=\"stopped\"} 0\n"));
  EXPECT_THAT(page, HasSubstr("takt_source_state{source=\"crm\",state=\"reading\"} 1\n"));
}

TEST(HealthPageTest, NowIsAbsentUntilItIsDefined) {
  EngineStatus status = Sample();
  EXPECT_THAT(RenderHealthPage(status, ""), HasSubstr("takt_now_timestamp_seconds 1767225600.5"));
  status.now.now.reset();
  EXPECT_THAT(RenderHealthPage(status, ""), Not(HasSubstr("takt_now_timestamp_seconds")));
}

TEST(HealthPageTest, PromtoolFindsNothingToSay) {
  const std::string path = ::testing::TempDir() + "/takt_health_page.txt";
  std::ofstream(path) << RenderHealthPage(Sample(), "1.2.3");
  ASSERT_EQ(std::system("command -v promtool > /dev/null"), 0) << "promtool is missing";
  EXPECT_EQ(std::system(("promtool check metrics < " + path).c_str()), 0);
}

}  // namespace
}  // namespace takt
