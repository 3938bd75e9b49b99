#include <cstdio>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "engine/app/ask.h"
#include "engine/app/commands.h"
#include "engine/app/json_look.h"
#include "engine/app/signals.h"
#include "engine/base/clock.h"

namespace takt {
namespace {

constexpr absl::Duration kAskEvery = absl::Milliseconds(500);

// Prints an answer; the number to go on from, or nothing when it is none.
std::optional<std::string> Print(const std::string& body, bool as_json, double* left_out) {
  JsonLook look;
  if (!look.Parse(body)) return std::nullopt;
  bool any = false;
  look.ForEach(look.At(look.root(), "records"), [&](uint32_t record) {
    any = true;
    if (!as_json) absl::PrintF("%s", look.Text(record, "text"));
  });
  if (as_json && any) absl::PrintF("%s", body);
  const double missed = look.Number(look.root(), "left_out").value_or(0);
  if (missed > *left_out && !as_json) {
    absl::PrintF("... %.0f records left out\n", missed - *left_out);
  }
  *left_out = missed;
  std::fflush(stdout);
  return look.Text(look.root(), "next");
}

}  // namespace

int TapEngine(const TapOptions& options) {
  Signals::Install();
  const SystemClock clock;
  const absl::Duration end = clock.Monotonic() + options.length;
  std::string after = "0";
  double left_out = 0;
  while (true) {
    std::vector<std::pair<std::string, std::string>> query = {{"after", after}};
    if (!options.object.empty()) query.emplace_back("object", options.object);
    if (!options.id.empty()) query.emplace_back("id", options.id);
    const absl::StatusOr<HttpAnswer> answer =
        AskEngine(options.server, "/api/v1/tap", std::move(query));
    if (!answer.ok() || answer->status != 200) return FailAsk("takt tap", answer);
    const std::optional<std::string> next = Print(answer->body, options.json, &left_out);
    if (!next.has_value()) {
      absl::FPrintF(stderr, "takt tap: %s answers no JSON\n", options.server.url);
      return kExitFailed;
    }
    after = *next;
    if (clock.Monotonic() >= end || Signals::WaitForEnd(kAskEvery)) return kExitDone;
  }
}

}  // namespace takt
