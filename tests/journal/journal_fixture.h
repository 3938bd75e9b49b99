// What the journal's tests share: a small dictionary, changes, and a whole journal read back as text.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "engine/base/bytes.h"
#include "engine/base/clock.h"
#include "engine/journal/journal.h"
#include "engine/journal/memory_files.h"
#include "engine/model/change_codec.h"

namespace takt {

inline JournalDictionary DealDictionary() {
  return {.currency = "EUR",
          .decimals = 2,
          .objects = {{.name = "deal",
                       .fields = {{"stage", FieldType::kText}, {"amount", FieldType::kMoney}}}}};
}

inline std::string EncodedDeal(absl::string_view id, absl::string_view stage, int64_t minor_units) {
  Change change;
  change.id = id;
  change.time = {1767225600000000};
  change.fields = {{0, Value::Text(stage)}, {1, Value::Integer(minor_units)}};
  std::string bytes;
  EncodeChange(change, &bytes);
  return bytes;
}

inline JournalPosition PositionAt(int64_t next_offset, int32_t partition = 0) {
  return {.source = "crm",
          .topic = "deals",
          .partition = partition,
          .cluster = "c1",
          .next_offset = next_offset,
          .last_offset = next_offset - 1,
          .last_checksum = static_cast<uint64_t>(next_offset) * 7};
}

struct ReadBack {
  absl::Status status;
  std::vector<std::string> ids;  // of the changes, in order
  std::vector<JournalPosition> positions;
  std::string cut_message;
};

// A journal in memory that lives through restarts.
class JournalFixture {
 public:
  // Opens and replays; what was open before is dropped as by a crash of the process.
  ReadBack Restart(const JournalDictionary& dictionary = DealDictionary()) {
    journal_.reset();
    files_ = std::make_unique<MemoryJournalFiles>(disk_);
    auto opened = Journal::Open(*files_, dictionary, options_, clock_);
    ReadBack back;
    if (!opened.ok()) {
      back.status = opened.status();
      return back;
    }
    journal_ = *std::move(opened);
    ReplayedBlock block;
    while (true) {
      const absl::StatusOr<bool> more = journal_->ReplayNext(&block);
      back.status = more.status();
      if (!more.ok() || !*more) break;
      ByteReader reader(block.changes);
      Change change;
      while (!reader.AtEnd() && DecodeChange(reader, &change)) back.ids.emplace_back(change.id);
    }
    back.positions = journal_->Positions();
    back.cut_message = journal_->CutMessage();
    return back;
  }

  absl::Status AppendDeal(int number) {
    const std::string bytes = EncodedDeal(absl::StrCat("D", number), "won", 100 * number);
    const std::vector<JournalPosition> positions = {PositionAt(number + 1)};
    const std::vector<absl::string_view> pieces = {bytes};
    return journal_->Append({positions, pieces, 1});
  }

  Journal& journal() { return *journal_; }
  MemoryDisk& disk() { return *disk_; }
  std::shared_ptr<MemoryDisk> shared_disk() { return disk_; }
  ManualClock& clock() { return clock_; }
  JournalOptions& options() { return options_; }

 private:
  std::shared_ptr<MemoryDisk> disk_ = std::make_shared<MemoryDisk>();
  ManualClock clock_{absl::FromUnixSeconds(1767225600)};
  JournalOptions options_;
  std::unique_ptr<MemoryJournalFiles> files_;
  std::unique_ptr<Journal> journal_;
};

}  // namespace takt
