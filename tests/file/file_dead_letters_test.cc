#include "connectors/file/file_dead_letters.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <signal.h>
#include <sys/file.h>
#include <sys/resource.h>
#include <unistd.h>

#include <cstdio>
#include <fstream>
#include <sstream>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"

namespace takt {
namespace {

class FileDeadLettersTest : public testing::Test {
 protected:
  FileDeadLettersTest() : path_(absl::StrCat(testing::TempDir(), "/dead_", ::getpid())) {}
  ~FileDeadLettersTest() override { std::remove(path_.c_str()); }

  std::unique_ptr<FileDeadLetters> Make() { return *FileDeadLetters::Create(path_, clock_); }
  absl::StatusOr<uint64_t> Send(DeadLetters& sink, absl::string_view value) {
    Record record;
    record.topic = "deals.csv";
    record.offset = offset_++;
    record.has_value = true;
    record.value = value;
    return sink.Send({"past", record, {Reason::kMalformed, "at \"x\"\n"}});
  }
  std::string Content() const {
    std::ostringstream content;
    content << std::ifstream(path_).rdbuf();
    return content.str();
  }
  size_t Lines() const {
    const std::string content = Content();
    return static_cast<size_t>(std::count(content.begin(), content.end(), '\n'));
  }

  const std::string path_;
  ManualClock clock_{absl::UnixEpoch()};
  int64_t offset_ = 0;
};

// While it lives, files of this process cannot grow beyond `bytes`, as on a full disk.
class FullDisk {
 public:
  explicit FullDisk(rlim_t bytes) {
    ::signal(SIGXFSZ, SIG_IGN);
    ::getrlimit(RLIMIT_FSIZE, &before_);
    rlimit limit = before_;
    limit.rlim_cur = bytes;
    ::setrlimit(RLIMIT_FSIZE, &limit);
  }
  ~FullDisk() { ::setrlimit(RLIMIT_FSIZE, &before_); }

