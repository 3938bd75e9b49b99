// What Pipeline tells of itself.
#include <algorithm>
#include <tuple>
#include <utility>

#include "engine/pipeline/pipeline.h"

namespace takt {
namespace {

NowReason ReasonOf(const ViewNumbers& numbers) {
  if (numbers.holder_reader < 0) return NowReason::kNothing;
  if (numbers.all_finished) return NowReason::kFinished;
  switch (numbers.reason) {
    case Watermarks::Reason::kLatestEvent:
      return NowReason::kBehind;
    case Watermarks::Reason::kIdle:
    case Watermarks::Reason::kFinished:
      return NowReason::kWallClock;
    case Watermarks::Reason::kSilent:
      return NowReason::kNotSpoken;
  }
  return NowReason::kNothing;
}

}  // namespace

void Pipeline::AddReaders(EngineStatus& status) const {
  const ViewNumbers numbers = view_->Numbers();
  for (size_t i = 0; i < readers_.size(); ++i) {
    ReaderStatus reader = readers_[i]->Status();
    const bool silent = reader.source.since_record > parts_.sources[i].settings.silent_after;
    for (size_t partition = 0; partition < reader.partitions.size(); ++partition) {
      PartitionStatus& at = reader.partitions[partition];
      at.silent = silent && !at.finished;
      if (i < numbers.marks.size() && partition < numbers.marks[i].size()) {
        at.watermark = numbers.marks[i][partition].watermark;
      }
      if (static_cast<int>(i) == numbers.holder_reader &&
          static_cast<int>(partition) == numbers.holder_partition) {
        status.now.holder_topic = at.topic;
        status.now.holder_partition = at.partition;
      }
    }
    if (static_cast<int>(i) == numbers.holder_reader) {
      status.now.holder_source = reader.source.name;
    }
    std::sort(reader.partitions.begin(), reader.partitions.end(),
              [](const PartitionStatus& a, const PartitionStatus& b) {
                return std::tie(a.topic, a.partition) < std::tie(b.topic, b.partition);
              });
    status.sources.push_back(std::move(reader.source));
    status.partitions.insert(status.partitions.end(),
                             std::make_move_iterator(reader.partitions.begin()),
                             std::make_move_iterator(reader.partitions.end()));
  }
}

void Pipeline::AddNow(EngineStatus& status) const {
  const ViewNumbers numbers = view_->Numbers();
  status.now.now = numbers.now;
  status.now.reason = ReasonOf(numbers);
  if (numbers.now.has_value()) status.now.age = parts_.clock->Now() - numbers.now->ToTime();
  status.snapshots = numbers.snapshots;
  status.series = numbers.series;
  status.evaluate_seconds = numbers.evaluate_seconds;
  status.cell_bytes = numbers.cell_bytes;
}

void Pipeline::AddWorkers(EngineStatus& status) const {
  status.workers = flow_.workers();
  for (const std::unique_ptr<Worker>& worker : workers_) {
    const WorkerNumbers numbers = worker->Numbers();
    status.changes_applied += numbers.counts.applied;
    status.duplicates += numbers.counts.duplicates;
    status.conflicts += numbers.counts.conflicts;
    status.corrections += numbers.counts.corrections;
    status.refused_full += numbers.counts.refused_full;
    status.entities += numbers.state.entities;
    status.incomplete += numbers.state.incomplete;
    status.merged_beyond += numbers.state.merged_beyond;
    status.negative_durations += numbers.state.negative_durations;
    status.ledger_bytes += numbers.state.memory_bytes;
  }
}

void Pipeline::AddJournal(EngineStatus& status) const {
  if (journal_ == nullptr) {
    status.restore.progress = 1;
    return;
  }
  JournalCounts counts = journal_->Counts();
  JournalStatus& journal = status.journal;
  journal.enabled = true;
  journal.bytes = counts.bytes;
  journal.segments = counts.segments;
  journal.blocks_appended = counts.blocks_appended;
  journal.changes_appended = counts.changes_appended;
  journal.bytes_appended = counts.bytes_appended;
  journal.syncs = counts.syncs;
  journal.since_sync = counts.since_sync;
  journal.errors = counts.errors;
  journal.error = std::move(counts.error);
  journal.is_cut = counts.is_cut;
  journal.bytes_cut = counts.bytes_cut;
  const RestoreNumbers restored = restore_->Numbers();
  journal.fields_dropped = restored.translation.fields_dropped;
  journal.values_converted = restored.translation.values_converted;
  journal.values_lost = restored.translation.values_lost;
  journal.unknown_stages = restored.unknown_stages;
  journal.unknown_stage = restored.unknown_stage;
  status.restore.changes_replayed = restored.changes_replayed;
  status.restore.progress = journal_->ReplayProgress();
}

EngineStatus Pipeline::Status() const {
  EngineStatus status;
  AddReaders(status);
  AddNow(status);
  AddWorkers(status);
  AddJournal(status);
  status.restore.done = restored_.load();
  status.restore.seconds = static_cast<double>(restore_nanos_.load()) / 1e9;
  status.memory_bytes = memory_bytes_.load();
  status.memory_bytes_max = parts_.settings.memory_bytes_max;
  status.audits = audits_.load();
  status.audit_divergent_cells = audit_divergent_.load();
  status.config_hash = parts_.config_hash;
  status.uptime = parts_.clock->Monotonic() - begun_;
  return status;
}

}  // namespace takt
