#include "tests/oracle/facts.h"

#include <algorithm>
#include <set>
#include <tuple>

#include "engine/base/hash.h"

namespace takt::oracle {
namespace {

// amount x weight / 1000000, rounded half away from zero.
int64_t Weighted(int64_t amount, int64_t weight_millionths) {
  const __int128 product = static_cast<__int128>(amount) * weight_millionths;
  const __int128 half = product < 0 ? -500000 : 500000;
  return static_cast<int64_t>((product + half) / 1000000);
}

}  // namespace

Facts::Facts(const Definition& definition, const Civil& civil, const Rules& rules,
             const std::map<std::pair<ObjectId, std::string>, Entity>& entities)
    : definition_(definition), civil_(civil), rules_(rules), facts_(definition.terms.size()) {
  for (const auto& [key, entity] : entities) {
    if (!entity.deleted) by_object_[key.first].push_back(&entity);
  }
  for (size_t i = 0; i < definition.terms.size(); ++i) {
    const Term& term = definition.terms[i];
    if (term.kind == TermKind::kLevel && !term.recent.has_value()) continue;
    uint32_t row_number = 0;
    for (const Entity* entity : by_object_[term.object]) {
      for (const Row& row : rules.RowsOf(*entity, term.rows)) {
        AddRow(static_cast<TermId>(i), row, row_number++);
      }
    }
    std::sort(facts_[i].begin(), facts_[i].end(), [](const Fact& a, const Fact& b) {
      return std::tie(a.time, a.entity, a.success) < std::tie(b.time, b.entity, b.success);
    });
  }
}

bool Facts::PassesFilters(const Term& term, const Row& row, int64_t time) const {
  if (!rules_.PassAt(row, term.where, time)) return false;
  if (term.within.has_value()) {
    const std::optional<Occurrence> start = rules_.FirstOccurrence(row, term.within_of);
    if (!start.has_value() || time < start->time) return false;
    if (time - start->time >= absl::ToInt64Microseconds(*term.within)) return false;
  }
  if (term.before.has_value()) {
    const std::optional<Occurrence> limit = rules_.FirstOccurrence(row, *term.before);
    if (limit.has_value() && time >= limit->time) return false;
  }
  return true;
}

std::vector<Facts::Counted> Facts::Passing(const Term& term, const Row& row) const {
  std::vector<Counted> counted;
  for (const MomentId moment : term.at) {
    const bool success = std::count(term.success.begin(), term.success.end(), moment) > 0;
    for (const Occurrence& at : rules_.Occurrences(row, moment)) {
      if (PassesFilters(term, row, at.time)) counted.push_back({.at = at, .success = success});
    }
  }
  std::stable_sort(counted.begin(), counted.end(), [](const Counted& a, const Counted& b) {
    const std::string a_id = a.at.origin == nullptr ? "" : a.at.origin->id;
    const std::string b_id = b.at.origin == nullptr ? "" : b.at.origin->id;
    return std::tie(a.at.time, a_id) < std::tie(b.at.time, b_id);
  });
  if (term.once_per.has_value()) KeepFirstInPeriods(*term.once_per, counted);
  return counted;
}

void Facts::KeepFirstInPeriods(Period period, std::vector<Counted>& counted) const {
  std::set<absl::CivilDay> seen;
  std::erase_if(counted, [&](const Counted& one) {
    const absl::CivilDay day = civil_.DayHolding(MinuteHolding(one.at.time));
    return !seen.insert(civil_.PeriodStart(period, day)).second;
  });
}

std::optional<int64_t> Facts::AmountAt(const Measure& measure, const Row& row, int64_t time) const {
  if (measure.kind == MeasureKind::kOne || measure.kind == MeasureKind::kStart) return 1;
  const Datum field = rules_.FieldAt(row, measure.field, time);
  if (field.kind != ValueKind::kInteger) return std::nullopt;
  if (measure.kind == MeasureKind::kField) return field.integer;
  const Datum weight = rules_.FieldAt(row, measure.weight_field, time);
  if (weight.kind != ValueKind::kInteger) return std::nullopt;
  return Weighted(field.integer, weight.integer);
}

void Facts::AddRow(TermId id, const Row& row, uint32_t row_number) {
  const Term& term = definition_.terms[id];
  for (const Counted& one : Passing(term, row)) {
    Fact fact{.time = one.at.time,
              .amount = 1,
              .row = row_number,
              .entity = StableHash(row.entity->id),
              .success = one.success};
    if (term.dated.has_value()) {
      const std::optional<Occurrence> dated = rules_.FirstOccurrence(row, *term.dated);
      if (!dated.has_value()) continue;
      fact.time = dated->time;
    }
    fact.combination = CombinationOf(term, row, one.at, fact.time);
    if (term.kind == TermKind::kDurations) {
      const std::optional<Occurrence> from = rules_.FirstOccurrence(row, term.from);
      if (!from.has_value() || one.at.time <= from->time) continue;
      fact.amount = one.at.time - from->time;
    } else if (term.kind == TermKind::kSum && term.as_posted) {
      AddPosted(id, row, fact, one.at.time);
      continue;
    } else if (term.kind == TermKind::kSum) {
      const std::optional<int64_t> amount = AmountAt(term.measure, row, kLatest);
      if (!amount.has_value()) continue;
      fact.amount = *amount;
    }
    facts_[id].push_back(fact);
  }
}

// The value as of the moment, and every later change of it at its own date.
void Facts::AddPosted(TermId id, const Row& row, const Fact& fact, int64_t moment) {
  const Measure& measure = definition_.terms[id].measure;
  Fact posting = fact;
  int64_t posted = AmountAt(measure, row, moment).value_or(0);
  posting.amount = posted;
  if (posted != 0) facts_[id].push_back(posting);
  for (const Step& step : row.entity->steps) {
    if (step.time <= moment) continue;
    const int64_t value = AmountAt(measure, row, step.time).value_or(0);
    if (value == posted) continue;
    posting.time = step.time;
    posting.amount = value - posted;
    posted = value;
    facts_[id].push_back(posting);
  }
}

Combination Facts::CombinationOf(const Term& term, const Row& row, const Occurrence& at,
                                 int64_t dated) {
  switch (term.credit) {
    case Credit::kAtMoment:
      break;
    case Credit::kCurrent:
      return CombinationAt(row, kLatest, kLatest);
    case Credit::kOrigin:
      if (at.origin == nullptr) break;
      return CombinationAt({.entity = at.origin}, at.origin_time, at.time);
  }
  return CombinationAt(row, dated, dated);
}

Combination Facts::CombinationAt(const Row& row, int64_t fields_time, int64_t table_time) {
  std::vector<DimensionValue> values;
  for (size_t i = 0; i < definition_.dimensions.size(); ++i) {
    values.push_back(rules_.DimensionAt(static_cast<DimensionId>(i), row, fields_time, table_time));
  }
  const auto [number, is_new] =
      numbers_.emplace(values, static_cast<Combination>(combinations_.size()));
  if (is_new) combinations_.push_back(values);
  return number->second;
}

std::vector<__int128> Facts::LevelAt(TermId id, int64_t time) {
  const Term& term = definition_.terms[id];
  std::vector<__int128> totals(combinations_.size());
  for (const Entity* entity : by_object_[term.object]) {
    for (const Row& row : rules_.RowsOf(*entity, term.rows)) {
      if (!rules_.AllHoldAt(row, term.states, time)) continue;
      if (!rules_.PassAt(row, term.where, time)) continue;
      std::optional<int64_t> amount = AmountAt(term.measure, row, time);
      if (!amount.has_value()) continue;
      if (term.measure.kind == MeasureKind::kStart) {
        amount = rules_.HeldSince(row, term.states, time);
      }
      const bool current = term.credit == Credit::kCurrent;
      const Combination combination =
          CombinationAt(row, current ? kLatest : time, current ? kLatest : time);
      if (combination >= totals.size()) totals.resize(combination + 1);
      totals[combination] += *amount;
    }
  }
  return totals;
}

}  // namespace takt::oracle
