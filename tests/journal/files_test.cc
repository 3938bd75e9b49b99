// The contract of JournalFiles, for both implementations, and what only a real folder has.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <fstream>
#include <functional>

#include "absl/strings/str_cat.h"
#include "engine/journal/files.h"
#include "engine/journal/memory_files.h"

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
                                                 }}),
                         [](const auto& info) { return info.param.name; });

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

TEST(JournalFolderTest, AFolderThatCannotBeWrittenIsRefused) {
  // Nobody makes files there, root neither.
  const absl::Status status = OpenJournalFolder("/proc/self").status();
  EXPECT_EQ(status.code(), absl::StatusCode::kFailedPrecondition);
  EXPECT_THAT(std::string(status.message()), HasSubstr("engine.journal"));
}

}  // namespace
}  // namespace takt
