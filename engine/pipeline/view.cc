#include "engine/pipeline/view.h"

#include <algorithm>
#include <utility>

namespace takt {
namespace {

// Without new cells only `now` moves, and that shows in ages and at the end of a minute.
constexpr absl::Duration kUnchangedEvery = absl::Seconds(1);
constexpr int kCostShare = 10;
constexpr absl::Duration kResumeAfter = absl::Seconds(5);
constexpr size_t kProgressWaitingMax = 1024;

}  // namespace

View::View(const Definition& definition, std::vector<absl::Duration> out_of_orderness, Flow& flow,
           const Clock& clock)
    : evaluator_(definition),
      flow_(flow),
      clock_(clock),
      cells_(definition.calendar, definition.row_count),
      watermarks_(absl::ZeroDuration()),
      sources_(out_of_orderness.size()),
      batches_in_(flow.workers(), std::vector<uint64_t>(flow.producers(), 0)),
      last_evaluation_(-absl::InfiniteDuration()) {
  for (size_t i = 0; i < sources_.size(); ++i) sources_[i].out_of_orderness = out_of_orderness[i];
}

void View::Resume(uint64_t now_seconds) {
  if (now_seconds == 0) return;
  resumed_now_ = absl::FromUnixSeconds(static_cast<int64_t>(now_seconds));
  resumed_at_ = clock_.Monotonic();
}

std::optional<absl::Time> View::ShownNow(std::optional<absl::Time> found) {
  if (!found.has_value() && !shown_now_.has_value() && resumed_now_.has_value() &&
      clock_.Monotonic() - resumed_at_ >= kResumeAfter) {
    found = resumed_now_;
  }
  if (found.has_value() && (!shown_now_.has_value() || *found > *shown_now_)) shown_now_ = found;
  return shown_now_;
}

bool View::TakePublished() {
  bool took = false;
  Published published;
  for (int worker = 0; worker < flow_.workers(); ++worker) {
    while (flow_.published(worker).TryPop(&published)) {
      cells_.Add(published.deltas);
      batches_in_[worker] = std::move(published.batches_taken);
      flow_.Ended(1);
      took = changed_ = true;
      flow_.worker_bell(worker).Ring();
    }
  }
  return took;
}

bool View::IsIn(const Progress& progress, int reader) const {
  for (int worker = 0; worker < flow_.workers(); ++worker) {
    if (batches_in_[worker][reader] < progress.batches_pushed[worker]) return false;
  }
  return true;
}

void View::Heed(const Progress& progress, Source& source) {
  source.opened |= progress.opened;
  source.stopped |= progress.stopped;
  for (const PartitionProgress& partition : progress.partitions) {
    while (source.marks.size() <= partition.partition) {
      source.marks.push_back(watermarks_.AddPartition());
      source.finished.push_back(false);
      source.read.emplace_back();
    }
    const ProgressPlace& name = *partition.name;
    source.read[partition.partition] = {name.source, name.topic, name.partition,
                                        partition.next_offset};
    const int mark = source.marks[partition.partition];
    if (partition.has_event) {
      watermarks_.Advance(mark, partition.latest_event.ToTime() - source.out_of_orderness);
    }
    watermarks_.SetIdle(mark, partition.idle);
    if (partition.finished) watermarks_.SetFinished(mark);
    source.finished[partition.partition] = partition.finished;
  }
  source.batches_heeded = progress.batches_pushed;
  source.unfinished =
      source.finished.empty() ||
      std::find(source.finished.begin(), source.finished.end(), false) != source.finished.end();
  changed_ = true;
}

bool View::TakeProgress() {
  bool took = false;
  for (int reader = 0; reader < flow_.readers(); ++reader) {
    Source& source = sources_[reader];
    Progress progress;
    while (source.waiting.size() < kProgressWaitingMax &&
           flow_.progress(reader).TryPop(&progress)) {
      source.waiting.push_back(std::move(progress));
    }
    while (!source.waiting.empty() && IsIn(source.waiting.front(), reader)) {
      Heed(source.waiting.front(), source);
      source.waiting.pop_front();
      took = true;
    }
  }
  return took;
}

bool View::Step() {
  const bool published = TakePublished();
  const bool progress = TakeProgress();
  return published || progress;
}

Watermarks::View View::FindNow(ViewNumbers& numbers) {
  Watermarks::View view = watermarks_.Now(clock_.Now());
  numbers.reason = view.holder.reason;
  numbers.holder_reader = -1;
  numbers.holder_partition = -1;
  numbers.marks.resize(sources_.size());
  numbers.all_finished = !sources_.empty();
  for (size_t i = 0; i < sources_.size(); ++i) {
    const Source& source = sources_[i];
    numbers.all_finished &= !source.unfinished;
    numbers.marks[i].resize(source.marks.size());
    for (size_t partition = 0; partition < source.marks.size(); ++partition) {
      const std::optional<absl::Time> mark = watermarks_.Mark(source.marks[partition]);
      numbers.marks[i][partition].watermark.reset();
      if (mark.has_value()) numbers.marks[i][partition].watermark = EventTime::From(*mark);
      if (source.marks[partition] != view.holder.partition) continue;
      numbers.holder_reader = static_cast<int>(i);
      numbers.holder_partition = static_cast<int>(partition);
    }
  }
  // A source that has not told its partitions may have any: now is not known before it has.
  for (size_t i = 0; i < sources_.size(); ++i) {
    const Source& source = sources_[i];
    if (source.stopped || (source.opened && !source.marks.empty())) continue;
    view.now.reset();
    numbers.reason = Watermarks::Reason::kSilent;
    numbers.holder_reader = static_cast<int>(i);
    numbers.holder_partition = -1;
  }
  return view;
}

std::vector<ReadPosition> View::ReadExactly() const {
  std::vector<ReadPosition> read;
  if (flow_.workers() > 1) return read;
  for (size_t reader = 0; reader < sources_.size(); ++reader) {
    const Source& source = sources_[reader];
    if (source.batches_heeded.empty() || source.batches_heeded[0] != batches_in_[0][reader]) {
      return {};
    }
    read.insert(read.end(), source.read.begin(), source.read.end());
  }
  return read;
}

void View::Evaluate() {
  const absl::Duration begun = clock_.Monotonic();
  ViewNumbers numbers = Numbers();
  const std::optional<absl::Time> now = ShownNow(FindNow(numbers).now);
  std::shared_ptr<const Snapshot> snapshot;
  numbers.now.reset();
  if (now.has_value()) {
    numbers.now = EventTime::From(*now);
    flow_.now_seconds = static_cast<uint64_t>(std::max<int64_t>(0, absl::ToUnixSeconds(*now)));
    snapshot = evaluator_.Evaluate(cells_, *numbers.now, ReadExactly());
    numbers.series = 0;
    for (const Family& family : snapshot->families) numbers.series += family.samples.size();
    ++numbers.snapshots;
  }
  numbers.cell_bytes = cells_.MemoryBytes();
  last_evaluation_ = clock_.Monotonic();
  last_cost_ = last_evaluation_ - begun;
  numbers.evaluate_seconds = absl::ToDoubleSeconds(last_cost_);
  changed_ = false;
  MutexLock lock(mutex_);
  if (snapshot != nullptr) snapshot_ = std::move(snapshot);
  numbers_ = std::move(numbers);
}

bool View::WantsToEvaluate(absl::Duration every) const {
  const absl::Duration wait = std::max(every, kCostShare * last_cost_);
  const absl::Duration passed = clock_.Monotonic() - last_evaluation_;
  return passed >= (changed_ ? wait : std::max(wait, kUnchangedEvery));
}

std::shared_ptr<const Snapshot> View::SnapshotAt(EventTime now) const {
  return evaluator_.Evaluate(cells_, now);
}

std::shared_ptr<const Snapshot> View::CurrentSnapshot() const {
  MutexLock lock(mutex_);
  return snapshot_;
}

ViewNumbers View::Numbers() const {
  MutexLock lock(mutex_);
  return numbers_;
}

}  // namespace takt
