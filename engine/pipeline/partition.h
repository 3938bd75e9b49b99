// How far one partition is read, how far that is final, and what was counted on the way.
//
// The barrier: a position is final only when every dead letter of the records below it is acknowledged.
// A record that becomes a dead letter therefore holds the final position before itself until its letter
// is safe; what was admitted behind it is read again after a crash and is then a duplicate, which is
// harmless. Without the barrier a crash could lose the letter for good.
//
// Threads: one owner.
#pragma once

#include <cstdint>
#include <deque>
#include <optional>
#include <string>

#include "engine/journal/block.h"
#include "engine/pipeline/record.h"
#include "engine/pipeline/source.h"
#include "engine/pipeline/status.h"

namespace takt {

class Partition {
 public:
  Partition(const std::string& source, const std::string& topic, int32_t partition);
  // Goes on from where the journal says.
  static Partition At(const JournalPosition& position);

  // The record was dealt with: the position moves behind it.
  void Passed(const Record& record);

  // The record, which the position still lies before, becomes a dead letter.
  void LetterPending();
  // The latest pending letters' tickets, in the order of LetterPending.
  void LetterTaken(uint64_t ticket);
  void Settle(uint64_t acknowledged_below);
  size_t letters_pending() const { return letters_.size(); }

  // The position that is final now.
  JournalPosition Final(const std::string& cluster);
  // The one that the journal was last given.
  void Journalled(int64_t next_offset) { numbers.final_offset = next_offset; }
  bool HasNewFinal() const;

  PartitionStatus numbers;

 private:
  struct Mark {  // a position, without what never changes
    int64_t next_offset = 0;
    int64_t last_offset = -1;
    uint64_t last_checksum = 0;
  };
  struct Letter {
    Mark before;
    std::optional<uint64_t> ticket;  // none: the sink has not taken it yet
  };

  const Mark& Here();

  Mark here_;
  // The checksum of the last record is computed only when someone needs it.
  bool checksum_is_due_ = false;
  std::string last_;  // its key and its value, and whatever longer ones left behind them
  size_t key_size_ = 0;
  size_t value_size_ = 0;
  std::deque<Letter> letters_;
  size_t letters_taken_ = 0;  // of the front ones
};

}  // namespace takt
