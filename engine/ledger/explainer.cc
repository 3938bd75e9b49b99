#include "engine/ledger/explainer.h"

#include <algorithm>
#include <utility>

#include "absl/container/flat_hash_map.h"
#include "absl/container/flat_hash_set.h"
#include "engine/base/check.h"
#include "engine/ledger/ledger_parts.h"
#include "engine/ledger/part_facts.h"

namespace takt {
namespace {

// So few are looked at again in one step, the last, whatever the caller's size.
constexpr size_t kLastStep = 2048;
// Entities of objects that nothing is asked of are passed over, so many for one that is looked at.
constexpr int kPassedForOne = 16;

struct Entry {
  uint32_t place = 0;
  uint16_t part = 0;
  Minute dated = 0;
  std::array<int64_t, 2> amounts{};
  std::array<int64_t, 2> starts{};
};

struct OutcomeEntry {
  uint32_t place = 0;
  uint16_t part = 0;
  OutcomeDelta outcome;
};

bool Holds(const MinuteRange& range, Minute minute) {
  return range.begin <= minute && minute < range.end;
}

Int128 Absolute(Int128 amount) { return amount < 0 ? -amount : amount; }

}  // namespace

struct LedgerExplainer::Search {
  Search(Ledger::Parts& parts, const WantedContributions& asked);

  void TakeTouched();
  void SeeMore(int entities_max);
  void SeeAgain(size_t count);
  void See(uint32_t place);
  void Keep(uint32_t place, uint16_t part);

  // An entry stands unless its entity was seen again after it.
  template <typename Kept>
  void LeaveOutOld(absl::flat_hash_map<uint32_t, size_t>& stand_from, std::vector<Kept>& kept);
  void Finish();
  void AddUp(const Entry& entry);
  void List(uint16_t part, std::vector<Entry>& candidates);
  void ListOutcomes(uint16_t part);
  Contribution Named(uint32_t place) const;
  Int128 Weight(const Entry& entry) const;
  TermKind KindOf(uint16_t part) const {
    return ledger.definition.terms[wanted.parts[part].term].kind;
  }

