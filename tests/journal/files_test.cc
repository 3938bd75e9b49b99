// The contract of JournalFiles, for both implementations, and what only a real folder has.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <sys/stat.h>
#include <unistd.h>

#include <fstream>
#include <functional>

#include "absl/strings/str_cat.h"
#include "engine/journal/files.h"
#include "engine/journal/memory_files.h"
#include "engine/journal/overlay_files.h"
#include "engine/journal/scan.h"

namespace takt {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

std::string NewFolder() {
  std::string path = ::testing::TempDir() + "takt-journal-XXXXXX";
  EXPECT_NE(mkdtemp(path.data()), nullptr);
  return path;
}

struct Maker {
  std::string name;
  std::function<std::unique_ptr<JournalFiles>()> make;
};

void PrintTo(const Maker& maker, std::ostream* out) { *out << maker.name; }

class FilesTest : public ::testing::TestWithParam<Maker> {
 protected:
  void SetUp() override {
    files_ = GetParam().make();
    ASSERT_NE(files_, nullptr);
  }
  std::string Content(const std::string& name) {
    std::string bytes;
    EXPECT_TRUE(files_->Read(name, 0, 1000, &bytes).ok());
    return bytes;
  }
  std::unique_ptr<JournalFiles> files_;
};

TEST_P(FilesTest, AppendsStandOneBehindTheOtherAlsoAfterOpeningAgain) {
  {
    auto file = files_->OpenForAppend("a");
    ASSERT_TRUE(file.ok());
    EXPECT_TRUE((*file)->Append({"one", "", "two"}).ok());
    EXPECT_TRUE((*file)->Sync().ok());
  }
  auto file = files_->OpenForAppend("a");
  ASSERT_TRUE(file.ok());
  EXPECT_TRUE((*file)->Append({"three"}).ok());
  EXPECT_EQ(Content("a"), "onetwothree");
  EXPECT_EQ(*files_->SizeBytes("a"), 11u);
}

TEST_P(FilesTest, ManyPiecesAreWrittenInOrder) {
  auto file = files_->OpenForAppend("a");
  std::vector<std::string> texts;
  std::string expected;
  for (int i = 0; i < 200; ++i) expected += texts.emplace_back(absl::StrCat(i, ","));
  const std::vector<absl::string_view> pieces(texts.begin(), texts.end());
  ASSERT_TRUE((*file)->Append(pieces).ok());
  EXPECT_EQ(Content("a"), expected);
}

TEST_P(FilesTest, TruncationCutsAndAppendingGoesOnThere) {
  auto file = files_->OpenForAppend("a");
  ASSERT_TRUE((*file)->Append({"onetwo"}).ok());
  ASSERT_TRUE((*file)->Truncate(3).ok());
  ASSERT_TRUE((*file)->Append({"four"}).ok());
  EXPECT_EQ(Content("a"), "onefour");
}

TEST_P(FilesTest, ReadingBehindTheEndGivesLess) {
  auto file = files_->OpenForAppend("a");
  ASSERT_TRUE((*file)->Append({"onetwo"}).ok());
  std::string bytes;
  ASSERT_TRUE(files_->Read("a", 4, 10, &bytes).ok());
  EXPECT_EQ(bytes, "wo");
  ASSERT_TRUE(files_->Read("a", 40, 10, &bytes).ok());
  EXPECT_EQ(bytes, "");
}

TEST_P(FilesTest, FilesAreListedRenamedAndRemoved) {
  for (const char* name : {"b", "a", "c"}) ASSERT_TRUE(files_->OpenForAppend(name).ok());
  ASSERT_TRUE(files_->Remove("c").ok());
  ASSERT_TRUE(files_->Rename("b", "d").ok());
  ASSERT_TRUE(files_->SyncFolder().ok());
  EXPECT_THAT(*files_->List(), ElementsAre("a", "d"));
}

TEST_P(FilesTest, AFileThatIsNotThereIsAnError) {
  std::string bytes;
  EXPECT_FALSE(files_->Read("none", 0, 1, &bytes).ok());
  EXPECT_FALSE(files_->SizeBytes("none").ok());
}

INSTANTIATE_TEST_SUITE_P(All, FilesTest,
                         ::testing::Values(Maker{"Posix",
                                                 [] {
                                                   auto files = OpenJournalFolder(NewFolder());
                                                   return files.ok() ? *std::move(files) : nullptr;
                                                 }},
                                           Maker{"Memory",
                                                 [] {
                                                   return std::make_unique<MemoryJournalFiles>(
                                                       std::make_shared<MemoryDisk>());
                                                 }},
                                           Maker{"Overlay",
                                                 [] {
                                                   return std::make_unique<OverlayJournalFiles>(
                                                       *OpenJournalForReading(NewFolder()));
                                                 }}),
                         [](const auto& info) { return info.param.name; });

// A disk's files through an overlay, and then the disk.
class OverlayTest : public ::testing::Test {
 protected:
  OverlayTest() { disk_->Put("a", "one"), disk_->Put("b", "two"); }
  std::string Content(const std::string& name) {
    std::string bytes;
    EXPECT_TRUE(overlay_.Read(name, 0, 1000, &bytes).ok());
    return bytes;
  }
  std::shared_ptr<MemoryDisk> disk_ = std::make_shared<MemoryDisk>();
  OverlayJournalFiles overlay_{std::make_unique<MemoryJournalFiles>(disk_)};
};

TEST_F(OverlayTest, ShowsWhatIsBelowAndWhatWasWritten) {
  auto file = overlay_.OpenForAppend("a");
  ASSERT_TRUE(file.ok() && (*file)->Append({"more"}).ok() && (*file)->Sync().ok());
  ASSERT_TRUE(overlay_.OpenForAppend("c").ok());
  EXPECT_EQ(Content("a"), "onemore");
  EXPECT_EQ(*overlay_.SizeBytes("a"), 7u);
  EXPECT_EQ(Content("b"), "two");
  EXPECT_THAT(*overlay_.List(), ElementsAre("a", "b", "c"));
  ASSERT_TRUE((*file)->Truncate(1).ok());
  EXPECT_EQ(Content("a"), "o");
}

TEST_F(OverlayTest, RemovalsAndRenamesHideWhatIsBelow) {
  ASSERT_TRUE(overlay_.Remove("a").ok());
  ASSERT_TRUE(overlay_.Rename("b", "c").ok());
  EXPECT_THAT(*overlay_.List(), ElementsAre("c"));
  EXPECT_EQ(Content("c"), "two");
  EXPECT_FALSE(overlay_.SizeBytes("a").ok());
  ASSERT_TRUE(overlay_.OpenForAppend("a").ok());
  EXPECT_EQ(Content("a"), "");
}

TEST_F(OverlayTest, NothingBelowIsChanged) {
  const auto before = disk_->Files();
  ASSERT_TRUE((*overlay_.OpenForAppend("a"))->Append({"more"}).ok());
  ASSERT_TRUE(overlay_.Remove("a").ok());
  ASSERT_TRUE(overlay_.Rename("b", "c").ok());
  ASSERT_TRUE(overlay_.SyncFolder().ok());
  EXPECT_EQ(disk_->Files(), before);
}

TEST(JournalFolderTest, SaysWhetherAnEngineHoldsIt) {
  const std::string path = NewFolder();
  EXPECT_FALSE(IsJournalInUse(path));
  {
    auto files = OpenJournalFolder(path);
    ASSERT_TRUE(files.ok());
    EXPECT_TRUE(IsJournalInUse(path));
  }
  EXPECT_FALSE(IsJournalInUse(path));
  EXPECT_FALSE(IsJournalInUse(path + "/none"));
}

TEST(JournalFolderTest, TwoEnginesCannotShareAFolder) {
  const std::string path = NewFolder();
  {
    auto first = OpenJournalFolder(path);
    ASSERT_TRUE(first.ok());
    const absl::Status second = OpenJournalFolder(path).status();
    EXPECT_EQ(second.code(), absl::StatusCode::kFailedPrecondition);
    EXPECT_THAT(std::string(second.message()), HasSubstr("another engine is using it"));
  }
  EXPECT_TRUE(OpenJournalFolder(path).ok()) << "the lock goes with its owner";
}

TEST(JournalFolderTest, AMissingFolderIsMadeAndAMissingParentIsAnError) {
  const std::string path = NewFolder();
  EXPECT_TRUE(OpenJournalFolder(path + "/made").ok());
  EXPECT_EQ(OpenJournalFolder(path + "/no/way").status().code(),
            absl::StatusCode::kFailedPrecondition);
}

TEST(JournalFolderTest, AFileIsNoFolder) {
  const std::string path = NewFolder() + "/file";
  std::ofstream(path) << "x";
  const absl::Status status = OpenJournalFolder(path).status();
  EXPECT_EQ(status.code(), absl::StatusCode::kFailedPrecondition);
  EXPECT_THAT(std::string(status.message()), HasSubstr("not a folder"));
}

TEST(JournalFolderTest, WhatIsNoRegularFileIsToldAndNotWaitedFor) {
  const std::string path = NewFolder();
  ASSERT_EQ(mkfifo((path + "/pipe").c_str(), 0600), 0);
  ASSERT_EQ(mkdir((path + "/folder").c_str(), 0700), 0);
  ASSERT_EQ(symlink("/dev/zero", (path + "/device").c_str()), 0);
  auto files = OpenJournalFolder(path);
  ASSERT_TRUE(files.ok());
  for (const std::string name : {"pipe", "folder", "device"}) {
    const absl::Status status = (*files)->SizeBytes(name).status();
    EXPECT_EQ(status.code(), absl::StatusCode::kFailedPrecondition) << name;
    EXPECT_THAT(std::string(status.message()), HasSubstr(name + " is no regular file"));
  }
}

TEST(JournalFolderTest, AFolderThatCannotBeWrittenIsRefused) {
  // Nobody makes files there, root neither.
  const absl::Status status = OpenJournalFolder("/proc/self").status();
  EXPECT_EQ(status.code(), absl::StatusCode::kFailedPrecondition);
  EXPECT_THAT(std::string(status.message()), HasSubstr("engine.journal"));
}

}  // namespace
}  // namespace takt
