#include "engine/pipeline/reader.h"

#include <algorithm>
#include <iterator>
#include <utility>

#include "absl/strings/str_cat.h"
#include "engine/base/same_text.h"

namespace takt {
namespace {

constexpr absl::Duration kRefreshEvery = absl::Milliseconds(100);
// How long a source may take to answer for the first time before that is worth a line.
constexpr absl::Duration kFirstContact = absl::Seconds(3);

// Every other code is worth another try.
constexpr absl::StatusCode kFinalCodes[] = {
    absl::StatusCode::kDataLoss,         absl::StatusCode::kFailedPrecondition,
    absl::StatusCode::kInvalidArgument,  absl::StatusCode::kNotFound,
    absl::StatusCode::kPermissionDenied, absl::StatusCode::kUnimplemented,
};

bool IsFinal(const absl::Status& status) {
  return std::find(std::begin(kFinalCodes), std::end(kFinalCodes), status.code()) !=
         std::end(kFinalCodes);
}

}  // namespace

Reader::Reader(SourceParts& parts, const ReaderContext& context)
    : parts_(parts),
      context_(context),
      name_(parts.settings.name),
      intake_(context.definition, parts.settings, *parts.decoder, context.flow.workers()),
      last_refresh_(-absl::InfiniteDuration()),
      last_positions_(context.clock.Monotonic()),
      last_record_(context.clock.Monotonic()),
      waiting_(context.flow.workers()),
      batches_pushed_(context.flow.workers(), 0) {
  MutexLock lock(mutex_);
  status_.source.name = name_;
  status_.last_record = last_record_;
}

void Reader::Restart(const std::vector<JournalPosition>& positions) {
  for (const JournalPosition& position : positions) {
    if (position.source == name_) restart_positions_.push_back(position);
  }
}

bool Reader::Open() {
  std::vector<Position> positions;
  for (const JournalPosition& at : restart_positions_) {
    positions.push_back(
        {at.topic, at.partition, at.next_offset, at.cluster, at.last_offset, at.last_checksum});
  }
  const absl::Status status = parts_.source->Open(positions);
  if (!status.ok()) {
    HandlePollError(status);
    return false;
  }
  opened_ = true;
  report_due_ = true;
  RefreshPartitions();
  return true;
}

ReaderStep Reader::Step(absl::Duration wait) {
  ++turns_;
  parts_.dead_letters->Poll();
  const PauseReason pause = FinishStep();
  if (stopped_) {
    PublishStatus(SourceState::kStopped, pause);
    return ReaderStep::kStopped;
  }
  if (pause != PauseReason::kNone) {
    PublishStatus(SourceState::kPaused, pause);
    return ReaderStep::kPaused;
  }
  if (!opened_ && !Open()) return stopped_ ? ReaderStep::kStopped : ReaderStep::kNothing;
  const absl::Status status = Poll(wait);
  const PauseReason after = FinishStep();
  if (!status.ok()) {
    HandlePollError(status);
  } else {
    reached_ = true;
    away_since_.reset();
    told_away_.clear();
    const bool finished = std::all_of(progress_.begin(), progress_.end(),
                                      [](const PartitionProgress& p) { return p.finished; });
    PublishStatus(after != PauseReason::kNone      ? SourceState::kPaused
                  : finished && !progress_.empty() ? SourceState::kFinished
                                                   : SourceState::kReading,
                  after);
  }
  if (stopped_) return ReaderStep::kStopped;
  return records_of_step_ > 0 ? ReaderStep::kRead : ReaderStep::kNothing;
}

absl::Status Reader::Poll(absl::Duration wait) {
  wall_clock_ = context_.clock.Now();
  records_of_step_ = 0;
  const absl::Status status = parts_.source->Poll(
      wait, context_.records_per_poll_max, [this](const Record& record) { TakeRecord(record); });
  TakeBatches();
  const absl::Duration now = context_.clock.Monotonic();
  if (records_of_step_ > 0) last_record_ = now;
  const bool may_be_at_end =
      records_of_step_ < static_cast<uint64_t>(context_.records_per_poll_max);
  if (may_be_at_end || now - last_refresh_ >= kRefreshEvery) RefreshPartitions();
  return status;
}

size_t Reader::NumberOf(const Record& record) {
  const auto is_it = [&](size_t number) {
    const PartitionStatus& numbers = partitions_[number].numbers;
    return numbers.partition == record.partition && SameText(numbers.topic, record.topic);
  };
  if (last_partition_ < partitions_.size() && is_it(last_partition_)) return last_partition_;
  for (const uint32_t number : by_number_[record.partition]) {
    if (is_it(number)) return last_partition_ = number;
  }
  return Add(record);
}

size_t Reader::Add(const Record& record) {
  Partition partition(name_, std::string(record.topic), record.partition);
  // A position of a partition that the source has no more is of no concern: it must not hold `now`.
  for (const JournalPosition& at : restart_positions_) {
    if (at.topic == record.topic && at.partition == record.partition) partition = Partition::At(at);
  }
  const size_t number = partitions_.size();
  by_number_[partition.numbers.partition].push_back(static_cast<uint32_t>(number));
  partitions_.push_back(std::move(partition));
  PartitionProgress& progress = progress_.emplace_back();
  progress.partition = static_cast<uint32_t>(number);
  progress.name = std::make_shared<const ProgressPlace>(
      ProgressPlace{name_, std::string(record.topic), record.partition});
  progress.next_offset = partitions_.back().numbers.next_offset;
  touched_.push_back(true);
  progressed_.push_back(true);
  report_due_ = true;
  return last_partition_ = number;
}

void Reader::TakeRecord(const Record& record) {
  ++records_of_step_;
  const size_t number = NumberOf(record);
  Partition& partition = partitions_[number];
  PartitionStatus& numbers = partition.numbers;
  touched_[number] = true;
  ++numbers.polled;
  progress_[number].next_offset = record.next_offset;
  progressed_[number] = true;
  if (!record.has_value) ++numbers.tombstones;
  const Taken taken = intake_.Take(record, wall_clock_, static_cast<uint32_t>(number));
  if (context_.tap != nullptr && context_.tap->IsOpen()) {
    const bool is_admitted = std::holds_alternative<Admitted>(taken);
    context_.tap->Offer({name_, record,
                         is_admitted ? intake_.LastChanges() : absl::Span<const Change>(),
                         std::get_if<Rejection>(&taken)});
  }
  if (const Admitted* admitted = std::get_if<Admitted>(&taken)) {
    ++numbers.admitted;
    numbers.changes_admitted += admitted->change_count;
    PartitionProgress& progress = progress_[number];
    if (!progress.has_event || admitted->latest_event > progress.latest_event) {
      progress.has_event = true;
      progress.latest_event = admitted->latest_event;
      report_due_ = true;
    }
  } else if (const Rejection* rejection = std::get_if<Rejection>(&taken)) {
    Reject(record, *rejection, partition);
  } else {
    ++numbers.filtered;
  }
  partition.Passed(record);
}

void Reader::RefreshPartitions() {
  last_refresh_ = context_.clock.Monotonic();
  for (const PartitionState& state : parts_.source->Partitions()) {
    Record place;
    place.topic = state.topic;
    place.partition = state.partition;
    const size_t number = NumberOf(place);
    PartitionStatus& numbers = partitions_[number].numbers;
    numbers.next_offset = std::max(numbers.next_offset, state.next_offset);
    numbers.end_offset = state.end_offset;
    numbers.lag_records.reset();
    if (state.end_offset >= 0) {
      numbers.lag_records = std::max<int64_t>(0, state.end_offset - numbers.next_offset);
    }
    numbers.idle = state.idle_by_proof;
    numbers.finished = state.finished;
    numbers.broker_time = state.broker_time;
    touched_[number] = true;
    PartitionProgress& progress = progress_[number];
    if (progress.idle != state.idle_by_proof || progress.finished != state.finished) {
      progress.idle = state.idle_by_proof;
      progress.finished = state.finished;
      progressed_[number] = true;
      report_due_ = true;
    }
  }
}

void Reader::HandlePollError(const absl::Status& status) {
  std::string text(status.message());
  {
    MutexLock lock(mutex_);
    ++status_.source.errors;
    status_.source.error = text;
  }
  if (IsFinal(status)) {
    stopped_ = true;
    report_due_ = true;
    ReportProgress();
    if (context_.log) {
      context_.log(LogLevel::kError, absl::StrCat("source ", name_, " is stopped: ", text));
    }
    PublishStatus(SourceState::kStopped, PauseReason::kNone);
    return;
  }
  TellAway(text);
  PublishStatus(SourceState::kUnavailable, PauseReason::kNone);
}

void Reader::TellAway(const std::string& why) {
  const absl::Duration now = context_.clock.Monotonic();
  if (!away_since_.has_value()) away_since_ = now;
  if (!reached_ && now - *away_since_ < kFirstContact) return;
  if (why == told_away_ || !context_.log) return;
  told_away_ = why;
  context_.log(LogLevel::kWarning, absl::StrCat("source ", name_, " is away, trying again: ", why));
}

bool Reader::IsSettled() const {
  if (!opened_ || report_due_ || block_due_ || dead_letters_pending_ > 0) return false;
  for (const ChangeBatch& batch : waiting_) {
    if (batch.change_count > 0) return false;
  }
  return std::all_of(progress_.begin(), progress_.end(),
                     [](const PartitionProgress& p) { return p.idle || p.finished; });
}

void Reader::PublishStatus(SourceState state, PauseReason pause) {
  const bool settled = IsSettled();
  MutexLock lock(mutex_);
  if (state == SourceState::kReading || state == SourceState::kFinished) {
    status_.source.error.clear();
  }
  status_.source.state = state;
  status_.source.pause = pause;
  status_.source.dead_letters_pending = dead_letters_pending_;
  status_.last_record = last_record_;
  status_.settled = settled;
  status_.partitions.resize(partitions_.size());
  for (size_t i = 0; i < partitions_.size(); ++i) {
    if (!touched_[i]) continue;
    status_.partitions[i] = partitions_[i].numbers;
    if (progress_[i].has_event) status_.partitions[i].last_event = progress_[i].latest_event;
    touched_[i] = false;
  }
}

ReaderStatus Reader::Status() const {
  MutexLock lock(mutex_);
  ReaderStatus status = status_;
  status.source.since_record = context_.clock.Monotonic() - status.last_record;
  return status;
}

}  // namespace takt
