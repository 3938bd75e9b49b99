// Reads the blocks of one segment in order, in pieces, and judges what stands where no valid block does.
//
// A crash leaves a torn tail: bytes that were on their way and never promised. Damage is something
// else: bytes that were safe once and are not any more. Every block says how much of its segment was
// known to be safe when it was written, so the two can be told apart: where a valid block further on
// says that the broken place had been safe, it is damage.
//
// Threads: one owner; `files` must outlive it. Cost: one pass, a buffer of 8 MiB or one block.
#pragma once

#include <cstdint>
#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "engine/journal/files.h"

namespace takt {

class SegmentReader {
 public:
  enum class Step : uint8_t { kBlock, kEnd, kBroken };

  SegmentReader(JournalFiles& files, std::string name, uint64_t size_bytes)
      : files_(files), name_(std::move(name)), size_bytes_(size_bytes) {}

  // kBlock: `body` is the next block's and lives until the next call. kEnd: the file ends with a whole
  // block. kBroken: at offset() no valid block begins. Errors are the file system's.
  absl::StatusOr<Step> Next(absl::string_view* body);

  // After kBroken: whether what stands at offset() was safe on disk once.
  absl::StatusOr<bool> WasSafe() const;

  const std::string& name() const { return name_; }
  uint64_t size_bytes() const { return size_bytes_; }
  uint64_t offset() const { return offset_; }              // where the next block begins
  uint64_t block_offset() const { return block_offset_; }  // where the last one began

 private:
  // Bytes of the file from offset() on that are in memory.
  absl::string_view Window() const;

  JournalFiles& files_;
  const std::string name_;
  const uint64_t size_bytes_;
  uint64_t offset_ = 0;
  uint64_t block_offset_ = 0;
  uint64_t buffer_offset_ = 0;  // of the buffer's first byte in the file
  std::string buffer_;
};

}  // namespace takt
