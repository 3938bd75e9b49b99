#include <cstdio>
#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "engine/app/ask.h"
#include "engine/app/commands.h"
#include "engine/app/count_text.h"
#include "engine/app/json_look.h"
#include "engine/app/moment_text.h"
#include "engine/app/status_text.h"
#include "engine/kpi/json_writer.h"

namespace takt {
namespace {

constexpr int kWidth = 160;

struct Asked {  // one engine
  ServerAddress address;
  std::string body;  // empty: it did not answer
  JsonLook status;
  std::vector<std::string> problems;
  std::map<std::string, std::string> positions;  // next offset by partition
};

void Ask(Asked& engine) {
  const absl::StatusOr<HttpAnswer> answer = AskEngine(engine.address, "/api/v1/status");
  if (!answer.ok()) {
    engine.problems.emplace_back(answer.status().message());
    return;
  }
  if (answer->status != 200 || !engine.status.Parse(answer->body)) {
    engine.problems.push_back(absl::StrCat(engine.address.url,
                                           " answers no status: ", answer->status, " ",
                                           Shown(absl::string_view(answer->body).substr(0, 80))));
    return;
  }
  engine.body = answer->body;
  engine.problems = StatusProblems(engine.status);
  engine.status.ForEach(engine.status.At(engine.status.root(), "partitions"), [&](uint32_t node) {
    engine.positions[PartitionText(engine.status, node)] = engine.status.Text(node, "next_offset");
  });
}

struct Comparison {
  bool same_positions = false;
  std::string compared_at;  // empty: the pages could not be compared
  bool same_pages = false;
  std::vector<std::string> notes;     // harmless
  std::vector<std::string> problems;  // not so
};

// The same records read, and the same now asked for: then the same bytes.
void ComparePages(const std::vector<std::unique_ptr<Asked>>& engines, Comparison& found) {
  std::string at;  // the earliest now: each of them has seen it
  for (const auto& engine : engines) {
    const std::string now = engine->status.Text(engine->status.root(), "now");
    if (now.empty()) {
      found.notes.push_back(absl::StrCat(engine->address.url, " has no now: pages not compared"));
      return;
    }
    if (at.empty() || now < at) at = now;
  }
  std::string first;
  found.same_pages = true;
  for (const auto& engine : engines) {
    const auto page = AskEngine(engine->address, "/api/v1/kpis", {{"at", at}});
    if (!page.ok() || page->status != 200) {
      found.problems.push_back(absl::StrCat(engine->address.url, " gives no page at ", at));
      return;
    }
    if (first.empty()) first = page->body;
    found.same_pages = found.same_pages && page->body == first;
  }
  // What was read meanwhile would be no difference.
  for (const auto& engine : engines) {
    Asked again;
    again.address = engine->address;
    Ask(again);
    if (again.positions == engine->positions) continue;
    found.notes.emplace_back("records came meanwhile: pages not compared");
    return;
  }
  found.compared_at = at;
  if (found.same_pages) return;
  found.problems.push_back(absl::StrCat(
      "the same records are read, and the pages at ", at,
      " differ: one of the engines is wrong, or their configurations are not the same"));
}

Comparison Compare(const std::vector<std::unique_ptr<Asked>>& engines) {
  Comparison found;
  const Asked& first = *engines.front();
  found.same_positions = true;
  for (const auto& engine : engines) {
    if (engine->body.empty()) {
      found.same_positions = false;
      return found;
    }
    if (engine->status.Text(0, "config_hash") != first.status.Text(0, "config_hash")) {
      found.problems.push_back(absl::StrCat(
          engine->address.url, " runs another configuration than ", first.address.url));
    }
    if (engine->positions == first.positions) continue;
    found.same_positions = false;
    size_t differ = 0;
    for (const auto& [partition, next] : engine->positions) {
      const auto other = first.positions.find(partition);
      differ += other == first.positions.end() || other->second != next;
    }
    found.notes.push_back(absl::StrCat(engine->address.url, " stands elsewhere than ",
                                       first.address.url, " in ", CountText(differ, "partition"),
                                       ": pages not compared"));
  }
  if (found.same_positions && found.problems.empty()) ComparePages(engines, found);
  return found;
}

void PrintJson(const std::vector<std::unique_ptr<Asked>>& engines, const Comparison* comparison,
               const std::vector<std::string>& problems) {
  JsonWriter json;
  json.Object([&] {
    json.Key("problems").Array([&] {
      for (const std::string& problem : problems) json.Value(problem);
    });
    json.Key("replicas");
    if (comparison == nullptr) {
      json.Null();
    } else {
      json.Object([&] {
        json.Member("same_positions", comparison->same_positions);
        json.Key("same_pages");
        if (comparison->compared_at.empty()) {
          json.Null();
        } else {
          json.Value(comparison->same_pages);
        }
        json.Member("compared_at", comparison->compared_at);
      });
    }
  });
  // The answers as they came.
  std::string text = std::move(json).Finish();
  text.pop_back();
  absl::StrAppend(&text, ",\"engines\":[");
  for (const auto& engine : engines) {
    JsonWriter url;
    url.Object([&] { url.Member("server", engine->address.url); });
    std::string one = std::move(url).Finish();
    one.pop_back();
    absl::StrAppend(&text, engine == engines.front() ? "" : ",", one,
                    ",\"status\":", engine->body.empty() ? "null" : engine->body, "}");
  }
  absl::PrintF("%s]}\n", text);
}

void PrintText(const std::vector<std::unique_ptr<Asked>>& engines, const Comparison* comparison,
               const std::vector<std::string>& problems) {
  for (const auto& engine : engines) {
    if (engines.size() > 1) absl::PrintF("%s\n", engine->address.url);
    if (!engine->body.empty()) absl::PrintF("%s", StatusText(engine->status, kWidth));
    absl::PrintF("\n");
  }
  if (comparison != nullptr && !comparison->compared_at.empty() && comparison->same_pages) {
    absl::PrintF("replicas   the same records, the same pages at %s\n", comparison->compared_at);
  }
  if (comparison != nullptr) {
    for (const std::string& note : comparison->notes) absl::PrintF("replicas   %s\n", note);
  }
  if (problems.empty()) absl::PrintF("all is well\n");
  for (const std::string& problem : problems) absl::PrintF("wrong      %s\n", problem);
}

}  // namespace

int ShowStatus(const StatusOptions& options) {
  std::vector<std::unique_ptr<Asked>> engines;
  for (const std::string& url : options.servers) {
    auto engine = std::make_unique<Asked>();
    engine->address = options.server;
    engine->address.url = url;
    engines.push_back(std::move(engine));
  }
  if (engines.empty()) {
    engines.push_back(std::make_unique<Asked>());
    engines.front()->address = options.server;
  }
  std::vector<std::string> problems;
  for (const auto& engine : engines) {
    Ask(*engine);
    for (const std::string& problem : engine->problems) {
      problems.push_back(engines.size() > 1 ? absl::StrCat(engine->address.url, ": ", problem)
                                            : problem);
    }
  }
  Comparison comparison;
  const bool compares = engines.size() > 1;
  if (compares) comparison = Compare(engines);
  problems.insert(problems.end(), comparison.problems.begin(), comparison.problems.end());
  (options.json ? PrintJson : PrintText)(engines, compares ? &comparison : nullptr, problems);
  return problems.empty() ? kExitDone : kExitFailed;
}

}  // namespace takt
