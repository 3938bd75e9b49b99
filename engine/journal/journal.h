// The journal: the admitted changes, compact, in the order read, with the positions they came from.
// It is what is durable; all other state is a function of it.
//
// A folder of segments "0000000001.journal", each a row of blocks (block.h). It is opened, replayed to
// its end, and then appended to:
//
//   TAKT_ASSIGN_OR_RETURN(auto journal, Journal::Open(files, dictionary, options, clock));
//   while (more) { TAKT_ASSIGN_OR_RETURN(more, journal->ReplayNext(&block)); ... }
//   ... sources go on at journal->Positions() ...
//   journal->Append({.positions = ..., .pieces = ..., .change_count = ...});
//
// After a crash the last segment may end in a torn block: it is cut there, and CutMessage says so. A
// broken block before the tail, a missing segment or a foreign currency is DataLoss or
// FailedPrecondition with the file, the offset and the ways out; nothing is ever skipped.
//
// An append that fails (ResourceExhausted: disk full) leaves no trace, and the next one tries again. A
// sync that fails means that the device may have lost what it had taken, whatever is read back: nothing
// more is appended, and Sync, called on, cuts off what was not safe. Once it has (`is_cut`), opening
// the journal anew mends all: the sources are read again from what was safe.
//
// Threads: Append from any number of readers (one at a time goes on), Sync from one other thread
// beside them, which holds no lock while the disk works, Counts from any: it waits for nobody. Open and
// ReplayNext from one thread, before all that.
// `files` and `clock` must outlive it. Cost: one write for each append, about 0.1 us and one byte for
// each change beside its own.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <tuple>
#include <vector>

#include "absl/container/btree_map.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "engine/base/clock.h"
#include "engine/base/mutex.h"
#include "engine/journal/block.h"
#include "engine/journal/files.h"
#include "engine/journal/segment_reader.h"

namespace takt {

struct JournalOptions {
  uint64_t segment_bytes_max = 256 << 20;
};

struct JournalCounts {
  uint64_t bytes = 0;  // of all segments
  uint64_t segments = 0;
  uint64_t blocks_appended = 0;
  uint64_t changes_appended = 0;
  uint64_t bytes_appended = 0;
  uint64_t syncs = 0;
  uint64_t errors = 0;
  uint64_t bytes_cut = 0;
  std::string error;          // of the last append or sync, when it failed
  bool is_cut = false;        // after a failed sync: nothing stands that was not safe; open it anew
  absl::Duration since_sync;  // age of the oldest byte not known to be safe; zero: all are
};

struct JournalAppend {
  absl::Span<const JournalPosition> positions;  // those that moved
  absl::Span<const absl::string_view> pieces;   // encoded changes, one after the other
  uint64_t change_count = 0;
  uint64_t now_seconds = 0;  // the engine's `now`, seconds since 1970; 0: undefined
  // Where the changes were read (coordinates.h): the partitions, of which only names count, and where
  // each change's record lies among them. Empty: it is not kept.
  absl::Span<const JournalPosition> read_from = {};
  absl::string_view coordinates = {};
};

struct ReplayedBlock {
  const JournalDictionary* dictionary = nullptr;  // what the ids in `changes` mean
  uint64_t change_count = 0;
  absl::string_view changes;  // until the next call
};

class Journal {
 public:
  // `dictionary`: what the ids in appended changes will mean.
  static absl::StatusOr<std::unique_ptr<Journal>> Open(JournalFiles& files,
                                                       JournalDictionary dictionary,
                                                       const JournalOptions& options,
                                                       const Clock& clock);

  // Reads the next block that holds changes. False: the end; from now on Positions and Append hold.
  absl::StatusOr<bool> ReplayNext(ReplayedBlock* block);
  double ReplayProgress() const;  // 0 to 1, by bytes
  // "cut 117 bytes of a torn block ..."; empty when nothing was cut.
  const std::string& CutMessage() const { return cut_message_; }

  std::vector<JournalPosition> Positions() const;
  // The engine's `now` as last written, 0 where it never was: what is served after a restart until the
  // sources are heard of again.
  uint64_t LastNowSeconds() const;

