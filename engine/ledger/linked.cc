#include "engine/ledger/linked.h"

#include "engine/base/bytes.h"
#include "engine/model/history.h"

namespace takt {
namespace {

// A captured value as one number: 0 is null.
uint64_t CodeOf(int64_t value) {
  if (value == kNull) return 0;
  return ((static_cast<uint64_t>(value) << 1) ^ static_cast<uint64_t>(value >> 63)) + 1;
}

int64_t ValueOf(uint64_t code) {
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

const LinkPlan* LinkOf(const HeldKey& key, const Plan& plan) {
  if (key.object >= plan.objects.size()) return nullptr;
  const std::vector<LinkPlan>& links = plan.objects[key.object].links;
  return key.link < links.size() ? &links[key.link] : nullptr;
}

std::string OccurrencesToText(const LinkPlan& link, absl::string_view payload,
                              const SymbolTable& symbols) {
  std::string text;
  ByteReader reader(payload);
  ByteWriter writer(&text);
  while (!reader.AtEnd()) {
    writer.Varint(reader.Varint());
    writer.Signed(reader.Signed());
    for (const bool is_text : link.is_text) {
      const uint64_t code = reader.Varint();
      if (!is_text) {
        writer.Varint(code);
        continue;
      }
      writer.Byte(code == 0 ? 0 : 1);
      if (code != 0) writer.Bytes(symbols.Text(static_cast<Symbol>(ValueOf(code))));
    }
  }
  return text;
}

bool OccurrencesFromText(const LinkPlan& link, absl::string_view text, SymbolTable& symbols,
                         std::string* payload) {
  ByteReader reader(text);
  ByteWriter writer(payload);
  while (!reader.AtEnd()) {
    const uint64_t moment = reader.Varint();
    if (moment > UINT16_MAX) return false;
    writer.Varint(moment);
    writer.Signed(reader.Signed());
    for (const bool is_text : link.is_text) {
      if (is_text) {
        const bool present = reader.Byte() != 0;
        writer.Varint(present ? CodeOf(symbols.Intern(reader.Bytes())) : 0);
      } else {
        writer.Varint(reader.Varint());
      }
    }
  }
  return reader.ok();
}

std::string MergedToText(absl::string_view payload, const Plan& plan, const SymbolTable& symbols) {
  const MergedParts parts = ReadMerged(payload);
  ChangeList list;
  UnpackChanges(parts.history, list);
  std::string changes;
  EncodeChanges(list, 0, symbols, &changes);
  std::string text;
  ByteWriter writer(&text);
  writer.Bytes(changes);
  HeldReader held(parts.held);
  for (HeldEntry entry; held.Next(&entry);) {
    writer.Varint(entry.key.object);
    writer.Varint(entry.key.link);
    writer.Bytes(symbols.Text(entry.key.origin));
    writer.Bytes(PayloadToText(entry.key, entry.payload, plan, symbols));
  }
  return text;
}

bool MergedFromText(absl::string_view text, const Plan& plan, SymbolTable& symbols,
                    std::string* payload) {
  ByteReader reader(text);
  ChangeList list;
  if (!DecodeChanges(reader.Bytes(), symbols, list)) return false;
  std::string history;
  EventTime previous;
  for (const StoredChange& change : list.changes) {
    PackChange(list, change, previous, &history);
    previous = change.time;
  }
  std::string held;
  while (!reader.AtEnd()) {
    HeldKey key;
    key.object = static_cast<ObjectId>(reader.Varint());
    key.link = static_cast<LinkId>(reader.Varint());
    key.origin = symbols.Intern(reader.Bytes());
    std::string entry;
    if (key.link == kMergedLink) return false;
    if (!PayloadFromText(key, reader.Bytes(), plan, symbols, &entry)) return false;
    AppendEntry(key, entry, &held);
  }
  *payload = MergedPayload(history, held);
  return reader.ok();
}

}  // namespace

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

void AppendOccurrence(MomentId moment, int64_t time, const int64_t* row, const LinkPlan& link,
                      std::string* payload) {
  ByteWriter writer(payload);
  writer.Varint(moment);
  writer.Signed(time);
  for (const Column column : link.columns) writer.Varint(column < 0 ? 0 : CodeOf(row[column]));
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
      list.values.push_back(ValueOf(reader.Varint()));
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

std::string PayloadToText(const HeldKey& key, absl::string_view payload, const Plan& plan,
                          const SymbolTable& symbols) {
  if (payload.empty()) return "";
  if (key.link == kMergedLink) return MergedToText(payload, plan, symbols);
  const LinkPlan* link = LinkOf(key, plan);
  return link == nullptr ? "" : OccurrencesToText(*link, payload, symbols);
}

bool PayloadFromText(const HeldKey& key, absl::string_view text, const Plan& plan,
                     SymbolTable& symbols, std::string* payload) {
  payload->clear();
  if (text.empty()) return true;
  if (key.link == kMergedLink) return MergedFromText(text, plan, symbols, payload);
  const LinkPlan* link = LinkOf(key, plan);
  return link != nullptr && OccurrencesFromText(*link, text, symbols, payload);
}

}  // namespace takt
