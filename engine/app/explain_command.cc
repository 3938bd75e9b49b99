#include <cstdio>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_split.h"
#include "engine/app/ask.h"
#include "engine/app/commands.h"

namespace takt {

int Explain(const ExplainOptions& options) {
  std::vector<std::pair<std::string, std::string>> query;
  const auto add = [&](const char* name, const std::string& value) {
    if (!value.empty()) query.emplace_back(name, value);
  };
  // A series begins with sales_ and is no KPI's name.
  add(absl::StartsWith(options.value, "sales_") ? "series" : "kpi", options.value);
  add("level", options.level);
  add("group", options.group);
  add("window", options.window);
  add("at", options.at);
  add("from", options.from);
  add("to", options.to);
  add("limit", options.limit);
  for (const std::string& split : options.splits) {
    const std::pair<std::string, std::string> pair = absl::StrSplit(split, absl::MaxSplits('=', 1));
    query.emplace_back(pair);
  }
  if (options.no_causes) add("causes", "no");
  add("format", options.json ? "json" : "text");
  const absl::StatusOr<HttpAnswer> answer =
      AskEngine(options.server, "/api/v1/explain", std::move(query));
  if (!answer.ok() || answer->status != 200) return FailAsk("takt explain", answer);
  std::fwrite(answer->body.data(), 1, answer->body.size(), stdout);
  return kExitDone;
}

}  // namespace takt
