#include "connectors/file/file_source.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cstdio>
#include <fstream>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "engine/base/bytes.h"

namespace takt {
namespace {

using Strings = std::vector<std::string>;

class FileSourceTest : public testing::Test {
 protected:
  FileSourceTest() : path_(absl::StrCat(testing::TempDir(), "/file_source_", ::getpid())) {}
  ~FileSourceTest() override { std::remove(path_.c_str()); }

  void Write(absl::string_view bytes) {
    std::ofstream(path_, std::ios::binary | std::ios::trunc) << bytes;
  }
  void Append(absl::string_view bytes) {
    std::ofstream(path_, std::ios::binary | std::ios::app) << bytes;
  }
  std::unique_ptr<FileSource> Make(RecordFormat format, bool follow = false) {
    return FileSource::Create({.name = "past", .file = path_, .follow = follow, .format = format},
                              clock_);
  }
  // What one poll without waiting gives; headers after the value.
  Strings Poll(FileSource& source, int records_max = 1000) {
    Strings values;
    status_ = source.Poll(absl::ZeroDuration(), records_max, [&](const Record& record) {
      values.emplace_back(record.value);
      for (const auto& [name, value] : record.headers) {
        absl::StrAppend(&values.back(), " [", name, "=", value, "]");
      }
      last_ = {.topic = std::string(record.topic),
               .next_offset = record.next_offset,
               .last_offset = record.offset,
               .last_checksum = RecordChecksum(record.key, record.value)};
    });
    last_.cluster = source.Cluster();
    return values;
  }

