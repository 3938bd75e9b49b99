// Why an entity contributes: by leaving out (explainer.h).
#include <algorithm>
#include <numeric>
#include <utility>

#include "absl/functional/function_ref.h"
#include "engine/ledger/explainer.h"
#include "engine/ledger/ledger_parts.h"
#include "engine/ledger/part_facts.h"
#include "engine/model/change_codec.h"

namespace takt {
namespace {

constexpr size_t kLookedThroughMax = 64;  // changes and hand-overs of one entity

// A choice of what is known of an entity.
struct Choice {
  std::vector<uint32_t> order;  // of its own changes
  std::vector<HeldEntry> held;
};

std::string Encoded(Change change, ObjectId object, absl::string_view id) {
  change.object = object;
  change.id = id;
  std::string bytes;
  EncodeChange(change, &bytes);
  return bytes;
}

// The group set of the fewest groups: the company's, where the term has it.
const TermRows* CoarsestOf(const Definition& definition, const Term& term) {
  const TermRows* coarsest = nullptr;
  for (const TermRows& rows : term.group_sets) {
    const auto size = [&](const TermRows& of) { return definition.group_sets[of.group_set].size; };
    if (coarsest == nullptr || size(rows) < size(*coarsest)) coarsest = &rows;
  }
  return coarsest;
}

}  // namespace

// One entity of a ledger, and what is left of it when the rest is left out.
class CauseFinder {
 public:
  CauseFinder(Ledger::Parts& ledger, const Entity& entity) : ledger_(ledger), entity_(entity) {
    const absl::string_view held = ledger.HeldOf(entity);
    held_bytes_.assign(held.data(), held.size());
    UnpackChanges(entity.history.view(), list_);
    own_count_ = list_.changes.size();
    all_.order.resize(own_count_);
    std::iota(all_.order.begin(), all_.order.end(), 0);
    HeldReader reader(held_bytes_);
    for (HeldEntry entry; reader.Next(&entry);) all_.held.push_back(entry);
  }

  // Which of its own changes this encoded one is.
  std::optional<size_t> PlaceOf(absl::string_view encoded) const {
    const absl::string_view id = ledger_.symbols.Text(entity_.id);
    for (size_t i = 0; i < own_count_; ++i) {
      const Change change = RestoreChange(list_, list_.changes[i], ledger_.symbols);
      if (Encoded(change, entity_.object, id) == encoded) return i;
    }
    return std::nullopt;
  }

  bool IsTooLong() const { return all_.order.size() + all_.held.size() > kLookedThroughMax; }
  const Choice& all() const { return all_; }

  // The smallest choice found from which the same follows; `same` derives from a turn and compares.
  Choice LeaveOut(absl::FunctionRef<bool(const Choice&)> same) const {
    Choice left = all_;
    for (size_t i = left.order.size(); i-- > 0;) {
      Choice tried = left;
      tried.order.erase(tried.order.begin() + static_cast<int64_t>(i));
      if (same(tried)) left = std::move(tried);
    }
    for (size_t i = left.held.size(); i-- > 0;) {
      Choice tried = left;
      tried.held.erase(tried.held.begin() + static_cast<int64_t>(i));
      if (same(tried)) left = std::move(tried);
    }
    return left;
  }

  // Calls `derive` with a turn that knows what was chosen and no more.
  void With(const Choice& choice, absl::FunctionRef<void(const EntityTurn&)> derive) {
    // Histories of merged entities were added behind its own.
    list_.changes.resize(own_count_);
    Knowledge knowledge;
    knowledge.order = choice.order;
    std::string held;
    for (const HeldEntry& entry : choice.held) held.append(entry.whole.data(), entry.whole.size());
    knowledge.held = held;
    Knowledge before;
    derive({&ledger_.PlanOf(entity_), entity_.id, &list_, &before, &knowledge});
  }

  std::vector<Cause> CausesOf(const Choice& choice) const {
    std::vector<Cause> causes;
    const absl::string_view id = ledger_.symbols.Text(entity_.id);
    for (const uint32_t place : choice.order) {
      Cause& cause = causes.emplace_back();
      cause.object = entity_.object;
      cause.id = std::string(id);
      cause.change =
          Encoded(RestoreChange(list_, list_.changes[place], ledger_.symbols), entity_.object, id);
    }
    for (const HeldEntry& entry : choice.held) AddHeld(entry, causes);
    return causes;
  }

 private:
  void AddHeld(const HeldEntry& entry, std::vector<Cause>& causes) const {
    Cause cause;
    cause.object = entry.key.object;
    cause.id = std::string(ledger_.symbols.Text(entry.key.origin));
    if (entry.key.link != kMergedLink) {
      cause.link = entry.key.link;
      const LinkPlan& link = ledger_.plan.objects[entry.key.object].links[entry.key.link];
      LinkedList told;
      ReadOccurrences(entry.key, link, entry.payload, told);
      for (const LinkedOccurrence& one : told.occurrences) {
        cause.occurrences.push_back({one.moment, EventTime{one.time}});
      }
      causes.push_back(std::move(cause));
      return;
    }
    cause.merged = true;
    ChangeList merged;
    UnpackChanges(ReadMerged(entry.payload).history, merged);
    const size_t shown = std::min(merged.changes.size(), kLookedThroughMax);
    for (size_t i = 0; i < shown; ++i) {
      cause.change = Encoded(RestoreChange(merged, merged.changes[i], ledger_.symbols),
                             cause.object, cause.id);
      causes.push_back(cause);
    }
  }

