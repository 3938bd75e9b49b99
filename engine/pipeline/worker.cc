#include "engine/pipeline/worker.h"

#include <utility>

namespace takt {
namespace {

constexpr size_t kDeltasToPublish = 1 << 16;
constexpr size_t kUnpublishedDeltasMax = 1 << 20;

}  // namespace

Worker::Worker(const Definition& definition, int number, Flow& flow)
    : number_(number),
      flow_(flow),
      ledger_(definition, number, flow.workers()),
      waiting_(flow.workers()),
      batches_taken_(flow.producers(), 0) {}

size_t Worker::UnpublishedDeltas() const {
  return deltas_.sums.size() + deltas_.durations.size() + deltas_.outcomes.size() +
         combiner_.size();
}

void Worker::CombineSums(size_t from) {
  sent_out_.clear();
  combiner_.Add(absl::MakeConstSpan(deltas_.sums).subspan(from), sent_out_);
  deltas_.sums.resize(from);
  deltas_.sums.insert(deltas_.sums.end(), sent_out_.begin(), sent_out_.end());
}

bool Worker::WantsToPublish() const { return UnpublishedDeltas() >= kDeltasToPublish; }

bool Worker::HandOversWait() const {
  for (const std::deque<HandOver>& waiting : waiting_) {
    if (!waiting.empty()) return true;
  }
  return false;
}

void Worker::MarkUnpublished() {
  if (unpublished_) return;
  unpublished_ = true;
  flow_.Began(1);
}

bool Worker::PassHandOvers() {
  bool passed = false;
  for (int to = 0; to < flow_.workers(); ++to) {
    std::deque<HandOver>& waiting = waiting_[to];
    Ring<HandOver>& ring = flow_.hand_overs(number_, to);
    bool passed_here = false;
    while (!waiting.empty() && ring.TryPush(waiting.front())) {
      waiting.pop_front();
      passed_here = true;
    }
    if (passed_here) flow_.worker_bell(to).Ring();
    passed |= passed_here;
  }
  return passed;
}

void Worker::Route() {
  if (outbox_.empty()) return;
  flow_.Began(static_cast<int64_t>(outbox_.size()));
  for (HandOver& hand_over : outbox_) {
    const int owner =
        Ledger::OwnerOf(hand_over.target_object, hand_over.target_id, flow_.workers());
    waiting_[owner].push_back(std::move(hand_over));
  }
  outbox_.clear();
}

bool Worker::TakeHandOvers() {
  bool took = false;
  const size_t sums_before = deltas_.sums.size();
  HandOver hand_over;
  for (int from = 0; from < flow_.workers(); ++from) {
    while (flow_.hand_overs(from, number_).TryPop(&hand_over)) {
      ledger_.AcceptHandOver(hand_over, deltas_, outbox_);
      Route();
      MarkUnpublished();
      flow_.Ended(1);
      took = true;
    }
  }
  if (took) CombineSums(sums_before);
  return took;
}

void Worker::ApplyBatch(const ChangeBatch& batch) {
  const size_t sums_before = deltas_.sums.size();
  // What a reader or the restore has encoded always decodes; should it not, the law of conservation
  // of changes shows it.
  ledger_.ApplyAll(batch.bytes, deltas_, outbox_);
  CombineSums(sums_before);
}

bool Worker::TakeBatch(int producer) {
  Lane& lane = flow_.lane(producer, number_);
  ChangeBatch batch;
  if (!lane.batches.TryPop(&batch)) return false;
  ApplyBatch(batch);
  Route();
  ++batches_taken_[producer];
  MarkUnpublished();
  flow_.Ended(1);
  batch.bytes.clear();
  lane.spare.TryPush(batch.bytes);  // a full ring lets the memory go
  flow_.producer_bell(producer).Ring();
  return true;
}

bool Worker::Step() {
  bool did = PassHandOvers();
  did |= TakeHandOvers();
  if (!HandOversWait() && UnpublishedDeltas() < kUnpublishedDeltasMax) {
    for (int producer = 0; producer < flow_.producers(); ++producer) did |= TakeBatch(producer);
  }
  did |= PassHandOvers();
  return did;
}

bool Worker::Publish() {
  if (!unpublished_) return false;
  {
    // Before the deltas go, so that whoever sees them in the cells sees these numbers too.
    const WorkerNumbers numbers = {ledger_.counts(), ledger_.State()};
    MutexLock lock(mutex_);
    numbers_ = numbers;
  }
  combiner_.Flush(deltas_.sums);
  const size_t deltas = UnpublishedDeltas();
  Published published = {std::move(deltas_), batches_taken_};
  if (!flow_.published(number_).TryPush(published)) {
    deltas_ = std::move(published.deltas);
    return false;
  }
  deltas_ = DeltaBatch();
  deltas_.sums.reserve(deltas < kDeltasToPublish ? deltas : kDeltasToPublish);
  unpublished_ = false;  // the count goes with what was pushed
  flow_.view_bell().Ring();
  return true;
}

WorkerNumbers Worker::Numbers() const {
  MutexLock lock(mutex_);
  return numbers_;
}

}  // namespace takt
