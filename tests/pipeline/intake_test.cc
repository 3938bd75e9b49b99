#include "engine/pipeline/intake.h"

#include <random>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "engine/ledger/ledger.h"
#include "engine/model/change_codec.h"
#include "gtest/gtest.h"

namespace takt {
namespace {

Definition Deals() {
  Definition definition;
  Object deal;
  deal.name = "deal";
  for (const char* const name : {"merged_into", "created_at", "stage", "pipeline", "owner"}) {
    deal.field_ids[name] = static_cast<FieldId>(deal.fields.size());
    deal.fields.push_back({name, FieldType::kText});
  }
  definition.objects = {deal};
  definition.object_ids = {{"deal", 0}};
  return definition;
}

struct Said {
  std::string object;
  std::string id;
  std::string owner;
};

// Decodes every record to what it was last told.
class ToldDecoder final : public Decoder {
 public:
  DecodeResult Decode(const Record& record, RawChanges& changes) override {
    changes.Clear();
    for (const Said& said : told) {
      RawChange& change = changes.Add();
      change.object = said.object;
      change.id = said.id;
      change.has_time = true;
      change.time.micros = record.record_time_micros;
      change.fields.push_back({"owner", {RawValue::Kind::kText, said.owner, 0}});
    }
    return {};
  }

  std::vector<Said> told;
};

class IntakeTest : public testing::TestWithParam<int> {};

// The batches hold the changes of admitted records and nothing of others, each encoded once, in order,
// by owner: however long they are, and whenever they are taken.
TEST_P(IntakeTest, BatchesHoldWhatWasAdmittedByOwner) {
  const int workers = GetParam();
  const Definition definition = Deals();
  const SourceSettings settings;
  ToldDecoder decoder;
  Intake intake(definition, settings, decoder, workers);
  std::mt19937_64 random(11);
  std::vector<ChangeBatch> expected(workers);
  int rejected = 0;
  for (int round = 0; round < 3000; ++round) {
    decoder.told.clear();
    for (uint64_t i = 0, count = 1 + random() % 5; i < count; ++i) {
      const size_t size = random() % 8 == 0 ? random() % 4097 : random() % 60;
      const size_t id_size = random() % 50 == 0 ? 1000 : 0;
      decoder.told.push_back({random() % 20 == 0 ? "stranger" : "deal",
                              std::to_string(random() % 100) + std::string(id_size, 'i'),
                              std::string(size, 'o')});
    }
    Record record;
    record.has_value = true;
    record.value = "told";
    record.offset = round;
    record.record_time_micros = 1768037400000000 + round;
    if (std::holds_alternative<Admitted>(intake.Take(record, absl::UnixEpoch()))) {
      for (const Change& change : intake.LastChanges()) {
        ChangeBatch& batch = expected[Ledger::OwnerOf(change.object, change.id, workers)];
        EncodeChange(change, &batch.bytes);
        ++batch.change_count;
      }
    } else {
      ++rejected;
    }
    if (random() % 100 != 0) continue;
    std::vector<ChangeBatch>& batches = intake.batches();
    for (int worker = 0; worker < workers; ++worker) {
      ASSERT_EQ(batches[worker].change_count, expected[worker].change_count) << round;
      ASSERT_EQ(batches[worker].bytes, expected[worker].bytes) << round;
      batches[worker] = expected[worker] = {};
    }
    intake.read_from().clear();
    intake.read_from().by_worker.resize(workers);
  }
  EXPECT_GT(rejected, 100);
}

INSTANTIATE_TEST_SUITE_P(Workers, IntakeTest, testing::Values(1, 2, 5));

}  // namespace
}  // namespace takt
