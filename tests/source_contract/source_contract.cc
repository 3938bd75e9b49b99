#include "tests/source_contract/source_contract.h"

#include <algorithm>
#include <map>

#include "absl/strings/str_cat.h"
#include "engine/base/clock.h"

namespace takt {
namespace {

constexpr absl::Duration kTooLong = absl::Seconds(30);
constexpr absl::Duration kWait = absl::Milliseconds(50);

Delivered Keep(const Record& record) {
  ReadHeaders(record);
  Delivered kept = {.topic = std::string(record.topic),
                    .partition = record.partition,
                    .offset = record.offset,
                    .next_offset = record.next_offset};
  if (record.has_key) kept.key = std::string(record.key);
  if (record.has_value) kept.value = std::string(record.value);
  for (const auto& [name, value] : record.headers) {
    kept.headers.emplace_back(std::string(name), std::string(value));
  }
  return kept;
}

}  // namespace

std::string SourceWorldName(const testing::TestParamInfo<SourceWorldMaker>& info) {
  return info.param.name;
}

std::unique_ptr<Source> SourceContract::OpenSource(const std::vector<Position>& positions) {
  std::unique_ptr<Source> source = world_->MakeSource();
  // DataLoss may be found here or by the first Poll.
  source->Open(positions).IgnoreError();
  return source;
}

bool SourceContract::PollUntil(Source& source,
                               const std::function<bool(const absl::Status&)>& done) {
  const SystemClock clock;
  const absl::Duration deadline = clock.Monotonic() + kTooLong;
  delivered_.clear();
  while (clock.Monotonic() < deadline) {
    const absl::Status status = source.Poll(
        kWait, 100, [this](const Record& record) { delivered_.push_back(Keep(record)); });
    if (done(status)) return true;
  }
  return false;
}

bool SourceContract::PollUntilIdle(Source& source) {
  return PollUntil(source, [&](const absl::Status&) {
    const std::vector<PartitionState> states = source.Partitions();
    return !states.empty() && std::all_of(states.begin(), states.end(),
                                          [](const auto& state) { return state.idle_by_proof; });
  });
}

std::vector<Delivered> SourceContract::Read(Source& source, size_t count, int records_max) {
  const SystemClock clock;
  const absl::Duration deadline = clock.Monotonic() + kTooLong;
  std::vector<Delivered> delivered;
  const auto poll = [&] {
    int came = 0;
    const absl::Status status = source.Poll(kWait, records_max, [&](const Record& record) {
      delivered.push_back(Keep(record));
      ++came;
    });
    EXPECT_LE(came, records_max);
    EXPECT_TRUE(status.ok() || absl::IsUnavailable(status)) << status;
    return status.ok() || absl::IsUnavailable(status);
  };
  while (delivered.size() < count && clock.Monotonic() < deadline) {
    if (!poll()) return delivered;
  }
  poll();
  return delivered;
}

std::vector<Position> SourceContract::PositionsAfter(const Source& source,
                                                     const std::vector<Delivered>& delivered) {
  std::map<std::pair<std::string, int32_t>, Position> positions;
  for (const Delivered& each : delivered) {
    positions[{each.topic, each.partition}] = {
        .topic = each.topic,
        .partition = each.partition,
        .next_offset = each.next_offset,
        .cluster = source.Cluster(),
        .last_offset = each.offset,
        .last_checksum = RecordChecksum(each.key.value_or(""), each.value.value_or(""))};
  }
  std::vector<Position> result;
  for (auto& [place, position] : positions) result.push_back(position);
  return result;
}

std::vector<std::string> SourceContract::Values(const std::vector<Delivered>& delivered) {
  std::vector<std::string> values;
  for (const Delivered& each : delivered) values.push_back(each.value.value_or("(tombstone)"));
  return values;
}

using Strings = std::vector<std::string>;

TEST_P(SourceContract, DeliversRecordsInTheirOrder) {
  for (const char* value : {"a", "b", "c"}) world_->Append(0, {.value = value});
  const auto source = OpenSource();
  const std::vector<Delivered> delivered = Read(*source, 3);
  ASSERT_EQ(Values(delivered), Strings({"a", "b", "c"}));
  EXPECT_LT(delivered[0].offset, delivered[1].offset);
  EXPECT_LE(delivered[0].next_offset, delivered[1].offset);
  EXPECT_EQ(delivered[0].topic, delivered[2].topic);
}

TEST_P(SourceContract, OnePollDeliversNoMoreThanAskedForAndLosesNothing) {
  Strings all;
  for (int i = 0; i < 10; ++i) {
    all.push_back(absl::StrCat("record-", i));
    world_->Append(0, {.value = all.back()});
  }
  const auto source = OpenSource();
  EXPECT_EQ(Values(Read(*source, 10, /*records_max=*/3)), all);
}

TEST_P(SourceContract, ReadsAllPartitions) {
  Strings all;
  for (int partition = 0; partition < can_.partitions; ++partition) {
    all.push_back(absl::StrCat("in-", partition));
    world_->Append(partition, {.value = all.back()});
  }
  const auto source = OpenSource();
  Strings values = Values(Read(*source, all.size()));
  std::sort(values.begin(), values.end());
  EXPECT_EQ(values, all);
  EXPECT_EQ(source->Partitions().size(), all.size());
}

TEST_P(SourceContract, GoesOnAfterEachRecordWithoutGapOrRepeat) {
  for (const char* value : {"a", "bb", "ccc", "dddd"}) world_->Append(0, {.value = value});
  const auto first = OpenSource();
  const std::vector<Delivered> all = Read(*first, 4);
  ASSERT_EQ(all.size(), 4U);
  for (size_t read = 1; read <= all.size(); ++read) {
    const std::vector<Delivered> before(all.begin(), all.begin() + static_cast<long>(read));
    const auto second = OpenSource(PositionsAfter(*first, before));
    Strings rest = Values({all.begin() + static_cast<long>(read), all.end()});
    EXPECT_EQ(Values(Read(*second, rest.size())), rest) << "after " << read;
  }
}

TEST_P(SourceContract, DeliversWhatIsAppendedLater) {
  world_->Append(0, {.value = "before"});
  const auto source = OpenSource();
  ASSERT_EQ(Values(Read(*source, 1)), Strings({"before"}));
  world_->Append(0, {.value = "after"});
  EXPECT_EQ(Values(Read(*source, 1)), Strings({"after"}));
}

TEST_P(SourceContract, IsIdleByProofAtTheEndUntilMoreIsKnown) {
  world_->Append(0, {.value = "a"});
  const auto source = OpenSource();
  ASSERT_TRUE(PollUntilIdle(*source));
  EXPECT_EQ(Values(delivered_), Strings({"a"}));
  for (const PartitionState& state : source->Partitions()) {
    EXPECT_EQ(state.next_offset, state.end_offset);
    EXPECT_FALSE(state.finished);
  }
  world_->Append(0, {.value = "b"});
  // Whenever "b" is not delivered yet, the proof must be gone at the latest with its delivery.
  ASSERT_EQ(Values(Read(*source, 1)), Strings({"b"}));
  ASSERT_TRUE(PollUntilIdle(*source));
  EXPECT_EQ(source->Partitions()[0].next_offset, source->Partitions()[0].end_offset);
}

TEST_P(SourceContract, IsNotIdleWhileRecordsWait) {
  for (int i = 0; i < 20; ++i) world_->Append(0, {.value = absl::StrCat("record-", i)});
  const auto source = OpenSource();
  // The second poll of Read may come before the second fetch.
  const size_t read = Read(*source, 1, /*records_max=*/1).size();
  ASSERT_TRUE(read == 1 || read == 2) << read;
  EXPECT_FALSE(source->Partitions()[0].idle_by_proof);
}

TEST_P(SourceContract, RefusesAPlaceThatWasMadeAgainWithOtherRecords) {
  if (!can_.made_again) GTEST_SKIP() << "the outside of this source cannot be made again";
  for (const char* value : {"a", "b"}) world_->Append(0, {.value = value});
  const auto first = OpenSource();
  const std::vector<Delivered> read = Read(*first, 2);
  world_->Recreate();
  for (const char* value : {"x", "y", "z"}) world_->Append(0, {.value = value});
  const auto second = OpenSource(PositionsAfter(*first, read));
  absl::Status final;
  ASSERT_TRUE(PollUntil(*second, [&](const absl::Status& status) {
    final = status;
    return absl::IsDataLoss(status);
  })) << final;
  EXPECT_EQ(Values(delivered_), Strings());
  EXPECT_NE(final.message().size(), 0U);
  EXPECT_TRUE(absl::IsDataLoss(second->Poll(kWait, 1, [](const Record&) {})));
  EXPECT_FALSE(!second->Partitions().empty() && second->Partitions()[0].idle_by_proof);
}

TEST_P(SourceContract, RefusesAPositionBeyondTheEnd) {
  if (!can_.made_again) GTEST_SKIP() << "the outside of this source cannot be made again";
  for (const char* value : {"a", "b", "c"}) world_->Append(0, {.value = value});
  const auto first = OpenSource();
  const std::vector<Delivered> read = Read(*first, 3);
  world_->Recreate();
  world_->Append(0, {.value = "a"});
  const auto second = OpenSource(PositionsAfter(*first, read));
  EXPECT_TRUE(
      PollUntil(*second, [](const absl::Status& status) { return absl::IsDataLoss(status); }));
  EXPECT_EQ(Values(delivered_), Strings());
}

TEST_P(SourceContract, IgnoresPositionsOfOtherPlaces) {
  world_->Append(0, {.value = "a"});
  const auto source = OpenSource({{.topic = "elsewhere", .next_offset = 7, .last_offset = 6}});
  EXPECT_EQ(Values(Read(*source, 1)), Strings({"a"}));
}

TEST_P(SourceContract, KeepsKeysHeadersAndTombstones) {
  if (!can_.keys_and_headers) GTEST_SKIP() << "this source has values only";
  world_->Append(0, {.value = "v", .key = "k", .headers = {{"h", "1"}, {"h", "2"}, {"empty", ""}}});
  world_->Append(0, {.value = "", .key = ""});
  world_->Append(0, {.key = "k", .tombstone = true});
  const auto source = OpenSource();
  const std::vector<Delivered> delivered = Read(*source, 3);
  ASSERT_EQ(delivered.size(), 3U);
  EXPECT_EQ(delivered[0].key, "k");
  EXPECT_EQ(delivered[0].headers,
            (decltype(delivered[0].headers){{"h", "1"}, {"h", "2"}, {"empty", ""}}));
  EXPECT_EQ(delivered[1].key, "");
  EXPECT_EQ(delivered[1].value, "");
  EXPECT_EQ(delivered[2].value, std::nullopt);
}

TEST_P(SourceContract, SaysUnavailableWhileTheOutsideIsAwayAndRecoversByItself) {
  if (!can_.goes_away) GTEST_SKIP() << "the outside of this source cannot go away";
  world_->Append(0, {.value = "a"});
  const auto source = OpenSource();
  ASSERT_TRUE(PollUntilIdle(*source));
  world_->SetAway(true);
  ASSERT_TRUE(
      PollUntil(*source, [](const absl::Status& status) { return absl::IsUnavailable(status); }));
  EXPECT_FALSE(source->Partitions()[0].idle_by_proof);
  world_->SetAway(false);
  world_->Append(0, {.value = "b"});
  EXPECT_EQ(Values(Read(*source, 1)), Strings({"b"}));
}

TEST_P(SourceContract, StartsWhileTheOutsideIsAway) {
  if (!can_.goes_away) GTEST_SKIP() << "the outside of this source cannot go away";
  world_->Append(0, {.value = "a"});
  world_->SetAway(true);
  const auto source = world_->MakeSource();
  ASSERT_TRUE(source->Open({}).ok());
  ASSERT_TRUE(
      PollUntil(*source, [](const absl::Status& status) { return absl::IsUnavailable(status); }));
  world_->SetAway(false);
  EXPECT_EQ(Values(Read(*source, 1)), Strings({"a"}));
}

TEST_P(SourceContract, ReadsAPartitionThatIsAddedLater) {
  if (!can_.adds_partitions) GTEST_SKIP() << "the outside of this source has fixed partitions";
  const auto source = OpenSource();
  ASSERT_TRUE(PollUntilIdle(*source));
  world_->AddPartition();
  world_->Append(can_.partitions, {.value = "new"});
  EXPECT_EQ(Values(Read(*source, 1)), Strings({"new"}));
}

TEST_P(SourceContract, RefusesToGoOnWhenUnreadRecordsWereRemoved) {
  if (!can_.removes_beginning) GTEST_SKIP() << "the outside of this source removes nothing";
  for (const char* value : {"a", "b", "c", "d"}) world_->Append(0, {.value = value});
  const auto first = OpenSource();
  std::vector<Delivered> read = Read(*first, 4);
  ASSERT_EQ(read.size(), 4U);
  read.resize(2);
  world_->RemoveBelow(0, 3);  // "c" is gone and was not read
  const auto second = OpenSource(PositionsAfter(*first, read));
  EXPECT_TRUE(
      PollUntil(*second, [](const absl::Status& status) { return absl::IsDataLoss(status); }));
  EXPECT_EQ(Values(delivered_), Strings());
}

TEST_P(SourceContract, GoesOnWhenOnlyReadRecordsWereRemoved) {
  if (!can_.removes_beginning) GTEST_SKIP() << "the outside of this source removes nothing";
  for (const char* value : {"a", "b", "c", "d"}) world_->Append(0, {.value = value});
  const auto first = OpenSource();
  std::vector<Delivered> read = Read(*first, 4);
  ASSERT_EQ(read.size(), 4U);
  read.resize(2);
  world_->RemoveBelow(0, 2);
  const auto second = OpenSource(PositionsAfter(*first, read));
  EXPECT_EQ(Values(Read(*second, 2)), Strings({"c", "d"}));
}

}  // namespace takt
