#include "tests/scenario/machine.h"

#include "connectors/json/json_decoder.h"
#include "engine/base/status_macros.h"
#include "engine/kpi/watch_series.h"

namespace takt::scenario {
namespace {

// Later than any event, so that none is taken for one of the future.
const absl::Time kWallClock = absl::FromUnixMicros(kEventTimeMax.micros);
constexpr int kStepsMax = 1'000'000;

}  // namespace

Machine::Machine(std::shared_ptr<const Definition> definition, const MachineOptions& options,
                 const MemoryTopic& topic)
    : definition_(std::move(definition)),
      options_(options),
      topic_(topic),
      clock_(kWallClock),
      disk_(std::make_shared<MemoryDisk>()) {}

absl::Status Machine::Create() {
  Kill();
  auto source = std::make_unique<MemorySource>(topic_, options_.first_partition);
  auto dead_letters = std::make_unique<MemoryDeadLetters>(store_);
  source_ = source.get();
  dead_letters_ = dead_letters.get();
  EngineParts parts;
  parts.definition = definition_;
  parts.settings.workers = options_.workers;
  parts.sources.push_back({.settings = {.name = source->name()},
                           .source = std::move(source),
                           .decoder = MakeJsonDecoder(),
                           .dead_letters = std::move(dead_letters)});
  parts.journal = std::make_unique<MemoryJournalFiles>(disk_);
  parts.clock = &clock_;
  parts.records_per_poll_max = options_.records_per_poll;
  TAKT_ASSIGN_OR_RETURN(pipeline_, Pipeline::Create(std::move(parts)));
  return absl::OkStatus();
}

absl::Status Machine::Start() {
  TAKT_RETURN_IF_ERROR(Create());
  return pipeline_->RestoreAll();
}

absl::Status Machine::CatchUp() {
  if (pipeline_->Drain(kStepsMax)) return absl::OkStatus();
  return absl::DeadlineExceededError("the engine does not come to the end of the topic");
}

std::shared_ptr<const Snapshot> Machine::SnapshotAt(EventTime now) const {
  return pipeline_->SnapshotAt(now);
}

oracle::Values Machine::ValuesAt(EventTime now) const {
  return ValuesOf(*definition_, *SnapshotAt(now));
}

oracle::Values ValuesOf(const Definition& definition, const Snapshot& snapshot) {
  oracle::Values values;
  for (const Family& family : snapshot.families) {
    for (const Sample& sample : family.samples) {
      const std::map<std::string, std::string> labels(sample.labels.begin(), sample.labels.end());
      values[oracle::SeriesText(family.name, labels)] = sample.value;
    }
  }
  for (const WatchFamily& family : WatchFamilies(definition, snapshot)) {
    for (const Sample& sample : family.samples) {
      const std::map<std::string, std::string> labels(sample.labels.begin(), sample.labels.end());
      values[oracle::SeriesText(family.name, labels)] = sample.value;
    }
  }
  return values;
}

}  // namespace takt::scenario
