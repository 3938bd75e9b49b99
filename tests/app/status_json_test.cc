#include "engine/app/status_json.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "absl/time/time.h"

namespace takt {
namespace {

using testing::HasSubstr;

EventTime At(const char* text) {
  absl::Time time;
  std::string error;
  EXPECT_TRUE(absl::ParseTime(absl::RFC3339_full, text, &time, &error)) << error;
  return EventTime::From(time);
}

EngineStatus TwoPartitions() {
  EngineStatus status;
  status.sources = {{.name = "crm", .state = SourceState::kReading}};
  for (int32_t partition : {0, 1}) {
    PartitionStatus& each = status.partitions.emplace_back();
    each.source = "crm";
    each.topic = "sales";
    each.partition = partition;
    each.polled = 100;
    each.admitted = 90;
    each.filtered = 7;
    each.dead_lettered[static_cast<int>(Reason::kUnknownStage)] = 2;
    each.dead_lettered[static_cast<int>(Reason::kMissingId)] = 1;
    each.changes_admitted = 95;
  }
  return status;
}

TEST(StatusJsonTest, AddsUpPartitions) {
  EngineStatus status = TwoPartitions();
  status.changes_applied = 180;
  status.duplicates = 10;
  status.corrections = 8;
  EXPECT_THAT(
      RenderStatus(status, "1"),
      HasSubstr(R"("steps":{"polled":200,"dead_lettered":6,"filtered":14,"admitted":180,)"
                R"("changes_admitted":190,"changes_replayed":0,"applied":180,"duplicate":10,)"
                R"("refused":0,"conflicts":0,"corrections":8})"));
}

TEST(StatusJsonTest, DeadLettersAreBySourceAndReason) {
  EXPECT_THAT(RenderStatus(TwoPartitions(), "1"),
              HasSubstr(R"("dead_letters":[{"source":"crm","reason":"missing_id","count":2},)"
                        R"({"source":"crm","reason":"unknown_stage","count":4}])"));
}

TEST(StatusJsonTest, WhatIsNotKnownIsNull) {
  const std::string json = RenderStatus(TwoPartitions(), "1");
  EXPECT_THAT(json, HasSubstr(R"("now":null,"now_reason":"nothing","data_age_seconds":null,)"
                              R"("now_holder":null)"));
  EXPECT_THAT(json, HasSubstr(R"("final_offset":null,"end_offset":null,"lag_records":null,)"
                              R"("lag_seconds":null,"watermark":null,"last_event":null)"));
}

TEST(StatusJsonTest, LagIsHowFarTheWatermarkIsBehindTheClock) {
  EngineStatus status = TwoPartitions();
  status.now.now = At("2026-01-31T18:00:00Z");
  status.now.age = absl::Seconds(30);
  status.now.holder_source = "crm";
  status.now.holder_topic = "sales";
  status.now.holder_partition = 1;
  status.partitions[0].watermark = At("2026-01-31T18:00:20Z");
  status.partitions[0].lag_records = 4;
  status.partitions[1].watermark = At("2026-01-31T18:00:00Z");
  const std::string json = RenderStatus(status, "1");
  EXPECT_THAT(json, HasSubstr(R"("now":"2026-01-31T18:00:00Z")"));
  EXPECT_THAT(json, HasSubstr(R"("now_holder":{"source":"crm","topic":"sales","partition":1})"));
  EXPECT_THAT(json, HasSubstr(R"("lag_records":4,"lag_seconds":10,)"));
  EXPECT_THAT(json, HasSubstr(R"("lag_records":null,"lag_seconds":30,)"));
}

TEST(StatusJsonTest, ErrorsOfTheOutsideAreEscaped) {
  EngineStatus status = TwoPartitions();
  status.sources[0].error = "broker \"a\\b\" said\n\xff";
  EXPECT_THAT(RenderStatus(status, "1"), HasSubstr(R"("error":"broker \"a\\b\" said\u000a)"
                                                   "\xef\xbf\xbd\""));
}

TEST(StatusJsonTest, FilesThatAreNotInUseAreToldWithTheirError) {
  EngineStatus status = TwoPartitions();
  EXPECT_THAT(RenderStatus(status, "1"), HasSubstr(R"("configuration":null,"web":null)"));
  status.process.config = ReloadStatus{.successful = false, .error = "takt.yaml:3:1: no"};
  status.process.web = ReloadStatus{};
  EXPECT_THAT(RenderStatus(status, "1"),
              HasSubstr(R"("configuration":{"successful":false,"error":"takt.yaml:3:1: no"},)"
                        R"("web":{"successful":true,"error":""},"restart_needed":false,)"));
}

}  // namespace
}  // namespace takt