  Ledger::Parts& ledger_;
  const Entity& entity_;
  std::string held_bytes_;
  ChangeList list_;
  size_t own_count_ = 0;
  Choice all_;
};

Causes LedgerExplainer::FindCauses(const Ledger& ledger, const WantedPart& part, ObjectId object,
                                   absl::string_view id) {
  Ledger::Parts& parts = *ledger.parts_;
  Causes causes;
  const std::optional<Symbol> symbol = parts.symbols.Find(id);
  const Entity* entity = symbol.has_value() ? parts.entities.Find(object, *symbol) : nullptr;
  if (entity == nullptr || parts.IsLoser(*entity)) return causes;
  std::vector<const TermPlan*> terms;
  for (const TermPlan& term : parts.PlanOf(*entity).terms) {
    if (term.id == part.term || part.start_term == std::optional<TermId>(term.id)) {
      terms.push_back(&term);
    }
  }
  CauseFinder finder(parts, *entity);
  FactList facts;
  PartFacts found;
  const auto derive = [&](const Choice& choice) {
    facts.clear();
    finder.With(choice, [&](const EntityTurn& turn) { parts.deriver.FactsOf(turn, terms, facts); });
    ReadPart(facts, part, parts.definition.terms[part.term].kind, found);
  };
  derive(finder.all());
  causes.amounts = found.amounts;
  causes.starts = found.starts;
  causes.too_long = finder.IsTooLong();
  causes.found = !causes.too_long;
  if (causes.too_long) return causes;
  const PartFacts whole = found;
  const auto same = [&](const Choice& choice) {
    derive(choice);
    return whole.SameAs(found);
  };
  causes.causes = finder.CausesOf(finder.LeaveOut(same));
  return causes;
}

Causes LedgerExplainer::FindLinkCauses(const Ledger& ledger, ObjectId object, absl::string_view id,
                                       LinkId link) {
  Ledger::Parts& parts = *ledger.parts_;
  Causes causes;
  const std::optional<Symbol> symbol = parts.symbols.Find(id);
  const Entity* entity = symbol.has_value() ? parts.entities.Find(object, *symbol) : nullptr;
  if (entity == nullptr || parts.IsLoser(*entity)) return causes;
  const LinkPlan& told = parts.PlanOf(*entity).links[link];
  CauseFinder finder(parts, *entity);
  causes.too_long = finder.IsTooLong();
  causes.found = !causes.too_long;
  if (causes.too_long) return causes;
  const auto news = [&](const Choice& choice) {
    Deriver::News found;
    finder.With(choice, [&](const EntityTurn& turn) { found = parts.deriver.NewsOf(turn, told); });
    return found;
  };
  const Deriver::News whole = news(finder.all());
  causes.causes =
      finder.CausesOf(finder.LeaveOut([&](const Choice& choice) { return news(choice) == whole; }));
  return causes;
}

ChangeEffects LedgerExplainer::FindEffects(const Ledger& ledger, absl::string_view encoded) {
  Ledger::Parts& parts = *ledger.parts_;
  ChangeEffects found;
  ByteReader reader(encoded);
  Change change;
  if (!DecodeChange(reader, &change) || change.object >= parts.plan.objects.size()) return found;
  const std::optional<Symbol> symbol = parts.symbols.Find(change.id);
  const Entity* entity = symbol.has_value() ? parts.entities.Find(change.object, *symbol) : nullptr;
  if (entity == nullptr) return found;
  CauseFinder finder(parts, *entity);
  const std::optional<size_t> place = finder.PlaceOf(encoded);
  found.is_applied = place.has_value();
  if (!found.is_applied || parts.IsLoser(*entity) || finder.IsTooLong()) return found;
  std::vector<const TermPlan*> terms;
  for (const TermPlan& term : parts.PlanOf(*entity).terms) terms.push_back(&term);
  FactList with;
  FactList without;
  finder.With(finder.all(),
              [&](const EntityTurn& turn) { parts.deriver.FactsOf(turn, terms, with); });
  Choice rest = finder.all();
  rest.order.erase(rest.order.begin() + static_cast<int64_t>(*place));
  finder.With(rest, [&](const EntityTurn& turn) { parts.deriver.FactsOf(turn, terms, without); });
  DeltaBatch difference;
  Difference().Append(without, with, difference);
  const auto add = [&](RowId row, Minute minute, int64_t amount) {
    for (const TermPlan* term : terms) {
      const TermRows* rows = CoarsestOf(parts.definition, *term->term);
      if (rows == nullptr || row < rows->first_row) continue;
      if (row - rows->first_row >= parts.definition.group_sets[rows->group_set].size) continue;
      found.effects.push_back({term->id, row - rows->first_row, minute, amount});
    }
  };
  for (const SumDelta& fact : difference.sums) add(fact.row, fact.minute, fact.amount);
  for (const DurationDelta& fact : difference.durations) {
    add(fact.row, fact.minute, fact.count * fact.duration_micros);
  }
  for (const OutcomeDelta& fact : difference.outcomes) {
    add(fact.row, MinuteClamped(fact.time_micros), fact.count);
  }
  return found;
}

}  // namespace takt