  Ledger::Parts& ledger;
  const WantedContributions wanted;
  std::vector<std::vector<const TermPlan*>> terms;  // that are asked for, by object
  size_t cursor = 0;
  std::vector<uint32_t> touched;               // as the ledger says it
  absl::flat_hash_set<uint32_t> to_see_again;  // of those before the cursor
  size_t came = 0;                             // how many the last step found touched
  std::vector<Entry> entries;
  std::vector<OutcomeEntry> outcomes;
  absl::flat_hash_map<uint32_t, size_t> entries_from;  // by place, of entities seen again
  absl::flat_hash_map<uint32_t, size_t> outcomes_from;
  FactList facts;
  PartFacts found;
  Findings findings;
};

LedgerExplainer::Search::Search(Ledger::Parts& parts, const WantedContributions& asked)
    : ledger(parts), wanted(asked) {
  for (const ObjectPlan& object : ledger.plan.objects) {
    std::vector<const TermPlan*>& of_object = terms.emplace_back();
    for (const TermPlan& term : object.terms) {
      const bool is_wanted =
          std::any_of(wanted.parts.begin(), wanted.parts.end(), [&](const WantedPart& part) {
            return part.term == term.id || part.start_term == std::optional<TermId>(term.id);
          });
      if (is_wanted) of_object.push_back(&term);
    }
  }
  findings.parts.resize(wanted.parts.size());
}

void LedgerExplainer::Search::TakeTouched() {
  const size_t before = to_see_again.size();
  for (const uint32_t place : touched) {
    if (place < cursor && !terms[ledger.entities[place].object].empty()) to_see_again.insert(place);
  }
  came = to_see_again.size() - before;
  touched.clear();
}

void LedgerExplainer::Search::SeeMore(int entities_max) {
  int64_t budget = int64_t{entities_max} * kPassedForOne;
  for (; cursor < ledger.entities.size() && budget > 0; ++cursor) {
    const bool is_asked = !terms[ledger.entities[cursor].object].empty();
    budget -= is_asked ? kPassedForOne : 1;
    if (is_asked) See(static_cast<uint32_t>(cursor));
  }
}

void LedgerExplainer::Search::SeeAgain(size_t count) {
  for (; count > 0 && !to_see_again.empty(); --count) {
    const uint32_t place = *to_see_again.begin();
    to_see_again.erase(to_see_again.begin());
    entries_from[place] = entries.size();
    outcomes_from[place] = outcomes.size();
    ++findings.seen_again;
    See(place);
  }
}

void LedgerExplainer::Search::See(uint32_t place) {
  const Entity& entity = ledger.entities[place];
  if (ledger.IsLoser(entity)) return;
  ++findings.entities;
  ledger.Load(entity);
  facts.clear();
  ledger.deriver.FactsOf(
      {&ledger.PlanOf(entity), entity.id, &ledger.list, &ledger.before, &ledger.after},
      terms[entity.object], facts);
  if (facts.deltas.empty()) return;
  for (size_t part = 0; part < wanted.parts.size(); ++part) {
    ReadPart(facts, wanted.parts[part], KindOf(static_cast<uint16_t>(part)), found);
    if (!found.empty()) Keep(place, static_cast<uint16_t>(part));
  }
}

void LedgerExplainer::Search::Keep(uint32_t place, uint16_t part) {
  for (const DurationDelta& fact : found.durations) {
    Entry entry{.place = place, .part = part, .dated = fact.minute};
    for (const int moment : {kBefore, kAfter}) {
      const bool counts = Holds(wanted.parts[part].ranges[moment], fact.minute);
      entry.amounts[moment] = counts ? fact.duration_micros : 0;
    }
    entries.push_back(entry);
  }
  for (const OutcomeDelta& outcome : found.outcomes) outcomes.push_back({place, part, outcome});
  if (found.amounts == decltype(found.amounts){} && found.starts == decltype(found.starts){}) {
    return;
  }
  entries.push_back({place, part, found.dated, found.amounts, found.starts});
}

template <typename Kept>
void LedgerExplainer::Search::LeaveOutOld(absl::flat_hash_map<uint32_t, size_t>& stand_from,
                                          std::vector<Kept>& kept) {
  if (stand_from.empty()) return;
  size_t left = 0;
  for (size_t i = 0; i < kept.size(); ++i) {
    const auto from = stand_from.find(kept[i].place);
    if (from == stand_from.end() || i >= from->second) kept[left++] = Kept(kept[i]);
  }
  kept.resize(left);
}

Int128 LedgerExplainer::Search::Weight(const Entry& entry) const {
  Contribution one;
  one.amounts = entry.amounts;
  one.starts = entry.starts;
  const WantedPart& part = wanted.parts[entry.part];
  const Int128 after = AmountOf(part, one, kAfter);
  return Absolute(wanted.moves ? after - AmountOf(part, one, kBefore) : after);
}

void LedgerExplainer::Search::AddUp(const Entry& entry) {
  PartFindings& part = findings.parts[entry.part];
  DurationFact duration;
  for (const int moment : {kBefore, kAfter}) {
    part.totals[moment] += entry.amounts[moment];
    part.starts[moment] += entry.starts[moment];
    const bool counts = entry.amounts[moment] != 0 || entry.starts[moment] != 0;
    part.contributing[moment] += counts;
    duration.counts[moment] = counts;
    if (counts) duration.micros = entry.amounts[moment];
  }
  if (KindOf(entry.part) == TermKind::kDurations) part.durations.push_back(duration);
}

Contribution LedgerExplainer::Search::Named(uint32_t place) const {
  Contribution one;
  one.object = ledger.entities[place].object;
  one.id = std::string(ledger.symbols.Text(ledger.entities[place].id));
  return one;
}

void LedgerExplainer::Search::List(uint16_t part, std::vector<Entry>& candidates) {
  const auto id_of = [&](const Entry& entry) {
    return ledger.symbols.Text(ledger.entities[entry.place].id);
  };
  const auto is_first = [&](const Entry& a, const Entry& b) {
    const Int128 weight_a = Weight(a);
    const Int128 weight_b = Weight(b);
    if (weight_a != weight_b) return weight_a > weight_b;
    if (a.dated != b.dated) return a.dated > b.dated;
    return id_of(a) < id_of(b);
  };
  const size_t listed = std::min(candidates.size(), static_cast<size_t>(wanted.listed_max));
  std::partial_sort(candidates.begin(), candidates.begin() + listed, candidates.end(), is_first);
  for (size_t i = 0; i < listed; ++i) {
    Contribution one = Named(candidates[i].place);
    one.amounts = candidates[i].amounts;
    one.starts = candidates[i].starts;
    one.dated = candidates[i].dated;
    findings.parts[part].listed.push_back(std::move(one));
  }
}

// Of each moment the last that this ledger knows: those of all ledgers are among them.
void LedgerExplainer::Search::ListOutcomes(uint16_t part) {
  std::vector<const OutcomeEntry*> ordered;
  for (const OutcomeEntry& entry : outcomes) {
    if (entry.part == part) ordered.push_back(&entry);
  }
  const auto key = [](const OutcomeEntry* entry) {
    return std::tuple(entry->outcome.time_micros, entry->outcome.entity, entry->outcome.success);
  };
  std::sort(ordered.begin(), ordered.end(),
            [&](const OutcomeEntry* a, const OutcomeEntry* b) { return key(a) > key(b); });
  const WantedPart& asked = wanted.parts[part];
  int64_t taken[2] = {0, 0};
  for (const OutcomeEntry* entry : ordered) {
    bool is_among = false;
    for (const int moment : {kBefore, kAfter}) {
      const int64_t end = int64_t{asked.ranges[moment].end} * kMicrosPerMinute;
      if (entry->outcome.time_micros >= end || taken[moment] >= asked.last) continue;
      ++taken[moment];
      is_among = true;
    }
    if (!is_among) continue;
    Contribution one = Named(entry->place);
    one.outcome = entry->outcome;
    one.dated = MinuteClamped(entry->outcome.time_micros);
    findings.parts[part].listed.push_back(std::move(one));
  }
}

void LedgerExplainer::Search::Finish() {
  LeaveOutOld(entries_from, entries);
  LeaveOutOld(outcomes_from, outcomes);
  std::vector<std::vector<Entry>> candidates(wanted.parts.size());
  for (const Entry& entry : entries) {
    AddUp(entry);
    Contribution one;
    one.amounts = entry.amounts;
    one.starts = entry.starts;
    const WantedPart& part = wanted.parts[entry.part];
    const bool differs = AmountOf(part, one, kAfter) != AmountOf(part, one, kBefore);
    findings.parts[entry.part].moved += differs;
    const bool contributes = entry.amounts[kAfter] != 0 || entry.starts[kAfter] != 0;
    if (wanted.moves ? differs : contributes) candidates[entry.part].push_back(entry);
  }
  for (size_t part = 0; part < wanted.parts.size(); ++part) {
    List(static_cast<uint16_t>(part), candidates[part]);
    if (KindOf(static_cast<uint16_t>(part)) == TermKind::kOutcomes) {
      ListOutcomes(static_cast<uint16_t>(part));
    }
  }
}

LedgerExplainer::LedgerExplainer(const Ledger& ledger, const WantedContributions& wanted)
    : search_(std::make_unique<Search>(*ledger.parts_, wanted)) {
  TAKT_CHECK(search_->ledger.touched == nullptr, "one explainer at a time for a ledger");
  search_->ledger.touched = &search_->touched;
}

LedgerExplainer::~LedgerExplainer() { search_->ledger.touched = nullptr; }

bool LedgerExplainer::Step(int entities_max) {
  Search& search = *search_;
  search.TakeTouched();
  if (search.cursor < search.ledger.entities.size()) {
    search.SeeMore(entities_max);
    return false;
  }
  // Twice what came since the last step, so that it comes to an end under any load.
  if (search.to_see_again.size() > kLastStep) {
    search.SeeAgain(std::max<size_t>(static_cast<size_t>(entities_max), 2 * search.came));
    return false;
  }
  search.SeeAgain(kLastStep);
  search.Finish();
  return true;
}

Findings LedgerExplainer::TakeFindings() { return std::move(search_->findings); }

}  // namespace takt
