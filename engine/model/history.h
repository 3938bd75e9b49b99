// The history of an entity: the set of its changes, in the order of the world and never of arrival.
//
//   order      by (event time, the source's order key, stage order, content): within one moment the
//              changes that close an entity come last, and what is still equal falls by content, so
//              that any two ledgers that have the same set have the same sequence
//   identity   a change with an event id is known by it: of several contents under one id the
//              smallest in this order stands; without an id the content itself is the identity
//
// In memory a history is one packed run of bytes: about 12 bytes per patch of a stage, and 8 more
// where the source gives event ids. Times are differences in the coarsest of four units that loses
// nothing, texts are symbols (model/symbols.h). The canonical encoding holds texts instead, so
// equal histories have equal bytes wherever they were made.
//
// Threads: values. Errors: decoding packed bytes trusts them (they never leave memory); decoding
// canonical bytes does not. Cost: packing and unpacking about 10 ns per change.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "absl/functional/function_ref.h"
#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "engine/model/change.h"
#include "engine/model/symbols.h"

namespace takt {

struct StoredField {
  FieldId field = 0;
  ValueKind kind = ValueKind::kNull;
  int64_t value = 0;  // the integer, or the symbol of the text
  friend bool operator==(const StoredField&, const StoredField&) = default;
};

struct StoredChange {
  EventTime time;
  OrderKey order;
  uint64_t identity = 0;
  ChangeKind kind = ChangeKind::kPatch;
  uint32_t member = 0;        // 0: the entity's own; else of one that was merged into it
  uint32_t fields_begin = 0;  // in ChangeList::fields
  uint32_t fields_end = 0;
};

// Changes taken out of their packed form. Meant to be kept and filled again, so that nothing is
// allocated once it has grown.
struct ChangeList {
  std::vector<StoredChange> changes;
  std::vector<StoredField> fields;

  void clear() {
    changes.clear();
    fields.clear();
  }
  absl::Span<const StoredField> FieldsOf(const StoredChange& change) const {
    return absl::MakeConstSpan(fields).subspan(change.fields_begin,
                                               change.fields_end - change.fields_begin);
  }
  // Adds `change` at the end, with its texts interned.
  StoredChange& Add(const Change& change, SymbolTable& symbols);
  // Adds the first change of `other` at the end.
  StoredChange& AddFirst(const ChangeList& other);
};

// A change on its way to the history of its entity. Meant to be filled again, like the list.
struct IncomingChange {
  ObjectId object = 0;
  absl::string_view id;  // of the entity
  ChangeList list;       // the change alone
};

// The place in the order of stages of what these fields say, 0 when they name no known stage.
using StageOrder = absl::FunctionRef<uint32_t(absl::Span<const StoredField>)>;

// The order and identity of changes that stand in one list.
class HistoryOrder {
 public:
  // All three must outlive this.
  HistoryOrder(const ChangeList& list, const SymbolTable& symbols, StageOrder stage_order)
      : list_(list), symbols_(symbols), stage_order_(stage_order) {}

  // Below zero: `a` comes first. Zero: equal in everything, identity included.
  int Compare(const StoredChange& a, const StoredChange& b) const;
  // The same kind, time, order and fields; whatever the identities.
  bool SameContent(const StoredChange& a, const StoredChange& b) const;

 private:
  int CompareContent(const StoredChange& a, const StoredChange& b) const;

  const ChangeList& list_;
  const SymbolTable& symbols_;
  StageOrder stage_order_;
};

// Packs changes one after the other. Meant to be used again, so that nothing is allocated.
class ChangePacker {
 public:
  // Forgets what was packed. The next change follows one of the time `previous`: EventTime{} at the
  // beginning of a history.
  void Begin(EventTime previous) {
    size_ = 0;
    previous_ = previous;
  }
  void Add(const ChangeList& list, const StoredChange& change);
  // Good until the next call.
  absl::string_view bytes() const { return {room_.data(), size_}; }

 private:
  std::string room_;  // some of it free
  size_t size_ = 0;
  EventTime previous_;
};
// Adds all changes in `bytes` to `list`.
void UnpackChanges(absl::string_view bytes, ChangeList& list);

// The canonical form, of all changes of the list from `first` on.
void EncodeChanges(const ChangeList& list, size_t first, const SymbolTable& symbols,
                   std::string* bytes);
// Adds the changes to `list`; false when `bytes` are not what EncodeChanges writes.
bool DecodeChanges(absl::string_view bytes, SymbolTable& symbols, ChangeList& list);

// The change as it was applied; texts are views into `symbols`.
Change RestoreChange(const ChangeList& list, const StoredChange& change,
                     const SymbolTable& symbols);

}  // namespace takt
