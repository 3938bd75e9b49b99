// Torn tails and damage: what a crash or a bad disk leaves is cut or reported, never skipped.
#include <algorithm>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/journal/journal_fixture.h"

#define XXH_INLINE_ALL
#include <xxhash.h>

namespace takt {
namespace {

using ::testing::HasSubstr;
using ::testing::IsEmpty;

constexpr char kFirst[] = "0000000001.journal";

class DamageTest : public ::testing::Test, protected JournalFixture {
 protected:
  // Blocks 0 to 2 are written and safe, blocks 3 and 4 are written and not known to be safe.
  void SetUp() override {
    ASSERT_TRUE(Restart().status.ok());
    for (int i = 0; i < 5; ++i) {
      if (i == 3) {
        ASSERT_TRUE(journal().Sync().ok());
      }
      sizes_.push_back(Size());
      ASSERT_TRUE(AppendDeal(i).ok());
    }
    sizes_.push_back(Size());
    whole_ = disk().Files().at(kFirst);
  }

  size_t Size() {
    const auto files = disk().Files();
    return files.count(kFirst) ? files.at(kFirst).size() : 0;
  }
  // How many blocks end at or before byte `at`.
  size_t BlocksBelow(size_t at) const {
    size_t blocks = 0;
    while (blocks < 5 && sizes_[blocks + 1] <= at) ++blocks;
    return blocks;
  }

