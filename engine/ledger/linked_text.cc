// Payloads as they travel between ledgers (linked.h).
#include "engine/base/bytes.h"
#include "engine/ledger/linked.h"
#include "engine/model/history.h"

namespace takt {

const LinkPlan* PayloadText::LinkOf(const HeldKey& key) const {
  if (key.object >= plan_.objects.size()) return nullptr;
  const std::vector<LinkPlan>& links = plan_.objects[key.object].links;
  return key.link < links.size() ? &links[key.link] : nullptr;
}

std::string PayloadText::WriteOccurrences(const LinkPlan& link, absl::string_view payload) const {
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
      if (code != 0) writer.Bytes(symbols_.Text(static_cast<Symbol>(HeldValue(code))));
    }
  }
  return text;
}

bool PayloadText::ReadOccurrences(const LinkPlan& link, absl::string_view text,
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
        writer.Varint(present ? HeldCode(symbols_.Intern(reader.Bytes())) : 0);
      } else {
        writer.Varint(reader.Varint());
      }
    }
  }
  return reader.ok();
}

std::string PayloadText::WriteMerged(absl::string_view payload) const {
  const MergedParts parts = ReadMerged(payload);
  ChangeList list;
  UnpackChanges(parts.history, list);
  std::string changes;
  EncodeChanges(list, 0, symbols_, &changes);
  std::string text;
  ByteWriter writer(&text);
  writer.Bytes(changes);
  HeldReader held(parts.held);
  for (HeldEntry entry; held.Next(&entry);) {
    writer.Varint(entry.key.object);
    writer.Varint(entry.key.link);
    writer.Bytes(symbols_.Text(entry.key.origin));
    writer.Bytes(Write(entry.key, entry.payload));
  }
  return text;
}

bool PayloadText::ReadMergedText(absl::string_view text, std::string* payload) {
  ByteReader reader(text);
  ChangeList list;
  if (!DecodeChanges(reader.Bytes(), symbols_, list)) return false;
  ChangePacker history;
  history.Begin(EventTime{});
  for (const StoredChange& change : list.changes) history.Add(list, change);
  std::string held;
  while (!reader.AtEnd()) {
    HeldKey key;
    key.object = static_cast<ObjectId>(reader.Varint());
    key.link = static_cast<LinkId>(reader.Varint());
    key.origin = symbols_.Intern(reader.Bytes());
    std::string entry;
    if (key.link == kMergedLink) return false;
    if (!Read(key, reader.Bytes(), &entry)) return false;
    AppendEntry(key, entry, &held);
  }
  *payload = MergedPayload(history.bytes(), held);
  return reader.ok();
}

std::string PayloadText::Write(const HeldKey& key, absl::string_view payload) const {
  if (payload.empty()) return "";
  if (key.link == kMergedLink) return WriteMerged(payload);
  const LinkPlan* link = LinkOf(key);
  return link == nullptr ? "" : WriteOccurrences(*link, payload);
}

bool PayloadText::Read(const HeldKey& key, absl::string_view text, std::string* payload) {
  payload->clear();
  if (text.empty()) return true;
  if (key.link == kMergedLink) return ReadMergedText(text, payload);
  const LinkPlan* link = LinkOf(key);
  return link != nullptr && ReadOccurrences(*link, text, payload);
}

}  // namespace takt
