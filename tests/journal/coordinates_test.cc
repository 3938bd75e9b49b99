// Coordinates of changes: what is written is read, and they are found again in a journal's segments.
#include "engine/journal/coordinates.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <vector>

#include "engine/journal/scan.h"
#include "tests/journal/journal_fixture.h"

namespace takt {
namespace {

std::vector<Coordinates> ReadBack(absl::string_view bytes) {
  std::vector<Coordinates> all;
  CoordinatesReader reader(bytes);
  for (Coordinates at; reader.Next(&at);) all.push_back(at);
  return all;
}

struct Case {
  const char* name;
  std::vector<Coordinates> coordinates;
  size_t bytes;
};

class CoordinatesTest : public ::testing::TestWithParam<Case> {};

TEST_P(CoordinatesTest, AreReadAsWritten) {
  CoordinatesWriter writer;
  for (const Coordinates& at : GetParam().coordinates) writer.Add(at);
  EXPECT_EQ(ReadBack(writer.bytes()), GetParam().coordinates);
  EXPECT_EQ(writer.bytes().size(), GetParam().bytes);
}

INSTANTIATE_TEST_SUITE_P(
    All, CoordinatesTest,
    ::testing::Values(Case{"None", {}, 0}, Case{"First", {{0, 7}}, 2},
                      Case{"OneByteForTheNextRecord", {{0, 7}, {0, 8}, {0, 9}}, 4},
                      Case{"SameRecordTwice", {{0, 7}, {0, 7}}, 3},
                      Case{"FarthestOfOneByte", {{0, 0}, {0, 31}}, 3},
                      Case{"NearestOfTwoBytes", {{0, 0}, {0, 32}}, 4},
                      Case{"BackByOne", {{0, 7}, {0, 6}}, 3},
                      Case{"TwoBytesForALine", {{0, 0}, {0, 200}, {0, 400}}, 6},
                      Case{"OtherPartition", {{0, 7}, {1, 3}, {0, 8}}, 6},
                      Case{"Back", {{2, 1000}, {2, 1}}, 5},
                      Case{"Far", {{0, 0}, {0, INT64_MAX}}, 13}),
    [](const auto& info) { return info.param.name; });

TEST(Coordinates, OfTwoWritersOneBehindTheOtherAreRead) {
  CoordinatesWriter first;
  CoordinatesWriter second;
  first.Add({0, 100});
  first.Add({0, 102});
  second.Add({0, 101});
  EXPECT_EQ(ReadBack(first.bytes() + second.bytes()),
            (std::vector<Coordinates>{{0, 100}, {0, 102}, {0, 101}}));
}

TEST(Coordinates, OfAnyBytesAreReadWithoutHarm) {
  for (int seed = 0; seed < 200; ++seed) {
    std::string bytes;
    for (int i = 0; i < 40; ++i) bytes.push_back(static_cast<char>(seed * 131 + i * i * 29));
    EXPECT_LE(ReadBack(bytes).size(), bytes.size());
  }
}

class FindPlacesTest : public ::testing::Test, protected JournalFixture {};

TEST_F(FindPlacesTest, NamesEveryRecordThatSaidAChange) {
  ASSERT_TRUE(Restart().status.ok());
  const std::string wanted = EncodedDeal("D1", "won", 100);
  const std::string other = EncodedDeal("D2", "won", 100);
  for (const int64_t offset : {41, 77}) {
    CoordinatesWriter coordinates;
    coordinates.Add({1, offset});
    coordinates.Add({0, 5});
    const std::vector<absl::string_view> pieces = {wanted, other};
    const std::vector<JournalPosition> read_from = {PositionAt(0, 3), PositionAt(0, 4)};
    ASSERT_TRUE(journal()
                    .Append({.pieces = pieces,
                             .change_count = 2,
                             .read_from = read_from,
                             .coordinates = coordinates.bytes()})
                    .ok());
  }
  // Names alone are no positions that a restart goes on from.
  EXPECT_TRUE(Restart().positions.empty());
  ASSERT_TRUE(AppendDeal(3).ok());
  MemoryJournalFiles files(shared_disk());
  const auto search = FindPlaces(files, DealDictionary(), {wanted}, 1 << 20);
  ASSERT_TRUE(search.ok()) << search.status();
  EXPECT_THAT(search->places.at(wanted),
              ::testing::ElementsAre(SourcePlace{"crm", "deals", 4, 41},
                                     SourcePlace{"crm", "deals", 4, 77}));
  EXPECT_TRUE(search->is_whole);
}

}  // namespace
}  // namespace takt
