#include <cstdio>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_split.h"
#include "engine/app/ask.h"
#include "engine/app/commands.h"
#include "engine/app/configuration.h"
#include "engine/app/explain_page.h"
#include "engine/app/moment_text.h"
#include "engine/app/offline_engine.h"
#include "engine/base/clock.h"

namespace takt {
namespace {

using Words = std::vector<std::pair<std::string, std::string>>;

Words WordsOf(const ExplainOptions& options) {
  Words query;
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
  return query;
}

int Print(const absl::StatusOr<HttpAnswer>& answer) {
  if (!answer.ok() || answer->status != 200) return FailAsk("takt explain", answer);
  std::fwrite(answer->body.data(), 1, answer->body.size(), stdout);
  return kExitDone;
}

int ExplainOffline(const ExplainOptions& options) {
  std::optional<Settings> settings =
      LoadOrExplain("takt explain", options.configs, ConfigUse::kLookAt);
  if (!settings.has_value()) return kExitWrong;
  if (!options.journal.empty()) settings->engine.journal = options.journal;
  SystemClock clock;
  const absl::StatusOr<OfflineEngine> offline = OpenOffline(*settings, clock);
  if (!offline.ok()) {
    absl::FPrintF(stderr, "takt explain: %s\n", std::string(offline.status().message()));
    return absl::IsDataLoss(offline.status()) ? kExitFailed : kExitWrong;
  }
  if (offline->of_files && !settings->engine.journal.empty()) {
    absl::FPrintF(
        stderr,
        "takt explain: there is no journal at \"%s\": the files of the sources were read instead\n",
        settings->engine.journal);
  }
  HttpRequest request;
  request.path = "/api/v1/explain";
  for (auto& [name, value] : WordsOf(options)) request.query.emplace(name, value);
  // Where a running engine would take its own now.
  if (offline->now.has_value() && options.at.empty() && options.to.empty()) {
    request.query.emplace(options.from.empty() ? "at" : "to", MomentText(*offline->now));
  }
  const HttpResponse response = ExplainPage(*offline->engine, offline->places, request);
  return Print(HttpAnswer{response.status, *response.body});
}

}  // namespace

int Explain(const ExplainOptions& options) {
  if (!options.configs.empty()) return ExplainOffline(options);
  return Print(AskEngine(options.server, "/api/v1/explain", WordsOf(options)));
}

}  // namespace takt
