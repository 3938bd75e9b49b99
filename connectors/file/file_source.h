// A file of records as a Source with one partition: JSON lines, CSV with a header line, or Protobuf
// messages each behind its varint length. Read to its end and finished, or followed as it grows. The
// path "-" is the standard input; it, and any pipe, is read once and cannot be positioned.
//
// A record's offset is that of its first byte (with framing), its topic the path as configured. Rows
// of CSV bring the header line in the header kCsvHeader. Lines without a character are no records. A
// record above kFileRecordBytesMax brings its first 64 KiB and kTooLargeHeader; one that a finished
// file ends inside brings kTornHeader. Record times are unknown (0), so that events are compared with
// the wall clock.
//
// Positions are tied to the file by the hash of its first bytes (at most 4 KiB, of those read), which
// stays as the file grows and moves with it from machine to machine, and by the checksum of the last
// record read. A file that is another one, is shorter than it was read, or is replaced while it is
// followed is DataLoss. The standard input has no identity: what comes is new, and its offsets go on
// from the position.
//
// Threads: as Source. Owns the descriptor and at most about 8.5 MiB. Errors: NotFound
// (Unavailable for a file to be followed: it may come yet, and Open may be called again) and
// PermissionDenied from Open, with the path; Unavailable while reads fail; DataLoss. Cost: one read
// per 256 KiB, no copy per record.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "connectors/file/record_splitter.h"
#include "engine/base/clock.h"
#include "engine/pipeline/source.h"
#include "engine/settings/settings.h"

namespace takt {

inline constexpr absl::string_view kCsvHeader = "csv-header";

class FileSource final : public Source {
 public:
  // Uses name, file, follow and format. Opens nothing. `clock` must outlive it.
  static std::unique_ptr<FileSource> Create(const SourceSettings& settings, Clock& clock);
  ~FileSource() override;

  const std::string& name() const override { return name_; }
  absl::Status Open(const std::vector<Position>& positions) override;
  absl::Status Poll(absl::Duration wait, int records_max, const RecordCallback& callback) override;
  std::vector<PartitionState> Partitions() const override;
  std::string Cluster() const override;

 private:
  FileSource(const SourceSettings& settings, Clock& clock);

  absl::Status OpenDescriptor();
  absl::Status ReadCsvHeader();
  absl::Status GoTo(const Position& position);
  absl::Status CompareBeginning(const std::string& cluster);
  absl::Status CompareLastRecord(const Position& position);
  absl::Status Seek(int64_t offset);
  absl::Status Lost(absl::string_view what) const;

  // Hands out the records that are there. Sets `delivered`.
  absl::Status Drain(int records_max, const RecordCallback& callback, int& delivered);
  // The next record into record_; false when it is not there (yet).
  absl::StatusOr<bool> Next();
  absl::StatusOr<bool> NextBeginning();
  void Show(const FoundRecord& found);
  bool TakeHeaderLine(const FoundRecord& found);
  enum class Filled : uint8_t { kBytes, kNothingYet, kEnd };
  absl::StatusOr<Filled> Fill();
  absl::string_view Window() const;
  void Consume(uint64_t size);
  void Await(absl::Duration limit);
  absl::Status CheckStillThere();
  int64_t SizeNow() const;

  const std::string name_;
  const std::string path_;
  const bool follow_;
  const RecordFormat format_;
  Clock& clock_;
  const std::unique_ptr<RecordSplitter> splitter_;

  int descriptor_ = -1;
  bool seekable_ = false;
  std::string buffer_;  // bytes read; those before cursor_ are consumed
  size_t cursor_ = 0;
  int64_t offset_ = 0;                 // in the file, of the byte at cursor_
  std::optional<int64_t> goes_on_at_;  // while a place to go on from is looked for: that place
  int64_t read_at_ = 0;                // in the file, of the next byte that will be read
  uint64_t to_skip_ = 0;               // bytes of a record that was handed out already
  std::string beginning_;              // first bytes of the file, for its identity
  std::string csv_header_;
  bool header_taken_ = false;
  // A line that is too large: its first bytes are kept, the rest is passed over up to the line end.
  std::string large_;
  uint64_t large_size_ = 0;
  bool at_end_ = false;  // of a file that does not grow
  bool finished_ = false;
  absl::Status final_;

  Record record_;
  std::string shown_large_;  // what record_ shows of one
};

}  // namespace takt
