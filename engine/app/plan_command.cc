#include <cstdio>
#include <memory>
#include <optional>
#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "engine/app/ask.h"
#include "engine/app/commands.h"
#include "engine/app/configuration.h"
#include "engine/app/count_text.h"
#include "engine/app/json_look.h"
#include "engine/app/plan_items.h"
#include "engine/base/bytes.h"
#include "engine/base/status_macros.h"
#include "engine/journal/scan.h"
#include "engine/kpi/json_writer.h"
#include "engine/model/change_codec.h"
#include "engine/pipeline/restore.h"
#include "engine/settings/files.h"

namespace takt {
namespace {

constexpr uint64_t kJournalBytesMax = 2u << 30;
// Measured with histories of six changes on one core (./dev bench).
constexpr double kFoldMicrosPerChange = 0.33;
constexpr double kRestoreMicrosPerChange = 1.2;

std::optional<LoadedConfig> Load(const std::string& path) {
  std::optional<Settings> settings = LoadOrExplain("takt plan", {path}, ConfigUse::kLookAt);
  if (!settings.has_value()) return std::nullopt;
  LoadedConfig config;
  config.settings = *std::move(settings);
  Problems problems;
  config.root = ReadConfiguration({path}, ShippedFolders(), problems);
  config.files = problems.files();
  return config;
}

// Adds up what the changes of a block's dictionary are about.
class JournalReading {
 public:
  JournalReading(const Definition& after, JournalFacts& facts)
      : after_(DictionaryOf(after)), facts_(facts) {}

  bool Visit(const ScannedBlock& block) {
    if (!translator_.has_value() || !(from_ == *block.dictionary)) {
      AddUp();
      from_ = *block.dictionary;
      translator_.emplace(from_, after_);
      counts_.assign(from_.objects.size(), 0);
    }
    ByteReader reader(block.body->changes);
    Change change;
    while (!reader.AtEnd() && DecodeChange(reader, &change)) Take(change);
    return true;
  }

  // What was counted under the dictionary of late.
  void AddUp() {
    for (size_t id = 0; id < counts_.size(); ++id) {
      const JournalObject& object = from_.objects[id];
      facts_.of_object[object.name] += counts_[id];
      for (const JournalField& field : object.fields) {
        facts_.kept[absl::StrCat(object.name, ".", field.name)] += counts_[id];
      }
    }
    counts_.assign(counts_.size(), 0);
  }

 private:
  void Take(Change& change) {
    ++facts_.changes;
    if (change.object >= from_.objects.size()) return;
    const JournalObject& object = from_.objects[change.object];
    ++counts_[change.object];
    for (const FieldValue& value : change.fields) {
      const bool is_stage = value.field < object.fields.size() &&
                            object.fields[value.field].name == "stage" &&
                            value.value.kind == ValueKind::kText;
      if (is_stage) ++facts_.in_stage[absl::StrCat(object.name, " ", value.value.text)];
    }
    // False: the object is no more, which the counts tell.
    if (!translator_->Translate(&change, &facts_.translation)) return;
  }