  absl::Status Append(const JournalAppend& append);
  absl::Status Sync();
  JournalCounts Counts() const;

 private:
  using PartitionKey = std::tuple<std::string, std::string, int32_t>;  // source, topic, partition
  struct Segment {
    std::string name;
    uint64_t first = 0;
    uint64_t last = 0;
    uint64_t size_bytes = 0;
  };
  struct Known {               // a partition that has an id
    JournalPosition position;  // as last written
    bool named = false;        // with this cluster, in a block of the current segment
    bool has_position = false;
  };

  Journal(JournalFiles& files, JournalDictionary dictionary, const JournalOptions& options,
          const Clock& clock);

  // Replay.
  absl::Status FindSegments();
  absl::StatusOr<bool> HandleBlock(absl::string_view bytes, ReplayedBlock* block)
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  absl::Status CheckHead(const BlockBody& body) const ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  absl::Status HandleBroken() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  struct Place {
    const Segment& segment;
    uint64_t byte = 0;
  };
  static absl::Status Damaged(const std::string& folder, const Place& place,
                              absl::string_view what);
  // Where the last block begins.
  absl::Status DamagedBlock(absl::string_view what) const ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  // Where no block begins.
  absl::Status DamagedHere(absl::string_view what) const ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);

  // Append.
  absl::Status PrepareSegment(uint64_t append_bytes) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  absl::Status StartSegment() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  uint32_t IdOf(const JournalPosition& position) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  // Takes the numbers from `id` on back: the block that would have named them was not written.
  void ForgetFrom(size_t id) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  std::string HeadBody() const ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  std::string BodyStart(const JournalAppend& append) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  absl::Status Write(const JournalAppend& append) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  void Took(const JournalAppend& append, uint64_t bytes) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  absl::Status FailSync(const absl::Status& status) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  absl::Status CutUnsafe() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  void TellCounts() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);

  JournalFiles& files_;
  const JournalDictionary dictionary_;
  const JournalOptions options_;
  const Clock& clock_;
  std::string cut_message_;

  mutable Mutex mutex_;
  std::vector<Segment> segments_ ABSL_GUARDED_BY(mutex_);  // the last one is appended to
  std::vector<Known> known_ ABSL_GUARDED_BY(mutex_);       // by partition id
  absl::btree_map<PartitionKey, uint32_t> ids_ ABSL_GUARDED_BY(mutex_);
  uint64_t now_seconds_ ABSL_GUARDED_BY(mutex_) = 0;
  JournalCounts counts_ ABSL_GUARDED_BY(mutex_);

  // Replay.
  bool replayed_ ABSL_GUARDED_BY(mutex_) = false;
  size_t replay_segment_ ABSL_GUARDED_BY(mutex_) = 0;
  uint64_t replayed_bytes_ ABSL_GUARDED_BY(mutex_) = 0;
  std::optional<SegmentReader> reader_ ABSL_GUARDED_BY(mutex_);
  JournalDictionary read_dictionary_ ABSL_GUARDED_BY(mutex_);  // of the last block read

  // Append. The file is shared with a Sync that may be under way while the segment is sealed.
  std::shared_ptr<JournalFile> file_ ABSL_GUARDED_BY(mutex_);
  bool torn_ ABSL_GUARDED_BY(mutex_) = false;  // a failed append could not be cut off again
  bool dictionary_written_ ABSL_GUARDED_BY(mutex_) = false;
  uint64_t synced_below_ ABSL_GUARDED_BY(mutex_) = 0;  // by this process, of the last segment
  uint64_t safe_bytes_ ABSL_GUARDED_BY(mutex_) = 0;    // or found there when it was replayed
  absl::Status sync_error_ ABSL_GUARDED_BY(mutex_);
  std::optional<absl::Duration> unsafe_since_ ABSL_GUARDED_BY(mutex_);  // monotonic

  // What Counts gives: copies, so that nobody waits for a write. Locked inside mutex_.
  mutable Mutex told_mutex_;
  JournalCounts told_ ABSL_GUARDED_BY(told_mutex_);
  std::optional<absl::Duration> told_unsafe_since_ ABSL_GUARDED_BY(told_mutex_);
};

}  // namespace takt
