// What linked entities handed to an entity: the occurrences of those of their moments that the link
// is to tell, each with the captured fields as of then. Kept packed beside the entity, one entry
// per (origin, link), together with the histories of entities that were merged into this one.
//
//   entry    origin object, link, origin's id, payload
//   payload  of a link: occurrences; of kMergedLink: the loser's packed history and what links
//            handed to the loser
//
// In memory ids and texts are symbols; between ledgers the same travels with texts.
//
// Threads: values. Errors: bytes of another ledger that cannot be read are refused whole.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "engine/ledger/plan.h"
#include "engine/model/block_pool.h"
#include "engine/model/symbols.h"

namespace takt {

// Links beside those of the configuration.
inline constexpr LinkId kMergedLink = 0xffff;     // a loser's history, for its survivor
inline constexpr LinkId kMergeEdgeLink = 0xfffe;  // which entity another was merged into

struct LinkedOccurrence {
  ObjectId object = 0;  // of the origin
  LinkId link = 0;
  Symbol origin = 0;
  MomentId moment = 0;
  int64_t time = 0;
  uint32_t values = 0;  // place of the captured values in LinkedList::values
};

struct LinkedList {
  std::vector<LinkedOccurrence> occurrences;
  std::vector<int64_t> values;

  void clear() {
    occurrences.clear();
    values.clear();
  }
};

struct HeldKey {
  ObjectId object = 0;
  LinkId link = 0;
  Symbol origin = 0;
  friend bool operator==(const HeldKey&, const HeldKey&) = default;
};

struct HeldEntry {
  HeldKey key;
  absl::string_view payload;
  absl::string_view whole;  // the entry's own bytes
};

// Reads entries one after another.
class HeldReader {
 public:
  explicit HeldReader(absl::string_view bytes) : bytes_(bytes) {}
  bool Next(HeldEntry* entry);

 private:
  absl::string_view bytes_;
};

// Appends one entry. A captured value is one number, 0 for null.
void AppendEntry(const HeldKey& key, absl::string_view payload, std::string* held);
uint64_t HeldCode(int64_t value);
int64_t HeldValue(uint64_t code);

// Puts `payload` (empty: nothing any more) in the place of what `key` handed before. False: it was
// the same already.
bool Hold(const HeldKey& key, absl::string_view payload, std::string* held);

// Appends one occurrence to the payload of a link, with the captured fields of the origin's `row`.
struct ToldOccurrence {
  MomentId moment = 0;
  int64_t time = 0;
  const int64_t* row = nullptr;
};
void AppendOccurrence(const ToldOccurrence& told, const LinkPlan& link, std::string* payload);
// Adds what a link's payload says to `list`.
void ReadOccurrences(const HeldKey& key, const LinkPlan& link, absl::string_view payload,
                     LinkedList& list);

// A merged entity's payload and its two parts.
std::string MergedPayload(absl::string_view history, absl::string_view held);
struct MergedParts {
  absl::string_view history;
  absl::string_view held;  // entries of links alone
};
MergedParts ReadMerged(absl::string_view payload);

// Payloads with texts instead of symbols, as they travel between ledgers. Both must outlive it.
class PayloadText {
 public:
  PayloadText(const Plan& plan, SymbolTable& symbols) : plan_(plan), symbols_(symbols) {}

  std::string Write(const HeldKey& key, absl::string_view payload) const;
  // False: `text` is not what Write makes.
  bool Read(const HeldKey& key, absl::string_view text, std::string* payload);

 private:
  std::string WriteOccurrences(const LinkPlan& link, absl::string_view payload) const;
  bool ReadOccurrences(const LinkPlan& link, absl::string_view text, std::string* payload);
  std::string WriteMerged(absl::string_view payload) const;
  bool ReadMergedText(absl::string_view text, std::string* payload);
  const LinkPlan* LinkOf(const HeldKey& key) const;

  const Plan& plan_;
  SymbolTable& symbols_;
};

}  // namespace takt
