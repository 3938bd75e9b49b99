// Derive and Fold for one entity: from what was known of it before and what is known after, to the
// difference of all facts and to what its links must now tell others.
//
// When a change came last, both sides share one walk of the history. Terms that one more change
// cannot touch are skipped; of the rest, facts that both sides have stay out.
//
// Threads: one owner; its scratch memory is reused. `plan` and `symbols` must outlive it.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "engine/ledger/counted_index.h"
#include "engine/ledger/difference.h"
#include "engine/ledger/facts.h"
#include "engine/ledger/life.h"
#include "engine/ledger/linked.h"
#include "engine/ledger/plan.h"
#include "engine/ledger/track.h"

namespace takt {

// What is known of an entity at one point.
struct Knowledge {
  std::vector<uint32_t> order;  // its own changes: places in the list, in the order of the history
  absl::string_view held;       // what was handed to it
  bool stands = true;  // false: nothing follows from it (merged into another, or not there)

  void clear() {
    order.clear();
    held = {};
    stands = true;
  }
};

struct EntityTurn {
  const ObjectPlan* plan = nullptr;
  Symbol id = 0;
  ChangeList* list = nullptr;  // of both sides; histories of merged entities are added to it
  Knowledge* before = nullptr;
  Knowledge* after = nullptr;
  // Moments whose first occurrence must be the same on both sides, or what is known is too little.
  absl::Span<const MomentId> steady = {};
};

struct LinkNews {  // a link tells its target something new; an empty payload: nothing any more
  LinkId link = 0;
  Symbol target = 0;
  std::string payload;
};

struct Effects {
  DeltaBatch* deltas = nullptr;
  std::vector<LinkNews> news;
  int64_t negative_durations = 0;  // how many more there are
};

class Deriver {
 public:
  Deriver(const Plan& plan, const SymbolTable& symbols);

  // False: a moment of turn.steady is not; nothing was done.
  bool Update(const EntityTurn& turn, Effects& effects);
  // What the terms PartPlan::counted count of `key` on both sides. False: as Update.
  struct CountedPoints {
    std::vector<CountedPoint> before;
    std::vector<CountedPoint> after;
  };
  bool FindCounted(const EntityTurn& turn, const HeldKey& key, CountedPoints& points);
  // The same of turn.after and of everyone.
  void FindAllCounted(const EntityTurn& turn, std::vector<CountedPoint>& points);
  // All facts of turn.after, added to `deltas`.
  void Fold(const EntityTurn& turn, DeltaBatch& deltas);
  // The facts of these terms alone, added to `facts`.
  void FactsOf(const EntityTurn& turn, absl::Span<const TermPlan* const> terms, FactList& facts);
  // What turn.after makes `link` tell, and whom.
  struct News {
    int64_t target = kNull;
    std::string payload;  // empty: nothing
    friend bool operator==(const News&, const News&) = default;
  };
  News NewsOf(const EntityTurn& turn, const LinkPlan& link);

  uint64_t MemoryBytes() const;

 private:
  struct Side {
    Track track;
    LinkedList linked;
    Life life;
    FactList facts;
    LifeInput input;
    std::string payload;
  };
  struct Touched {
    Mask columns = 0;                     // that differ at some time
    Mask last_columns = 0;                // that differ in the end
    Mask moments = 0;                     // whose occurrences differ
    Mask met = 0;                         // moments that occur in `times`
    Interval times = FactMaker::kAlways;  // nothing is other at other times
  };

  // Reads what is held: linked occurrences into the side, merged histories into list and order.
  void Load(const EntityTurn& turn, Knowledge& knowledge, Side& side);
  void AddMerged(const EntityTurn& turn, absl::string_view history, uint32_t member,
                 Knowledge& knowledge);
  void SortOrder(const EntityTurn& turn, Knowledge& knowledge) const;
  void Derive(const EntityTurn& turn);
  // Derives turn.after alone. False: it is not alive, so nothing follows from it.
  bool DeriveAfter(const EntityTurn& turn);
  LifeInput InputOf(const EntityTurn& turn, const Knowledge& knowledge, const Side& side) const;
  void CompareRows(const EntityTurn& turn, size_t added, Touched& touched) const;
  void CompareMoments(const EntityTurn& turn, Touched& touched) const;
  Touched FindTouched(const EntityTurn& turn) const;
  static bool Touches(const TermPlan& term, const Touched& touched);
  bool IsSteady(const EntityTurn& turn) const;
  // `key`: null for everyone.
  void ListCounted(const ObjectPlan& plan, const Side& side, const HeldKey* key,
                   std::vector<CountedPoint>& points);
  void UpdateTerms(const EntityTurn& turn, Effects& effects);
  void UpdateLinks(const EntityTurn& turn, Effects& effects);
  // The target of a link, kNull for none, and its payload.
  int64_t FindNews(const LinkPlan& link, Side& side) const;

  const Plan& plan_;
  const SymbolTable& symbols_;
  FactMaker maker_;
  Difference difference_;
  std::optional<size_t> added_;  // the place in turn.after of the one change that it has more
  Side before_;
  Side after_;
};

}  // namespace takt