  std::vector<size_t> sizes_;  // before each block, and after the last
  std::string whole_;
};

TEST_F(DamageTest, ATailTornAtAnyByteIsCutBackToTheBlockBeforeIt) {
  for (size_t size = 0; size <= whole_.size(); ++size) {
    disk().Put(kFirst, whole_.substr(0, size));
    const ReadBack back = Restart();
    ASSERT_TRUE(back.status.ok()) << size << ": " << back.status;
    ASSERT_EQ(back.ids.size(), BlocksBelow(size)) << size;
    const bool torn = size != 0 && std::count(sizes_.begin(), sizes_.end(), size) == 0;
    // The first append wrote two blocks, the head and the change: a cut between them is no tear.
    if (torn && size > sizes_[1]) {
      ASSERT_THAT(back.cut_message, HasSubstr("torn tail")) << size;
    }
    if (!torn) {
      ASSERT_THAT(back.cut_message, IsEmpty()) << size;
    }
    // What follows a cut is appended where it was cut, and read back.
    ASSERT_TRUE(AppendDeal(70).ok());
    ASSERT_EQ(Restart().ids.size(), BlocksBelow(size) + 1) << size;
  }
}

TEST_F(DamageTest, APositionIsThatOfTheLastWholeBlock) {
  for (size_t size = sizes_[1]; size <= whole_.size(); ++size) {
    disk().Put(kFirst, whole_.substr(0, size));
    const ReadBack back = Restart();
    ASSERT_EQ(back.positions.size(), 1u);
    ASSERT_EQ(back.positions[0], PositionAt(static_cast<int64_t>(BlocksBelow(size)))) << size;
  }
}

TEST_F(DamageTest, AFlippedBitIsCutInTheTailAndDataLossBeforeIt) {
  for (size_t at = 0; at < whole_.size(); ++at) {
    for (const int bit : {0, 7}) {
      std::string bytes = whole_;
      bytes[at] = static_cast<char>(bytes[at] ^ (1 << bit));
      disk().Put(kFirst, bytes);
      const ReadBack back = Restart();
      if (at < sizes_[3]) {
        // Blocks 3 and 4 say that this was safe.
        ASSERT_EQ(back.status.code(), absl::StatusCode::kDataLoss) << at;
        ASSERT_THAT(std::string(back.status.message()), HasSubstr(kFirst));
        ASSERT_THAT(std::string(back.status.message()), HasSubstr("ways out"));
        ASSERT_EQ(disk().Files().at(kFirst), bytes) << "damage is left as it is";
      } else {
        ASSERT_TRUE(back.status.ok()) << at << back.status;
        ASSERT_EQ(back.ids.size(), BlocksBelow(at)) << at;
        ASSERT_THAT(back.cut_message, HasSubstr("torn tail")) << at;
      }
    }
  }
}

TEST_F(DamageTest, WholeBlocksThatAreGoneFromWhatWasSafeAreDataLoss) {
  // The two last blocks say that the first three were safe. The last but one need not be missed.
  for (int gone = 0; gone < 3; ++gone) {
    std::string bytes = whole_;
    bytes.erase(sizes_[gone], sizes_[gone + 1] - sizes_[gone]);
    disk().Put(kFirst, bytes);
    const ReadBack back = Restart();
    ASSERT_EQ(back.status.code(), absl::StatusCode::kDataLoss) << gone << ": " << back.status;
    ASSERT_THAT(std::string(back.status.message()), HasSubstr(kFirst)) << gone;
  }
}

TEST_F(DamageTest, AHoleInWhatWasNotSafeIsCutThoughAWholeBlockFollows) {
  std::string bytes = whole_;
  for (size_t at = sizes_[3]; at < sizes_[4]; ++at) bytes[at] = 0;
  disk().Put(kFirst, bytes);
  const ReadBack back = Restart();
  EXPECT_TRUE(back.status.ok()) << back.status;
  EXPECT_EQ(back.ids.size(), 3u);
}

TEST_F(DamageTest, ASealedSegmentThatLostItsTailIsDataLossAtEveryByte) {
  disk().Put(kFirst, whole_);
  options().segment_bytes_max = whole_.size();
  ASSERT_TRUE(Restart().status.ok());
  ASSERT_TRUE(AppendDeal(5).ok());
  ASSERT_EQ(disk().Files().size(), 2u);
  for (size_t size = 0; size < whole_.size(); ++size) {
    disk().Put(kFirst, whole_.substr(0, size));
    const ReadBack back = Restart();
    ASSERT_EQ(back.status.code(), absl::StatusCode::kDataLoss) << size;
    const bool between_blocks = size == sizes_[BlocksBelow(size)];
    ASSERT_THAT(std::string(back.status.message()),
                HasSubstr(between_blocks ? absl::StrCat(kFirst, " at byte ", size, ":")
                                         : absl::StrCat(kFirst, " at byte ")));
  }
}

TEST_F(DamageTest, ASegmentUnderAnotherNumberIsRefused) {
  disk().Put("0000000002.journal", whole_);
  const absl::Status status = Restart().status;
  EXPECT_EQ(status.code(), absl::StatusCode::kDataLoss);
  EXPECT_THAT(std::string(status.message()), HasSubstr("under another name"));
}

TEST_F(DamageTest, ABlockOfANewerVersionIsAClearStopAndNotCut) {
  std::string newer = std::string("TKB\x02", 4);
  const std::string body = "a body of the future";
  ByteWriter writer(&newer);
  writer.Fixed32(static_cast<uint32_t>(body.size()));
  const std::string hashed = newer + body;
  writer.Fixed64(XXH3_64bits(hashed.data(), hashed.size()));
  newer += body;
  disk().Put(kFirst, whole_ + newer);
  const absl::Status status = Restart().status;
  EXPECT_EQ(status.code(), absl::StatusCode::kFailedPrecondition);
  EXPECT_THAT(std::string(status.message()), HasSubstr("newer version"));
  EXPECT_EQ(disk().Files().at(kFirst).size(), whole_.size() + newer.size());
}

TEST_F(DamageTest, ACrashLosesWhatWasNotSyncedAndNothingElse) {
  ASSERT_TRUE(journal().Sync().ok());
  ASSERT_TRUE(AppendDeal(5).ok());
  disk().Crash([](const std::string&) { return std::string(); });
  EXPECT_EQ(Restart().ids.size(), 5u);
}

TEST(DecodeBodyTest, AnyPrefixAndAnyChangedByteOfABodyIsHarmless) {
  BlockBody body;
  body.sections = kHeadSection | kDictionarySection | kPartitionsSection | kPositionsSection;
  body.dictionary = DealDictionary();
  body.partitions.push_back({0, "crm", "deals", 4, "c1"});
  body.positions.push_back({0, 17, 16, 99});
  std::string bytes;
  EncodeBodyStart(body, &bytes);
  BlockBody decoded;
  ASSERT_TRUE(DecodeBody(bytes, &decoded));
  EXPECT_EQ(decoded.dictionary, body.dictionary);
  EXPECT_EQ(decoded.partitions, body.partitions);
  for (size_t size = 0; size < bytes.size(); ++size) {
    EXPECT_FALSE(DecodeBody(bytes.substr(0, size), &decoded)) << size;
  }
  for (size_t at = 0; at < bytes.size(); ++at) {
    for (int byte = 0; byte < 256; ++byte) {
      std::string changed = bytes;
      changed[at] = static_cast<char>(byte);
      (void)DecodeBody(changed, &decoded);  // the sanitizers judge
    }
  }
  SUCCEED();
}

}  // namespace
}  // namespace takt
