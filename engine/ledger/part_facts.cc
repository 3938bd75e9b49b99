#include "engine/ledger/part_facts.h"

#include <algorithm>
#include <tuple>

namespace takt {
namespace {

bool Holds(const MinuteRange& range, Minute minute) {
  return range.begin <= minute && minute < range.end;
}

bool HoldsOne(const WantedPart& part, Minute minute) {
  return Holds(part.ranges[kBefore], minute) || Holds(part.ranges[kAfter], minute);
}

// One entity's facts fit into 64 bits, whatever amounts were typed.
void AddClamped(int64_t amount, int64_t* sum) {
  if (__builtin_add_overflow(*sum, amount, sum)) *sum = amount < 0 ? INT64_MIN : INT64_MAX;
}

void ReadSums(const FactList& facts, const WantedPart& part, bool is_level, PartFacts& found) {
  for (const SumDelta& fact : facts.deltas.sums) {
    const bool is_start = part.start_term.has_value() && fact.row == part.start_row;
    if (fact.row != part.row && !is_start) continue;
    if (!HoldsOne(part, fact.minute)) continue;
    for (const int moment : {kBefore, kAfter}) {
      if (!Holds(part.ranges[moment], fact.minute)) continue;
      AddClamped(fact.amount, &(is_start ? found.starts : found.amounts)[moment]);
    }
    found.dated = std::max(found.dated, fact.minute);
    if (!is_level) found.sums.push_back(fact);
  }
}

auto Key(const SumDelta& fact) { return std::tie(fact.minute, fact.amount); }
auto Key(const DurationDelta& fact) { return std::tie(fact.minute, fact.duration_micros); }
auto Key(const OutcomeDelta& fact) { return std::tie(fact.time_micros, fact.success); }

template <typename Delta>
bool SameFacts(const std::vector<Delta>& a, const std::vector<Delta>& b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(),
                    [](const Delta& x, const Delta& y) { return Key(x) == Key(y); });
}

template <typename Delta>
void Sort(std::vector<Delta>& facts) {
  std::sort(facts.begin(), facts.end(),
            [](const Delta& a, const Delta& b) { return Key(a) < Key(b); });
}

}  // namespace

void PartFacts::clear() {
  amounts = starts = {};
  dated = kMinuteMin;
  sums.clear();
  durations.clear();
  outcomes.clear();
}

bool PartFacts::empty() const {
  return amounts == decltype(amounts){} && starts == decltype(starts){} && durations.empty() &&
         outcomes.empty();
}

bool PartFacts::SameAs(const PartFacts& other) const {
  return amounts == other.amounts && starts == other.starts && SameFacts(sums, other.sums) &&
         SameFacts(durations, other.durations) && SameFacts(outcomes, other.outcomes);
}

void ReadPart(const FactList& facts, const WantedPart& part, TermKind kind, PartFacts& found) {
  found.clear();
  switch (kind) {
    case TermKind::kSum:
    case TermKind::kLevel:
      ReadSums(facts, part, kind == TermKind::kLevel, found);
      break;
    case TermKind::kDurations:
      for (const DurationDelta& fact : facts.deltas.durations) {
        if (fact.row == part.row && HoldsOne(part, fact.minute)) found.durations.push_back(fact);
      }
      break;
    case TermKind::kOutcomes: {
      const Minute end = std::max(part.ranges[kBefore].end, part.ranges[kAfter].end);
      for (const OutcomeDelta& fact : facts.deltas.outcomes) {
        if (fact.row == part.row && fact.time_micros < end * kMicrosPerMinute) {
          found.outcomes.push_back(fact);
        }
      }
      break;
    }
  }
  Sort(found.sums);
  Sort(found.durations);
  Sort(found.outcomes);
}

}  // namespace takt
