// The half of Reader that follows a poll: dead letters, the journal's block, the workers' batches, and
// what the view is told. Whatever cannot be done now stays for the next step.
#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "engine/pipeline/reader.h"

namespace takt {
namespace {

constexpr absl::Duration kPositionsEvery = absl::Seconds(1);

}  // namespace

void Reader::Reject(const Record& record, const Rejection& rejection, Partition& partition) {
  ReadHeaders(record);  // the letter holds them, and the record goes
  ++partition.numbers.dead_lettered[static_cast<size_t>(rejection.reason)];
  partition.LetterPending();
  if (stalled_.empty()) {
    const absl::StatusOr<uint64_t> ticket = parts_.dead_letters->Send({name_, record, rejection});
    if (ticket.ok()) {
      partition.LetterTaken(*ticket);
      return;
    }
  }
  stalled_.push_back(std::make_unique<StalledLetter>(record, rejection, last_partition_));
}

bool Reader::SendStalled() {
  while (!stalled_.empty()) {
    const StalledLetter& letter = *stalled_.front();
    const absl::StatusOr<uint64_t> ticket =
        parts_.dead_letters->Send({name_, letter.record, letter.rejection});
    if (!ticket.ok()) return false;
    partitions_[letter.partition].LetterTaken(*ticket);
    stalled_.pop_front();
  }
  return true;
}

void Reader::SettleLetters() {
  const uint64_t below = parts_.dead_letters->AcknowledgedBelow();
  dead_letters_pending_ = 0;
  for (Partition& partition : partitions_) {
    partition.Settle(below);
    dead_letters_pending_ += partition.letters_pending();
  }
}

void Reader::TakeBatches() {
  std::vector<ChangeBatch>& batches = intake_.batches();
  for (int worker = 0; worker < context_.flow.workers(); ++worker) {
    ChangeBatch& batch = batches[worker];
    if (batch.change_count == 0) continue;
    waiting_[worker] = std::exchange(batch, ChangeBatch());
    block_due_ = true;
    context_.flow.lane(context_.number, worker).spare.TryPop(&batch.bytes);
  }
  if (block_due_) std::swap(read_from_, intake_.read_from());
  intake_.read_from().clear();
  intake_.read_from().by_worker.resize(context_.flow.workers());
}

std::vector<JournalPosition> Reader::NewFinals() {
  std::vector<JournalPosition> positions;
  std::string cluster;
  for (Partition& partition : partitions_) {
    if (!partition.HasNewFinal()) continue;
    if (positions.empty()) cluster = parts_.source->Cluster();
    positions.push_back(partition.Final(cluster));
  }
  return positions;
}

// The partitions that the waiting changes were read from; only names count.
std::vector<JournalPosition> Reader::ReadFromNames() {
  std::vector<JournalPosition> names;
  if (coordinates_.empty()) return names;
  const std::string cluster = parts_.source->Cluster();
  for (const uint32_t number : read_from_.partitions) {
    const PartitionStatus& numbers = partitions_[number].numbers;
    JournalPosition& name = names.emplace_back();
    name.source = name_;
    name.topic = numbers.topic;
    name.partition = numbers.partition;
    name.cluster = cluster;
  }
  return names;
}

bool Reader::AppendBlock() {
  const absl::Duration now = context_.clock.Monotonic();
  // Positions alone (filtered records, acknowledged letters) can wait for the next changes a while.
  if (!block_due_ && now - last_positions_ < kPositionsEvery) return true;
  const std::vector<JournalPosition> positions = NewFinals();
  last_positions_ = now;
  if (!block_due_ && positions.empty()) return true;
  if (context_.journal != nullptr) {
    std::vector<absl::string_view> pieces;
    uint64_t change_count = 0;
    coordinates_.clear();
    for (size_t worker = 0; block_due_ && worker < waiting_.size(); ++worker) {
      const ChangeBatch& batch = waiting_[worker];
      if (batch.change_count == 0) continue;
      pieces.push_back(batch.bytes);
      change_count += batch.change_count;
      coordinates_ += read_from_.by_worker[worker].bytes();
    }
    const std::vector<JournalPosition> read_from = ReadFromNames();
    const absl::Status status =
        context_.journal->Append({.positions = positions,
                                  .pieces = pieces,
                                  .change_count = change_count,
                                  .now_seconds = context_.flow.now_seconds.load(),
                                  .read_from = read_from,
                                  .coordinates = coordinates_});
    // The journal keeps the text of a standing error, and the reader pauses until it is gone.
    if (!status.ok()) return false;
  }
  block_due_ = false;
  for (const JournalPosition& position : positions) {
    Record place;
    place.topic = position.topic;
    place.partition = position.partition;
    const size_t number = NumberOf(place);
    partitions_[number].Journalled(position.next_offset);
    touched_[number] = true;
  }
  return true;
}

bool Reader::PushBatches() {
  bool all = true;
  for (int worker = 0; worker < context_.flow.workers(); ++worker) {
    ChangeBatch& batch = waiting_[worker];
    if (batch.change_count == 0) continue;
    context_.flow.Began(1);
    if (!context_.flow.lane(context_.number, worker).batches.TryPush(batch)) {
      context_.flow.Ended(1);
      all = false;
      continue;
    }
    batch = ChangeBatch();
    ++batches_pushed_[worker];
    report_due_ = true;
    context_.flow.worker_bell(worker).Ring();
  }
  return all;
}

void Reader::ReportProgress() {
  if (!report_due_) return;
  Progress progress;
  progress.batches_pushed = batches_pushed_;
  progress.opened = opened_;
  progress.stopped = stopped_;
  for (size_t i = 0; i < progress_.size(); ++i) {
    if (progressed_[i]) progress.partitions.push_back(progress_[i]);
  }
  if (!context_.flow.progress(context_.number).TryPush(progress)) return;
  std::fill(progressed_.begin(), progressed_.end(), false);
  report_due_ = false;
  context_.flow.view_bell().Ring();
}

PauseReason Reader::FinishStep() {
  const bool letters_sent = SendStalled();
  SettleLetters();
  if (!AppendBlock()) return PauseReason::kJournal;
  if (!PushBatches()) return PauseReason::kWorkers;
  ReportProgress();
  if (!letters_sent) return PauseReason::kDeadLetters;
  if (context_.flow.memory_full.load()) return PauseReason::kMemory;
  return PauseReason::kNone;
}

void Reader::Flush(absl::Duration limit) {
  SendStalled();
  // What is not acknowledged in time is read again, and sent again, after the restart.
  parts_.dead_letters->Flush(limit).IgnoreError();
  SettleLetters();
  last_positions_ = -absl::InfiniteDuration();
  // A last block, be it empty, keeps where `now` stands: after a restart it is served until the source
  // says more.
  block_due_ = true;
  AppendBlock();
}

}  // namespace takt
