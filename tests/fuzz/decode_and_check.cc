#include "tests/fuzz/decode_and_check.h"

#include <optional>
#include <string>
#include <variant>

#include "engine/base/check.h"
#include "engine/model/change_codec.h"
#include "engine/pipeline/check.h"

namespace takt {
namespace {

Definition MakeDefinition() {
  Definition definition;
  Object deal;
  deal.name = "deal";
  const Field fields[] = {{"merged_into", FieldType::kText},   {"created_at", FieldType::kTime},
                          {"stage", FieldType::kText},         {"pipeline", FieldType::kText},
                          {"probability", FieldType::kNumber}, {"amount", FieldType::kMoney},
                          {"owner", FieldType::kText},         {"hot", FieldType::kBool}};
  for (const Field& field : fields) {
    deal.field_ids[field.name] = static_cast<FieldId>(deal.fields.size());
    deal.fields.push_back(field);
  }
  deal.pipelines = {"new"};
  deal.stages = {{"new", "open", StageKind::kOpen, 0, 0}, {"new", "won", StageKind::kWon, 1, 0}};
  definition.objects = {deal};
  definition.object_ids = {{"deal", 0}};
  return definition;
}

std::string Encoded(const Change& change) {
  std::string bytes;
  EncodeChange(change, &bytes);
  return bytes;
}

// The verdict, and of an admitted change its bytes.
std::string Judged(const Checker& checker, const RawChange& raw) {
  Change change;
  const std::optional<Rejection> rejection = checker.Check(raw, {4000000000000000, {}}, &change);
  return rejection.has_value() ? std::string(ReasonName(rejection->reason)) + rejection->detail
                               : Encoded(change);
}

void CheckOne(const RawChange& raw) {
  static const Definition& definition = *new Definition(MakeDefinition());
  static const Checker& checker = *new Checker(definition, absl::Minutes(10));
  if (raw.is_plain) {
    RawChange unseen = raw;
    unseen.is_plain = false;
    TAKT_CHECK(Judged(checker, raw) == Judged(checker, unseen),
               "what a decoder saw to be plain is judged otherwise");
  }
  Change change;
  const std::optional<Rejection> rejection = checker.Check(raw, {4000000000000000, {}}, &change);
  if (rejection.has_value()) return;
  TAKT_CHECK(!change.id.empty() && IsAdmissible(change.time),
             "an inadmissible change was admitted");
  const std::string bytes = Encoded(change);
  ByteReader reader(bytes);
  Change decoded;
  TAKT_CHECK(DecodeChange(reader, &decoded) && reader.AtEnd(), "a change does not decode");
  TAKT_CHECK(Encoded(decoded) == bytes, "a change decodes to another");
}

}  // namespace

void DecodeAndCheck(Decoder& decoder, const Record& record) {
  RawChanges changes;
  const DecodeResult first = decoder.Decode(record, changes);
  const size_t count = changes.size();
  TAKT_CHECK(count == 0 || first.index() == 0, "a rejected or filtered record yields changes");
  for (size_t i = 0; i < count; ++i) CheckOne(changes[i]);
  const DecodeResult second = decoder.Decode(record, changes);
  TAKT_CHECK(first.index() == second.index() && changes.size() == count,
             "the same record is decoded to something else");
}

}  // namespace takt