  const JournalDictionary after_;
  JournalFacts& facts_;
  JournalDictionary from_;
  std::optional<Translator> translator_;
  std::vector<uint64_t> counts_;  // changes by object of `from_`
};

absl::StatusOr<JournalFacts> ReadJournal(const std::string& folder, const Definition& after) {
  TAKT_ASSIGN_OR_RETURN(const std::unique_ptr<JournalFiles> files, OpenJournalForReading(folder));
  TAKT_ASSIGN_OR_RETURN(const std::vector<std::string> names, SegmentNames(*files));
  JournalFacts facts;
  JournalReading reading(after, facts);
  uint64_t read = 0;
  for (const std::string& name : names) {
    TAKT_ASSIGN_OR_RETURN(const uint64_t bytes, files->SizeBytes(name));
    facts.bytes += bytes;
    if (read >= kJournalBytesMax) {
      facts.is_whole = false;
      continue;
    }
    TAKT_RETURN_IF_ERROR(
        ScanSegment(*files, name, [&](const ScannedBlock& block) { return reading.Visit(block); }));
    read += bytes;
  }
  reading.AddUp();
  if (!facts.is_whole) {
    facts.changes =
        static_cast<uint64_t>(static_cast<double>(facts.changes) *
                              static_cast<double>(facts.bytes) / static_cast<double>(read));
  }
  return facts;
}

// Changes that a running engine holds.
std::optional<uint64_t> AskChanges(const ServerAddress& server) {
  const auto answer = AskEngine(server, "/api/v1/status");
  JsonLook status;
  if (!answer.ok() || answer->status != 200 || !status.Parse(answer->body)) return std::nullopt;
  const uint32_t steps = status.At(status.root(), "steps");
  const std::optional<double> applied = status.Number(steps, "applied");
  if (!applied.has_value()) return std::nullopt;
  return static_cast<uint64_t>(*applied);
}

struct Estimate {
  std::optional<uint64_t> changes;
  std::string from;  // where the number is from
  int workers = 1;
  double Seconds(double micros) const {
    return static_cast<double>(changes.value_or(0)) * micros / 1e6 / workers;
  }
};

void PrintText(const std::vector<PlanItem>& items, Effort effort, const Estimate& estimate) {
  for (const PlanItem& item : items) {
    absl::PrintF("%-10s %s%s%s %s: %s\n", EffortName(item.effort), item.place,
                 item.place.empty() ? "" : ": ", item.path, item.what, item.why);
  }
  if (!items.empty()) absl::PrintF("\n");
  switch (effort) {
    case Effort::kNothing:
      absl::PrintF("nothing: values follow from what is there\n");
      return;
    case Effort::kRestart:
      absl::PrintF("restart: nothing is computed anew\n");
      break;
    case Effort::kFold:
      absl::PrintF("fold again: the journal has all that it takes\n");
      break;
    case Effort::kReplay:
      absl::PrintF("replay: the journal lacks something, see above\n");
      break;
  }
  if (!estimate.changes.has_value()) {
    absl::PrintF(
        "no estimate: there is no journal at engine.journal, and no engine was asked (--server)\n");
    return;
  }
  absl::PrintF("%s (%s): folding takes about %.1f s, a restart about %.1f s\n",
               CountText(*estimate.changes, "change"), estimate.from,
               estimate.Seconds(kFoldMicrosPerChange), estimate.Seconds(kRestoreMicrosPerChange));
}

void PrintJson(const std::vector<PlanItem>& items, Effort effort, const Estimate& estimate) {
  JsonWriter json;
  json.Object([&] {
    json.Member("effort", EffortName(effort));
    json.Member("changes", estimate.changes).Member("changes_from", estimate.from);
    json.Key("fold_seconds");
    if (estimate.changes.has_value()) {
      json.Value(estimate.Seconds(kFoldMicrosPerChange));
    } else {
      json.Null();
    }
    json.Key("items").Array([&] {
      for (const PlanItem& item : items) {
        json.Object([&] {
          json.Member("effort", EffortName(item.effort)).Member("place", item.place);
          json.Member("path", item.path).Member("what", item.what).Member("why", item.why);
        });
      }
    });
  });
  absl::PrintF("%s\n", std::move(json).Finish());
}

}  // namespace

int PlanChange(const PlanOptions& options) {
  const std::optional<LoadedConfig> before = Load(options.before);
  const std::optional<LoadedConfig> after = Load(options.after);
  if (!before.has_value() || !after.has_value()) return kExitWrong;
  const std::string folder =
      options.journal.empty() ? before->settings.engine.journal : options.journal;
  std::optional<JournalFacts> facts;
  if (!folder.empty()) {
    absl::StatusOr<JournalFacts> read = ReadJournal(folder, *after->settings.definition);
    if (read.ok()) facts = *std::move(read);
    if (!read.ok() && !options.journal.empty()) {
      absl::FPrintF(stderr, "takt plan: %s\n", std::string(read.status().message()));
      return kExitWrong;
    }
  }
  Estimate estimate{.workers = std::max(1, after->settings.engine.workers)};
  if (facts.has_value()) {
    estimate.changes = facts->changes;
    estimate.from = absl::StrCat("in the journal ", folder);
  } else if (options.ask) {
    estimate.changes = AskChanges(options.server);
    estimate.from = absl::StrCat("in the engine ", options.server.url);
  }
  const std::vector<PlanItem> items = PlanItems(*before, *after, facts);
  Effort effort = Effort::kNothing;
  for (const PlanItem& item : items) effort = std::max(effort, item.effort);
  (options.json ? PrintJson : PrintText)(items, effort, estimate);
  return kExitDone;
}

}  // namespace takt
