#include "engine/pipeline/restore.h"

#include "engine/base/bytes.h"
#include "engine/base/status_macros.h"
#include "engine/model/change_codec.h"

namespace takt {

JournalDictionary DictionaryOf(const Definition& definition) {
  JournalDictionary dictionary;
  dictionary.currency = definition.currency.code;
  dictionary.decimals = definition.currency.decimals;
  for (const Object& object : definition.objects) {
    JournalObject& named = dictionary.objects.emplace_back();
    named.name = object.name;
    for (const Field& field : object.fields) named.fields.push_back({field.name, field.type});
  }
  return dictionary;
}

Restore::Restore(const Definition& definition, Journal& journal, Flow& flow)
    : journal_(journal),
      flow_(flow),
      dictionary_(DictionaryOf(definition)),
      stages_(definition.objects.size()),
      waiting_(flow.workers()) {
  for (size_t object = 0; object < stages_.size(); ++object) {
    for (const Stage& stage : definition.objects[object].stages) stages_[object].insert(stage.name);
  }
}

void Restore::LookForUnknownStage(const Change& change, RestoreNumbers& numbers) const {
  const absl::flat_hash_set<std::string>& stages = stages_[change.object];
  if (stages.empty()) return;
  for (const FieldValue& field : change.fields) {
    if (field.field != kStageField || field.value.kind != ValueKind::kText) continue;
    if (stages.contains(field.value.text)) continue;
    if (++numbers.unknown_stages == 1) numbers.unknown_stage = std::string(field.value.text);
  }
}

absl::Status Restore::Split(const ReplayedBlock& block) {
  if (!translator_.has_value() || !(from_ == *block.dictionary)) {
    from_ = *block.dictionary;
    translator_.emplace(from_, dictionary_);
  }
  const int workers = flow_.workers();
  ByteReader reader(block.changes);
  RestoreNumbers found;
  TranslationCounts& counts = found.translation;
  while (!reader.AtEnd()) {
    const char* begin = reader.position();
    if (!DecodeChange(reader, &change_)) {
      return absl::DataLossError("the journal holds a change that this version cannot read");
    }
    const absl::string_view bytes(begin, static_cast<size_t>(reader.position() - begin));
    if (!translator_->Translate(&change_, &counts)) continue;
    const int owner = Ledger::OwnerOf(change_.object, change_.id, workers);
    ChangeBatch& batch = waiting_[owner];
    if (translator_->is_identity()) {
      batch.bytes.append(bytes.data(), bytes.size());
    } else {
      EncodeChange(change_, &batch.bytes);
    }
    ++batch.change_count;
    ++found.changes_replayed;
    LookForUnknownStage(change_, found);
  }
  MutexLock lock(mutex_);
  numbers_.changes_replayed += found.changes_replayed;
  if (numbers_.unknown_stages == 0) numbers_.unknown_stage = found.unknown_stage;
  numbers_.unknown_stages += found.unknown_stages;
  numbers_.translation.fields_dropped += counts.fields_dropped;
  numbers_.translation.values_converted += counts.values_converted;
  numbers_.translation.values_lost += counts.values_lost;
  return absl::OkStatus();
}

bool Restore::Push() {
  bool all = true;
  for (int worker = 0; worker < flow_.workers(); ++worker) {
    ChangeBatch& batch = waiting_[worker];
    if (batch.change_count == 0) continue;
    Lane& lane = flow_.lane(flow_.restore_producer(), worker);
    flow_.Began(1);
    if (!lane.batches.TryPush(batch)) {
      flow_.Ended(1);
      all = false;
      continue;
    }
    batch = ChangeBatch();
    lane.spare.TryPop(&batch.bytes);
    flow_.worker_bell(worker).Ring();
  }
  return all;
}

absl::StatusOr<RestoreStep> Restore::Step() {
  if (!Push()) return RestoreStep::kBlocked;
  ReplayedBlock block;
  TAKT_ASSIGN_OR_RETURN(const bool more, journal_.ReplayNext(&block));
  if (!more) return RestoreStep::kDone;
  TAKT_RETURN_IF_ERROR(Split(block));
  Push();
  return RestoreStep::kMore;
}

RestoreNumbers Restore::Numbers() const {
  MutexLock lock(mutex_);
  return numbers_;
}

}  // namespace takt
