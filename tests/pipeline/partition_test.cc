#include "engine/pipeline/partition.h"

#include <string>

#include "gtest/gtest.h"

namespace takt {
namespace {

// Whatever longer records came before, the mark is that of the last one alone.
TEST(Partition, KeepsTheChecksumOfTheLastRecord) {
  Partition partition("crm", "deals", 0);
  int64_t offset = 0;
  for (const size_t key : {0, 3, 40, 7, 0, 32, 33, 1}) {
    for (const size_t value : {5000, 0, 8, 31, 2, 90}) {
      const std::string both(key + value, static_cast<char>('a' + offset % 26));
      Record record;
      record.offset = offset++;
      record.next_offset = offset;
      record.has_key = key != 0;
      if (record.has_key) record.key = absl::string_view(both).substr(0, key);
      record.value = absl::string_view(both).substr(key);
      partition.Passed(record);
      const JournalPosition position = partition.Final("cluster");
      EXPECT_EQ(position.last_offset, record.offset);
      EXPECT_EQ(position.last_checksum, RecordChecksum(record.key, record.value)) << key << value;
    }
  }
}

}  // namespace
}  // namespace takt
