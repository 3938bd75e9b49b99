#include "engine/app/status_text.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "engine/app/status_json.h"

namespace takt {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::StartsWith;

EngineStatus Well() {
  EngineStatus status;
  status.alive = status.ready = status.restore.done = true;
  status.now.now = EventTime{1769882400000000};  // 2026-01-31T18:00:00Z
  return status;
}

std::string TextOf(const EngineStatus& status) {
  JsonLook look;
  EXPECT_TRUE(look.Parse(RenderStatus(status, "1")));
  return StatusText(look, 100);
}

std::vector<std::string> ProblemsOf(const EngineStatus& status) {
  JsonLook look;
  EXPECT_TRUE(look.Parse(RenderStatus(status, "1")));
  return StatusProblems(look);
}

TEST(StatusTextTest, NowSaysHowOldItIsOrHowFarAhead) {
  EngineStatus status = Well();
  status.now.age = absl::Seconds(30);
  EXPECT_THAT(TextOf(status), HasSubstr("2026-01-31T18:00:00Z, 30.0 s old;"));
  status.now.age = absl::Seconds(-7);
  EXPECT_THAT(TextOf(status), HasSubstr("2026-01-31T18:00:00Z, 7.0 s ahead of the clock;"));
}

TEST(StatusTextTest, FilesThatAreNotInUseAreAProblem) {
  EngineStatus status = Well();
  status.process.config = ReloadStatus{};
  EXPECT_THAT(ProblemsOf(status), IsEmpty());
  status.process.config = ReloadStatus{.successful = false, .error = "takt.yaml:3:1: \"x\""};
  status.process.web = ReloadStatus{.successful = false, .error = "web.yml: no"};
  EXPECT_THAT(ProblemsOf(status),
              ElementsAre("the configuration on disk is not what is served: takt.yaml:3:1: \"x\"",
                          StartsWith("the web configuration on disk is not in use: web.yml")));
}

}  // namespace
}  // namespace takt
