// Dead letters as lines of JSON appended to a file:
//
//   {"source":"crm","topic":"deals.csv","partition":0,"offset":4711,"reason":"missing_time",
//    "detail":"close_date","key":null,"value":"<base64>","headers":[["name","<base64>"]]}
//
// Every text but the base64 is plain ASCII: other bytes stand as \u00XX. A letter is acknowledged when
// it was written and synchronised. A full or failing disk is tried again every half second, for as
// long as it takes; what waits is bounded by kWaitingBytesMax. A line is written whole or taken back;
// one that a crash left half is cut off at the next start.
//
// Several sinks, also of several processes, may append to one file: they lock it for each write, and
// one that finds it locked tries again later.
//
// Threads: as DeadLetters. Owns the descriptor. Errors: Create says why the file cannot be opened.
// Cost: Poll writes and synchronises at most every kWriteEvery, which may take milliseconds.
#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "absl/functional/function_ref.h"
#include "absl/status/statusor.h"
#include "engine/base/clock.h"
#include "engine/pipeline/dead_letters.h"

namespace takt {

class FileDeadLetters final : public DeadLetters {
 public:
  static constexpr size_t kWaitingBytesMax = 64 << 20;
  static constexpr absl::Duration kWriteEvery = absl::Milliseconds(100);

  // `clock` must outlive it.
  static absl::StatusOr<std::unique_ptr<FileDeadLetters>> Create(const std::string& path,
                                                                 Clock& clock);
  ~FileDeadLetters() override;  // what is not acknowledged is lost; call Flush
  FileDeadLetters(const FileDeadLetters&) = delete;
  FileDeadLetters& operator=(const FileDeadLetters&) = delete;

  absl::StatusOr<uint64_t> Send(const DeadLetter& letter) override;
  uint64_t AcknowledgedBelow() const override { return acknowledged_below_; }
  void Poll() override;
  absl::Status Flush(absl::Duration limit) override;

 private:
  FileDeadLetters(std::string path, int descriptor, Clock& clock);

  absl::Status Locked(absl::FunctionRef<absl::Status()> write);
  absl::Status WriteWaiting();
  absl::Status Append();
  absl::Status WriteAndSync();

  const std::string path_;
  const int descriptor_;
  Clock& clock_;
  std::string waiting_;  // whole lines
  uint64_t next_ticket_ = 0;
  uint64_t acknowledged_below_ = 0;
  absl::Duration write_due_;
  absl::Status last_error_;
};

}  // namespace takt
