// The queues between readers, workers and the view, and the count of what is under way in them.
//
//   reader  --ChangeBatch-->  worker  --Published-->  view        rings of one producer, one consumer
//   reader  <--spare bytes--  worker  <--HandOver-->  worker
//   reader  --Progress------------------------------> view
//
// `in_flight` counts batches, hand-overs and unpublished or not yet added deltas. A step adds what it
// causes before it takes away what it was caused by, so 0 means that everything pushed so far stands
// in the view's cells.
//
// No circle of queues can stand still: the view always takes; a worker that cannot pass hand-overs on
// takes no more batches, yet goes on taking hand-overs, whose chains end because links have no circle.
//
// `now` must not run ahead of the cells. So a reader's Progress says how many batches it had pushed to
// each worker, and the view heeds it only when all workers have published that far.
//
// Threads: see Ring. Bounds: the capacities below.
#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "engine/cells/delta.h"
#include "engine/ledger/ledger.h"
#include "engine/model/event_time.h"
#include "engine/pipeline/doorbell.h"
#include "engine/pipeline/ring.h"

namespace takt {

inline constexpr size_t kBatchesPerLane = 64;
inline constexpr size_t kHandOversPerRing = 1024;
inline constexpr size_t kPublishedPerRing = 16;
inline constexpr size_t kProgressPerRing = 64;

struct ChangeBatch {
  std::string bytes;  // encoded changes, one after the other
  uint32_t change_count = 0;
};

// From one producer (a reader, or the restore) to one worker.
struct Lane {
  Ring<ChangeBatch> batches{kBatchesPerLane};
  Ring<std::string> spare{kBatchesPerLane};  // emptied, with their memory, on the way back
};

// A worker's deltas since it last published, and how many batches of each producer they reflect.
struct Published {
  DeltaBatch deltas;
  std::vector<uint64_t> batches_taken;  // by producer
};

struct ProgressPlace {
  std::string source;
  std::string topic;
  int32_t partition = 0;
};

// What the view must know of a reader's partitions.
struct PartitionProgress {
  uint32_t partition = 0;  // the reader's own number for it
  std::shared_ptr<const ProgressPlace> name;
  int64_t next_offset = 0;  // of the records in the batches that were pushed
  bool has_event = false;
  EventTime latest_event;  // the highest admitted
  bool idle = false;
  bool finished = false;
};

struct Progress {
  std::vector<uint64_t> batches_pushed;  // by worker
  std::vector<PartitionProgress> partitions;
  bool opened = false;   // its partitions are known
  bool stopped = false;  // it reads no more: it does not hold `now` back for being unknown
};

class Flow {
 public:
  Flow(int readers, int workers);

  int readers() const { return readers_; }
  int workers() const { return workers_; }
  int producers() const { return readers_ + 1; }  // the last is the restore
  int restore_producer() const { return readers_; }

  Lane& lane(int producer, int worker) { return *lanes_[producer * workers_ + worker]; }
  Ring<HandOver>& hand_overs(int from, int to) { return *hand_overs_[from * workers_ + to]; }
  Ring<Published>& published(int worker) { return *published_[worker]; }
  Ring<Progress>& progress(int reader) { return *progress_[reader]; }

  Doorbell& worker_bell(int worker) { return *worker_bells_[worker]; }
  Doorbell& producer_bell(int producer) { return *producer_bells_[producer]; }
  Doorbell& view_bell() { return view_bell_; }

  void Began(int64_t count) { in_flight_.fetch_add(count); }
  void Ended(int64_t count) { in_flight_.fetch_sub(count); }
  int64_t in_flight() const { return in_flight_.load(); }

  // The view's `now`, seconds since 1970, 0 while undefined: the journal's blocks carry it.
  std::atomic<uint64_t> now_seconds{0};

  // Set by whoever measures memory; readers pause while it holds.
  std::atomic<bool> memory_full{false};

 private:
  const int readers_;
  const int workers_;
  std::vector<std::unique_ptr<Lane>> lanes_;
  std::vector<std::unique_ptr<Ring<HandOver>>> hand_overs_;
  std::vector<std::unique_ptr<Ring<Published>>> published_;
  std::vector<std::unique_ptr<Ring<Progress>>> progress_;
  std::vector<std::unique_ptr<Doorbell>> worker_bells_;
  std::vector<std::unique_ptr<Doorbell>> producer_bells_;
  Doorbell view_bell_;
  std::atomic<int64_t> in_flight_{0};
};

}  // namespace takt
