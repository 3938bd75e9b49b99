#include "engine/ledger/linked.h"

#include "engine/base/bytes.h"
#include "engine/model/history.h"

namespace takt {

uint64_t HeldCode(int64_t value) {
  if (value == kNull) return 0;
  return ((static_cast<uint64_t>(value) << 1) ^ static_cast<uint64_t>(value >> 63)) + 1;
}

int64_t HeldValue(uint64_t code) {
  if (code == 0) return kNull;
  --code;
  return static_cast<int64_t>(code >> 1) ^ -static_cast<int64_t>(code & 1);
}

void AppendEntry(const HeldKey& key, absl::string_view payload, std::string* bytes) {
  ByteWriter writer(bytes);
  writer.Varint(key.object);
  writer.Varint(key.link);
  writer.Varint(key.origin);
  writer.Bytes(payload);
}

bool HeldReader::Next(HeldEntry* entry) {
  if (bytes_.empty()) return false;
  ByteReader reader(bytes_);
  entry->key.object = static_cast<ObjectId>(reader.Varint());
  entry->key.link = static_cast<LinkId>(reader.Varint());
  entry->key.origin = static_cast<Symbol>(reader.Varint());
  entry->payload = reader.Bytes();
  const size_t size = bytes_.size() - reader.Remaining();
  entry->whole = bytes_.substr(0, size);
  bytes_.remove_prefix(size);
  return true;
}

bool Hold(const HeldKey& key, absl::string_view payload, std::string* held) {
  HeldReader reader(*held);
  for (HeldEntry entry; reader.Next(&entry);) {
    if (entry.key != key) continue;
    if (entry.payload == payload) return false;
    held->erase(static_cast<size_t>(entry.whole.data() - held->data()), entry.whole.size());
    if (!payload.empty()) AppendEntry(key, payload, held);
    return true;
  }
  if (payload.empty()) return false;
  AppendEntry(key, payload, held);
  return true;
}

void AppendOccurrence(const ToldOccurrence& told, const LinkPlan& link, std::string* payload) {
  ByteWriter writer(payload);
  writer.Varint(told.moment);
  writer.Signed(told.time);
  for (const Column column : link.columns)
    writer.Varint(column < 0 ? 0 : HeldCode(told.row[column]));
}

void ReadOccurrences(const HeldKey& key, const LinkPlan& link, absl::string_view payload,
                     LinkedList& list) {
  ByteReader reader(payload);
  while (!reader.AtEnd()) {
    LinkedOccurrence& read = list.occurrences.emplace_back();
    read.object = key.object;
    read.link = key.link;
    read.origin = key.origin;
    read.moment = static_cast<MomentId>(reader.Varint());
    read.time = reader.Signed();
    read.values = static_cast<uint32_t>(list.values.size());
    for (size_t i = 0; i < link.columns.size(); ++i)
      list.values.push_back(HeldValue(reader.Varint()));
  }
}

std::string MergedPayload(absl::string_view history, absl::string_view held) {
  std::string payload;
  ByteWriter writer(&payload);
  writer.Bytes(history);
  HeldReader reader(held);
  for (HeldEntry entry; reader.Next(&entry);) {
    if (entry.key.link != kMergedLink) payload.append(entry.whole.data(), entry.whole.size());
  }
  return payload;
}

MergedParts ReadMerged(absl::string_view payload) {
  ByteReader reader(payload);
  MergedParts parts;
  parts.history = reader.Bytes();
  parts.held = payload.substr(payload.size() - reader.Remaining());
  return parts;
}

}  // namespace takt