 private:
  rlimit before_;
};

TEST_F(FileDeadLettersTest, WritesOneLineWithAllThatTheRecordHad) {
  const auto sink = Make();
  Record record;
  record.topic = "d\xc3\xa9j\x01";
  record.partition = 2;
  record.offset = 41;
  record.has_key = record.has_value = true;
  record.key = "k";
  record.value = absl::string_view("\x00\xff", 2);
  record.headers = {{"h", "1"}, {"i", ""}};
  ASSERT_TRUE(sink->Send({"past", record, {Reason::kBadTime, "\"x\"\\\n"}}).ok());
  ASSERT_EQ(sink->Flush(absl::Seconds(1)), absl::OkStatus());
  EXPECT_EQ(Content(),
            "{\"source\":\"past\",\"topic\":\"d\\u00c3\\u00a9j\\u0001\",\"partition\":2,"
            "\"offset\":41,\"reason\":\"bad_time\",\"detail\":\"\\\"x\\\"\\\\\\u000a\","
            "\"key\":\"aw==\",\"value\":\"AP8=\",\"headers\":[[\"h\",\"MQ==\"],[\"i\",\"\"]]}\n");
}

TEST_F(FileDeadLettersTest, ATombstoneHasNullForItsValue) {
  const auto sink = Make();
  Record record;
  ASSERT_TRUE(sink->Send({"past", record, {Reason::kEmptyValue, ""}}).ok());
  ASSERT_EQ(sink->Flush(absl::Seconds(1)), absl::OkStatus());
  EXPECT_NE(Content().find("\"key\":null,\"value\":null,\"headers\":[]"), std::string::npos);
}

TEST_F(FileDeadLettersTest, AcknowledgesWhatIsWrittenAndNotBefore) {
  const auto sink = Make();
  EXPECT_EQ(*Send(*sink, "a"), 0U);
  EXPECT_EQ(*Send(*sink, "b"), 1U);
  EXPECT_EQ(sink->AcknowledgedBelow(), 0U);
  sink->Poll();
  EXPECT_EQ(sink->AcknowledgedBelow(), 2U);
  EXPECT_EQ(*Send(*sink, "c"), 2U);
  sink->Poll();
  EXPECT_EQ(sink->AcknowledgedBelow(), 2U) << "not again so soon";
  clock_.Advance(FileDeadLetters::kWriteEvery);
  sink->Poll();
  EXPECT_EQ(sink->AcknowledgedBelow(), 3U);
}

TEST_F(FileDeadLettersTest, AFullDiskKeepsWholeLinesAndIsTriedAgain) {
  const auto sink = Make();
  ASSERT_TRUE(Send(*sink, "first").ok());
  ASSERT_EQ(sink->Flush(absl::Seconds(1)), absl::OkStatus());
  const std::string before = Content();
  {
    const FullDisk full(before.size() + 10);
    ASSERT_TRUE(Send(*sink, "second").ok());
    EXPECT_TRUE(absl::IsUnavailable(sink->Flush(absl::ZeroDuration())));
    EXPECT_EQ(Content(), before) << "no half line is left";
    EXPECT_EQ(sink->AcknowledgedBelow(), 1U);
  }
  clock_.Advance(absl::Seconds(1));
  sink->Poll();
  EXPECT_EQ(sink->AcknowledgedBelow(), 2U);
  EXPECT_EQ(Lines(), 2U);
}

TEST_F(FileDeadLettersTest, WhatWaitsIsBounded) {
  const auto sink = Make();
  ASSERT_TRUE(Send(*sink, "first").ok());
  const FullDisk full(10);
  const std::string value(8 << 20, 'x');
  absl::StatusOr<uint64_t> ticket;
  int taken = 0;
  for (ticket = Send(*sink, value); ticket.ok() && taken < 20; ticket = Send(*sink, value)) ++taken;
  EXPECT_TRUE(absl::IsResourceExhausted(ticket.status())) << ticket.status();
  EXPECT_EQ(taken, 5) << "base64 makes 10.7 MiB of 8";
  EXPECT_EQ(sink->AcknowledgedBelow(), 0U);
}

TEST_F(FileDeadLettersTest, CutsOffTheHalfLineOfACrash) {
  std::ofstream(path_) << "{\"source\":\"past\"}\n{\"source\":\"pa";
  const auto sink = Make();
  EXPECT_EQ(Content(), "{\"source\":\"past\"}\n");
}

TEST_F(FileDeadLettersTest, EndsTheLineOfAStranger) {
  std::ofstream(path_) << "notes";
  const auto sink = Make();
  EXPECT_EQ(Content(), "notes\n");
}

TEST_F(FileDeadLettersTest, TwoSinksShareAFile) {
  const auto first = Make();
  const auto second = Make();
  for (int i = 0; i < 10; ++i) {
    ASSERT_TRUE(Send(i % 2 == 0 ? *first : *second, "x").ok());
    ASSERT_EQ(first->Flush(absl::Seconds(1)), absl::OkStatus());
    ASSERT_EQ(second->Flush(absl::Seconds(1)), absl::OkStatus());
  }
  EXPECT_EQ(Lines(), 10U);
}

TEST_F(FileDeadLettersTest, ALockThatAnotherHoldsIsNotWaitedFor) {
  const int other = ::open(path_.c_str(), O_RDWR | O_CREAT, 0600);
  ASSERT_EQ(::flock(other, LOCK_EX), 0);
  const auto sink = Make();
  ASSERT_TRUE(Send(*sink, "x").ok());
  const absl::Status flushed = sink->Flush(absl::ZeroDuration());
  EXPECT_NE(flushed.message().find("locked by another"), std::string::npos) << flushed;
  EXPECT_EQ(sink->AcknowledgedBelow(), 0U);
  ::close(other);
  EXPECT_EQ(sink->Flush(absl::Seconds(1)), absl::OkStatus());
  EXPECT_EQ(sink->AcknowledgedBelow(), 1U);
}

TEST_F(FileDeadLettersTest, WhatCannotBeSynchronisedIsAcknowledgedWhenWritten) {
  const auto sink = FileDeadLetters::Create("/dev/null", clock_);
  ASSERT_TRUE(sink.ok()) << sink.status();
  ASSERT_TRUE(Send(**sink, "x").ok());
  EXPECT_EQ((*sink)->Flush(absl::Seconds(1)), absl::OkStatus());
  EXPECT_EQ((*sink)->AcknowledgedBelow(), 1U);
}

TEST_F(FileDeadLettersTest, AFolderThatIsNotThereIsNamed) {
  const auto sink = FileDeadLetters::Create("/nowhere/dead.jsonl", clock_);
  EXPECT_TRUE(absl::IsNotFound(sink.status())) << sink.status();
  EXPECT_NE(sink.status().message().find("/nowhere/dead.jsonl"), std::string::npos);
}

}  // namespace
}  // namespace takt
