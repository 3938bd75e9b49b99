#include "connectors/grafana/dashboard.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "absl/strings/str_format.h"
#include "absl/strings/str_replace.h"

namespace takt {
namespace {

using testing::HasSubstr;

Panel Sized(const std::string& title, int width, int height) {
  Panel panel;
  panel.title = title;
  panel.unit = "none";
  panel.width = width;
  panel.height = height;
  panel.queries = {{.expr = "up"}};
  return panel;
}

std::string Flat(const std::string& json) {
  return absl::StrReplaceAll(json, {{"\n", ""}, {" ", ""}});
}

std::string At(int x, int y, int w, int h) {
  return absl::StrFormat(R"("gridPos":{"x":%d,"y":%d,"w":%d,"h":%d})", x, y, w, h);
}

TEST(DashboardTest, PanelsFlowAndBreakWhereTheyDoNotFit) {
  Dashboard dashboard({.uid = "a"});
  dashboard.Row("first");
  for (const int width : {10, 10, 10}) dashboard.Add(Sized("x", width, 5));
  dashboard.Add(Sized("of another height", 10, 7));
  dashboard.Row("second");
  dashboard.Add(Sized("y", 24, 2));
  const std::string json = Flat(std::move(dashboard).Finish());
  for (const std::string& place :
       {At(0, 0, 24, 1), At(0, 1, 10, 5), At(10, 1, 10, 5), At(0, 6, 10, 5), At(0, 11, 10, 7),
        At(0, 18, 24, 1), At(0, 19, 24, 2)}) {
    EXPECT_THAT(json, HasSubstr(place));
  }
}

TEST(DashboardTest, WallHidesTheDataSource) {
  Dashboard wall({.uid = "a", .dark = true});
  wall.Add(Sized("x", 6, 5));
  EXPECT_THAT(Flat(std::move(wall).Finish()), HasSubstr(R"("query":"prometheus","hide":2)"));
  Dashboard desk({.uid = "a"});
  desk.Add(Sized("x", 6, 5));
  EXPECT_THAT(Flat(std::move(desk).Finish()), HasSubstr(R"("query":"prometheus","hide":0)"));
}

TEST(DashboardTest, TextsAreEscaped) {
  Dashboard dashboard({.uid = "a", .title = "say \"\\\""});
  Panel panel = Sized("tab\t", 6, 5);
  panel.queries[0].expr = "up{a=\"b\"}";
  dashboard.Add(panel);
  const std::string json = std::move(dashboard).Finish();
  EXPECT_THAT(json, HasSubstr(R"("title": "say \"\\\"")"));
  EXPECT_THAT(json, HasSubstr(R"("title": "tab\u0009")"));
  EXPECT_THAT(json, HasSubstr(R"("expr": "up{a=\"b\"}")"));
}

}  // namespace
}  // namespace takt
