#include <unistd.h>

#include <cstdio>
#include <fstream>

#include "absl/strings/str_cat.h"
#include "connectors/csv/csv_row.h"
#include "connectors/file/file_source.h"
#include "engine/base/bytes.h"
#include "tests/source_contract/memory_source.h"
#include "tests/source_contract/mock_kafka_world.h"
#include "tests/source_contract/source_contract.h"

namespace takt {
namespace {

class MemoryWorld final : public SourceWorld {
 public:
  SourceAbilities abilities() const override {
    return {.partitions = 3,
            .keys_and_headers = true,
            .goes_away = true,
            .adds_partitions = true,
            .removes_beginning = true};
  }
  std::unique_ptr<Source> MakeSource() override {
    return std::make_unique<InMemorySource>("memory", topic_);
  }
  void Append(int partition, const ContractRecord& record) override {
    InMemoryRecord stored = {.key = record.key, .headers = record.headers};
    if (!record.tombstone) stored.value = record.value;
    topic_.Append(partition, std::move(stored));
  }
  void Recreate() override { topic_.Recreate(); }
  void SetAway(bool away) override { topic_.SetAway(away); }
  void AddPartition() override { topic_.AddPartition(); }
  void RemoveBelow(int partition, int64_t offset) override {
    topic_.RemoveBelow(partition, offset);
  }

 private:
  InMemoryTopic topic_{"topic", 3};
};

// A file that is followed.
class FileWorld final : public SourceWorld {
 public:
  explicit FileWorld(RecordFormat format)
      : format_(format), path_(absl::StrCat(testing::TempDir(), "/source_contract_", ::getpid())) {
    Recreate();
  }
  ~FileWorld() override { std::remove(path_.c_str()); }

  SourceAbilities abilities() const override { return {}; }
  std::unique_ptr<Source> MakeSource() override {
    return FileSource::Create({.name = "file", .file = path_, .follow = true, .format = format_},
                              clock_);
  }
  void Append(int /*partition*/, const ContractRecord& record) override {
    std::string bytes;
    if (format_ == RecordFormat::kProtobuf) {
      ByteWriter(&bytes).Bytes(record.value);
    } else {
      bytes = record.value + "\n";
    }
    std::ofstream(path_, std::ios::app | std::ios::binary) << bytes;
  }
  void Recreate() override {
    std::ofstream(path_, std::ios::trunc) << (format_ == RecordFormat::kCsv ? "id,stage\n" : "");
  }

 private:
  const RecordFormat format_;
  const std::string path_;
  SystemClock clock_;
};

INSTANTIATE_TEST_SUITE_P(
    Sources, SourceContract,
    testing::Values(
        SourceWorldMaker{"Memory", [] { return std::make_unique<MemoryWorld>(); }},
        SourceWorldMaker{"MockKafka", [] { return std::make_unique<MockKafkaWorld>(); }},
        SourceWorldMaker{"JsonFile",
                         [] { return std::make_unique<FileWorld>(RecordFormat::kJson); }},
        SourceWorldMaker{"CsvFile", [] { return std::make_unique<FileWorld>(RecordFormat::kCsv); }},
        SourceWorldMaker{"ProtobufFile",
                         [] { return std::make_unique<FileWorld>(RecordFormat::kProtobuf); }}),
    SourceWorldName);

// The two folders may not know each other.
static_assert(kCsvHeader == kCsvHeaderName);

}  // namespace
}  // namespace takt