  const std::string path_;
  ManualClock clock_{absl::UnixEpoch()};
  absl::Status status_;
  Position last_;
};

TEST_F(FileSourceTest, AFiniteFileIsFinishedAtItsEnd) {
  Write("{1}\n\n{2}");
  const auto source = Make(RecordFormat::kJson);
  ASSERT_EQ(source->Open({}), absl::OkStatus());
  EXPECT_FALSE(source->Partitions()[0].finished);
  EXPECT_EQ(Poll(*source), Strings({"{1}", "{2}"}));
  const PartitionState state = source->Partitions()[0];
  EXPECT_TRUE(state.finished);
  EXPECT_TRUE(state.idle_by_proof);
  EXPECT_EQ(state.next_offset, 8);
  EXPECT_EQ(Poll(*source), Strings());
  EXPECT_EQ(status_, absl::OkStatus());
}

TEST_F(FileSourceTest, AnEmptyFileIsFinishedAtOnce) {
  Write("");
  const auto source = Make(RecordFormat::kCsv);
  ASSERT_EQ(source->Open({}), absl::OkStatus());
  EXPECT_EQ(Poll(*source), Strings());
  EXPECT_TRUE(source->Partitions()[0].finished);
}

TEST_F(FileSourceTest, RowsBringTheHeaderLine) {
  Write("id,stage\n1,\"a\nb\"\n2,won\n");
  const auto source = Make(RecordFormat::kCsv);
  ASSERT_EQ(source->Open({}), absl::OkStatus());
  EXPECT_EQ(Poll(*source),
            Strings({"1,\"a\nb\" [csv-header=id,stage]", "2,won [csv-header=id,stage]"}));
  EXPECT_EQ(last_.last_offset, 17);
}

TEST_F(FileSourceTest, RowsBringTheHeaderLineAfterARestartToo) {
  Write("id,stage\n1,new\n2,won\n");
  const auto first = Make(RecordFormat::kCsv);
  ASSERT_EQ(first->Open({}), absl::OkStatus());
  ASSERT_EQ(Poll(*first, 1).size(), 1U);
  const auto second = Make(RecordFormat::kCsv);
  ASSERT_EQ(second->Open({last_}), absl::OkStatus());
  EXPECT_EQ(Poll(*second), Strings({"2,won [csv-header=id,stage]"}));
}

TEST_F(FileSourceTest, ALineAboveTheLimitBringsItsBeginningAndTheNextIsWhole) {
  const std::string large(kFileRecordBytesMax + 5000, 'x');
  Write(absl::StrCat("{1}\n", large, "\n{2}\n"));
  const auto source = Make(RecordFormat::kJson);
  ASSERT_EQ(source->Open({}), absl::OkStatus());
  const Strings values = Poll(*source);
  ASSERT_EQ(values.size(), 3U);
  EXPECT_EQ(values[1].size(), RecordSplitter::kBeginningBytes +
                                  absl::string_view(" [takt-too-large=more than 8 MiB]").size());
  EXPECT_TRUE(absl::StrContains(values[1], "x [takt-too-large="));
  EXPECT_EQ(values[2], "{2}");
  EXPECT_EQ(source->Partitions()[0].next_offset, source->Partitions()[0].end_offset);
}

TEST_F(FileSourceTest, AMessageAboveTheLimitBringsItsBeginningAndTheNextIsWhole) {
  std::string bytes;
  ByteWriter(&bytes).Bytes(std::string(kFileRecordBytesMax + 5000, 'x'));
  ByteWriter(&bytes).Bytes("next");
  Write(bytes);
  const auto source = Make(RecordFormat::kProtobuf);
  ASSERT_EQ(source->Open({}), absl::OkStatus());
  const Strings values = Poll(*source);
  ASSERT_EQ(values.size(), 2U);
  EXPECT_TRUE(absl::StrContains(values[0], "x [takt-too-large="));
  EXPECT_EQ(values[1], "next");
}

TEST_F(FileSourceTest, AQuoteThatIsNeverClosedCostsOneRow) {
  std::string rows = "id,note\n1,\"never closed\n";
  for (int i = 2; i < 100; ++i) absl::StrAppend(&rows, i, ",x\n");
  Write(rows);
  const auto source = Make(RecordFormat::kCsv);
  ASSERT_EQ(source->Open({}), absl::OkStatus());
  const Strings values = Poll(*source);
  ASSERT_EQ(values.size(), 99U);
  EXPECT_TRUE(absl::StartsWith(values[0], "1,\"never closed ["));
  EXPECT_TRUE(absl::StartsWith(values[98], "99,x ["));
}

TEST_F(FileSourceTest, AMessageThatTheFileEndsInsideIsMarked) {
  std::string bytes;
  ByteWriter(&bytes).Bytes("whole");
  ByteWriter(&bytes).Bytes("torn off");
  Write(absl::string_view(bytes).substr(0, bytes.size() - 4));
  const auto source = Make(RecordFormat::kProtobuf);
  ASSERT_EQ(source->Open({}), absl::OkStatus());
  EXPECT_EQ(Poll(*source), Strings({"whole", "torn [takt-torn=the file ends inside this record]"}));
  EXPECT_TRUE(source->Partitions()[0].finished);
}

TEST_F(FileSourceTest, WhatIsNoProtobufIsDataLoss) {
  Write(std::string(100, '\xff'));
  const auto source = Make(RecordFormat::kProtobuf);
  ASSERT_EQ(source->Open({}), absl::OkStatus());
  EXPECT_EQ(Poll(*source), Strings());
  EXPECT_TRUE(absl::IsDataLoss(status_)) << status_;
  EXPECT_FALSE(source->Partitions()[0].idle_by_proof);
}

TEST_F(FileSourceTest, AFollowedLineIsWholeOrNotThere) {
  Write("{1}\n{2");
  const auto source = Make(RecordFormat::kJson, /*follow=*/true);
  ASSERT_EQ(source->Open({}), absl::OkStatus());
  EXPECT_EQ(Poll(*source), Strings({"{1}"}));
  EXPECT_EQ(Poll(*source), Strings());
  EXPECT_FALSE(source->Partitions()[0].idle_by_proof) << "half a line is more to come";
  Append("}\n");
  EXPECT_EQ(Poll(*source), Strings({"{2}"}));
  EXPECT_TRUE(source->Partitions()[0].idle_by_proof);
  EXPECT_FALSE(source->Partitions()[0].finished);
}

TEST_F(FileSourceTest, AFollowedFileThatIsCutIsDataLoss) {
  Write("{1}\n{2}\n");
  const auto source = Make(RecordFormat::kJson, /*follow=*/true);
  ASSERT_EQ(source->Open({}), absl::OkStatus());
  ASSERT_EQ(Poll(*source).size(), 2U);
  ASSERT_EQ(::truncate(path_.c_str(), 4), 0);
  EXPECT_EQ(Poll(*source), Strings());
  EXPECT_TRUE(absl::IsDataLoss(status_)) << status_;
  EXPECT_TRUE(absl::StrContains(status_.message(), path_));
}

TEST_F(FileSourceTest, AFollowedFileThatIsReplacedIsReadToItsEndAndThenDataLoss) {
  Write("{1}\n");
  const auto source = Make(RecordFormat::kJson, /*follow=*/true);
  ASSERT_EQ(source->Open({}), absl::OkStatus());
  ASSERT_EQ(Poll(*source).size(), 1U);
  Append("{2}\n");
  const std::string moved = path_ + ".1";
  ASSERT_EQ(std::rename(path_.c_str(), moved.c_str()), 0);
  Write("{3}\n");
  EXPECT_EQ(Poll(*source), Strings({"{2}"}));
  EXPECT_EQ(Poll(*source), Strings());
  EXPECT_TRUE(absl::IsDataLoss(status_)) << status_;
  std::remove(moved.c_str());
}

TEST_F(FileSourceTest, APositionHoldsWhileTheFileGrows) {
  Write("{1}\n");
  const auto first = Make(RecordFormat::kJson);
  ASSERT_EQ(first->Open({}), absl::OkStatus());
  ASSERT_EQ(Poll(*first).size(), 1U);
  Append(absl::StrCat(std::string(10000, ' '), "{2}\n"));
  const auto second = Make(RecordFormat::kJson);
  ASSERT_EQ(second->Open({last_}), absl::OkStatus());
  EXPECT_EQ(Poll(*second).size(), 1U);
}

TEST_F(FileSourceTest, AnotherFileWithTheSameLastRecordIsDataLoss) {
  Write("{1}\n{2}\n");
  const auto first = Make(RecordFormat::kJson);
  ASSERT_EQ(first->Open({}), absl::OkStatus());
  ASSERT_EQ(Poll(*first).size(), 2U);
  Write("{9}\n{2}\n{3}\n");
  const auto second = Make(RecordFormat::kJson);
  const absl::Status status = second->Open({last_});
  EXPECT_TRUE(absl::IsDataLoss(status));
  EXPECT_TRUE(absl::StrContains(status.message(), "read on from byte 8:")) << status;
}

TEST_F(FileSourceTest, AMissingFileIsNamed) {
  const auto source = Make(RecordFormat::kJson);
  const absl::Status status = source->Open({});
  EXPECT_TRUE(absl::IsNotFound(status)) << status;
  EXPECT_TRUE(absl::StrContains(status.message(), path_)) << status;
}

TEST_F(FileSourceTest, AFileToBeFollowedMayComeLater) {
  const auto source = FileSource::Create({.name = "past", .file = path_, .follow = true}, clock_);
  EXPECT_TRUE(absl::IsUnavailable(source->Open({})));
  Write("{1}\n");
  ASSERT_EQ(source->Open({}), absl::OkStatus());
  EXPECT_EQ(Poll(*source).size(), 1U);
}

TEST_F(FileSourceTest, AFolderIsNoFile) {
  const auto source = FileSource::Create({.name = "past", .file = testing::TempDir()}, clock_);
  EXPECT_TRUE(absl::IsInvalidArgument(source->Open({})));
}

TEST_F(FileSourceTest, APipeIsReadAsItComesAndFinishedWhenItIsClosed) {
  ASSERT_EQ(::mkfifo(path_.c_str(), 0600), 0);
  // Both ends, so that opening the reading one does not wait.
  const int keep = ::open(path_.c_str(), O_RDWR);
  const int writer = ::open(path_.c_str(), O_WRONLY);
  const auto source = Make(RecordFormat::kJson);
  ASSERT_EQ(source->Open({}), absl::OkStatus());
  ::close(keep);
  EXPECT_EQ(Poll(*source), Strings());
  ASSERT_EQ(::write(writer, "{1}\n{2", 6), 6);
  EXPECT_EQ(Poll(*source), Strings({"{1}"}));
  EXPECT_FALSE(source->Partitions()[0].finished);
  ::close(writer);
  EXPECT_EQ(Poll(*source), Strings({"{2"}));
  EXPECT_TRUE(source->Partitions()[0].finished);
}

TEST_F(FileSourceTest, APipeThatNobodyWritesToYetHoldsNothingUp) {
  ASSERT_EQ(::mkfifo(path_.c_str(), 0600), 0);
  const auto source = Make(RecordFormat::kJson);
  ASSERT_EQ(source->Open({}), absl::OkStatus());
  EXPECT_EQ(Poll(*source), Strings());
  EXPECT_FALSE(source->Partitions()[0].finished);
  const int writer = ::open(path_.c_str(), O_WRONLY);
  ASSERT_EQ(::write(writer, "{1}\n", 4), 4);
  EXPECT_EQ(Poll(*source), Strings({"{1}"}));
  ::close(writer);
  EXPECT_EQ(Poll(*source), Strings());
  EXPECT_TRUE(source->Partitions()[0].finished);
}

}  // namespace
}  // namespace takt
