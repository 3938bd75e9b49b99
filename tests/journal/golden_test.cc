// Journals of every released version load for ever. A golden file is written once, by the version that
// it is named after, and never again: a failure here means that a format changed without a new version.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <iterator>

#include "tests/journal/journal_fixture.h"

namespace takt {
namespace {

using ::testing::ElementsAre;
using ::testing::UnorderedElementsAre;

constexpr char kFirst[] = "0000000001.journal";

std::string Golden(const std::string& name) {
  std::ifstream file("tests/journal/golden/" + name, std::ios::binary);
  EXPECT_TRUE(file.good()) << name;
  return std::string(std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>());
}

// Every section and every kind of value once.
std::string Everything() {
  Change change;
  change.kind = ChangeKind::kRecord;
  change.id = "D-ünï";
  change.time = {1767225600123456};
  change.order = {12, 3};
  change.identity = 0x0123456789abcdef;
  change.fields = {{0, Value::Null()}, {1, Value::Integer(-1999)}};
  std::string bytes;
  EncodeChange(change, &bytes);
  return bytes;
}

class GoldenTest : public ::testing::Test, protected JournalFixture {
 protected:
  void WriteAll() {
    ASSERT_TRUE(Restart().status.ok());
    ASSERT_TRUE(AppendDeal(0).ok());
    ASSERT_TRUE(journal().Sync().ok());
    const std::string bytes = Everything();
    const std::vector<JournalPosition> positions = {PositionAt(77, 2)};
    const std::vector<absl::string_view> pieces = {bytes, bytes};
    ASSERT_TRUE(journal().Append({positions, pieces, 2, 1767225600}).ok());
    JournalDictionary wider = DealDictionary();
    wider.objects[0].fields.push_back({"signed", FieldType::kTime});
    ASSERT_TRUE(Restart(wider).status.ok());
    ASSERT_TRUE(AppendDeal(1).ok());
  }
};

TEST_F(GoldenTest, VersionOneLoads) {
  disk().Put(kFirst, Golden("v1.journal"));
  const ReadBack back = Restart();
  ASSERT_TRUE(back.status.ok()) << back.status;
  EXPECT_THAT(back.ids, ElementsAre("D0", "D-ünï", "D-ünï", "D1"));
  EXPECT_THAT(back.positions, UnorderedElementsAre(PositionAt(2), PositionAt(77, 2)));
  EXPECT_EQ(back.cut_message, "");
  EXPECT_EQ(journal().LastNowSeconds(), 1767225600u);
}

TEST_F(GoldenTest, VersionOneIsWhatIsWrittenToday) {
  WriteAll();
  EXPECT_EQ(disk().Files().at(kFirst), Golden("v1.journal"));
}

}  // namespace
}  // namespace takt
