// Facts at moments: sums, durations, outcomes, and distinct counts over windows (facts.h).
#include <algorithm>
#include <tuple>

#include "engine/ledger/facts.h"

namespace takt {

bool FactMaker::PassesFilters(const TermPlan& plan, const FactRow& row, int64_t time) const {
  const Term& term = *plan.term;
  if (!plan.where.empty() && !Passes(plan.where, row, life_->RowAt(time))) return false;
  if (term.within.has_value()) {
    const int64_t start = FirstOf(row, term.within_of);
    if (start == kNull || time < start) return false;
    if (time >= LaterBy(start, absl::ToInt64Microseconds(*term.within))) return false;
  }
  if (term.before.has_value()) {
    const int64_t limit = FirstOf(row, *term.before);
    if (limit != kNull && time >= limit) return false;
  }
  return true;
}

void FactMaker::AddCounted(const TermPlan& plan, const FactRow& row, MomentId moment) {
  const std::vector<MomentId>& wins = plan.term->success;
  const bool success = std::find(wins.begin(), wins.end(), moment) != wins.end();
  if (!row.is_entity) {
    const int64_t time = FirstOf(row, moment);
    if (time == kNull || !PassesFilters(plan, row, time)) return;
    counted_.push_back({{time, -1}, success});
    return;
  }
  for (const Occurrence& one : life_->OccurrencesOf(moment)) {
    if (PassesFilters(plan, row, one.time)) counted_.push_back({one, success});
  }
}

void FactMaker::ForEachCounted(const TermPlan& plan, const Life& life, VisitCounted visit) {
  if (!life.input.alive) return;
  life_ = &life;
  const FactRow row;
  for (size_t place = 0; place < plan.term->at.size(); ++place) {
    counted_.clear();
    AddCounted(plan, row, plan.term->at[place]);
    for (Counted& one : counted_) {
      row_ids_.clear();
      one.date = one.at.time;
      if (plan.term->recent.has_value()) CreditRows(plan, row, one);
      visit(one.at, static_cast<uint16_t>(place), row_ids_);
    }
  }
}

void FactMaker::FindCounted(const TermPlan& plan, const FactRow& row) {
  counted_.clear();
  for (const MomentId moment : plan.term->at) AddCounted(plan, row, moment);
  if (!plan.term->once_per.has_value()) return;
  // Within a moment occurrences stand in order; of several moments the earliest must come first,
  // and at one time the entity's own.
  if (plan.term->at.size() > 1) {
    std::stable_sort(counted_.begin(), counted_.end(), [](const Counted& a, const Counted& b) {
      const bool a_linked = a.at.origin >= 0;
      const bool b_linked = b.at.origin >= 0;
      return std::tie(a.at.time, a_linked) < std::tie(b.at.time, b_linked);
    });
  }
  KeepFirstInPeriods(*plan.term->once_per);
}

void FactMaker::KeepFirstInPeriods(Period period) {
  MinuteRange last{kMinuteMin, kMinuteMin};
  const auto repeats = [&](const Counted& one) {
    const Minute minute = MinuteClamped(one.at.time);
    if (minute >= last.begin && minute < last.end) return true;
    last = calendar_.PeriodAt(period, minute);
    return false;
  };
  size_t kept = 0;
  for (const Counted& one : counted_) {
    if (!repeats(one)) counted_[kept++] = Counted(one);
  }
  counted_.resize(kept);
}

void FactMaker::MakeAtMoments(const TermPlan& plan, const FactRow& row, FactList& out) {
  const Term& term = *plan.term;
  FindCounted(plan, row);
  for (Counted& one : counted_) {
    one.date = term.dated.has_value() ? FirstOf(row, *term.dated) : one.at.time;
    if (one.date == kNull) continue;
    CreditRows(plan, row, one);
    switch (term.kind) {
      case TermKind::kSum:
        if (term.as_posted) {
          MakePosted(plan, row, one, out);
        } else {
          MakeSum(plan, row, one, out);
        }
        break;
      case TermKind::kDurations:
        MakeDuration(plan, row, one, out);
        break;
      case TermKind::kOutcomes:
        MakeOutcome(one, out);
        break;
      case TermKind::kLevel:
        break;
    }
  }
}

void FactMaker::CreditRows(const TermPlan& plan, const FactRow& row, const Counted& one) {
  int64_t until = kNever;
  if (plan.groups.dimensions.empty()) {
    FindRows(plan.groups, {}, &until);
    return;
  }
  switch (plan.term->credit) {
    case Credit::kAtMoment:
      break;
    case Credit::kCurrent:
      FindRows(plan.groups, InputAt(row, life_->input.rows - 1, kNever), &until);
      return;
    case Credit::kOrigin:
      if (one.at.origin < 0) break;
      CreditOrigin(plan, one.at);
      return;
  }
  FindRows(plan.groups, InputAt(row, life_->RowAt(one.date), one.date), &until);
}

// By the fields that the origin handed over with the moment.
void FactMaker::CreditOrigin(const TermPlan& plan, const Occurrence& at) {
  const LinkedList& linked = *life_->input.linked;
  const LinkedOccurrence& origin = linked.occurrences[at.origin];
  const ObjectPlan& object = plan_.objects[origin.object];
  const LinkPlan& link = object.links[origin.link];
  DimensionInput input{.values = linked.values.data() + origin.values,
                       .columns = link.dimensions.data(),
                       .object = origin.object,
                       .time = at.time};
  if (link.stage >= 0) {
    input.place = object.PlaceOf(input.values[link.stage], input.values[link.pipeline]);
  }
  int64_t until = kNever;
  FindRows(plan.groups, input, &until);
}

void FactMaker::MakeSum(const TermPlan& plan, const FactRow& row, const Counted& one,
                        FactList& out) const {
  const int64_t amount = Amount(plan, row, life_->input.rows - 1);
  if (amount == kNull || amount == 0) return;
  const Minute minute = MinuteClamped(one.date);
  for (const RowId id : row_ids_) out.deltas.sums.push_back({id, minute, amount});
}

// The value as of the moment, then every later change of it at its own date.
void FactMaker::MakePosted(const TermPlan& plan, const FactRow& row, const Counted& one,
                           FactList& out) const {
  const auto value_at = [&](int life_row) {
    const int64_t amount = Amount(plan, row, life_row);
    return amount == kNull ? 0 : amount;
  };
  const auto post = [&](int64_t time, int64_t amount) {
    if (amount == 0) return;
    for (const RowId id : row_ids_) out.deltas.sums.push_back({id, MinuteClamped(time), amount});
  };
  const int first = life_->RowAt(one.at.time);
  int64_t posted = value_at(first);
  post(one.date, posted);
  for (int life_row = life_->NextRow(first); life_row < life_->input.rows;
       life_row = life_->NextRow(life_row)) {
    const int64_t time = life_->input.track->times[life_row];
    // The last row of its time says what held from then on.
    const int64_t value = value_at(life_->NextRow(life_row) - 1);
    if (value == posted) continue;
    // Two facts, since the difference of two amounts may not fit into one.
    post(time, -posted);
    post(time, value);
    posted = value;
  }
}

void FactMaker::MakeDuration(const TermPlan& plan, const FactRow& row, const Counted& one,
                             FactList& out) const {
  const int64_t from = FirstOf(row, plan.term->from);
  if (from == kNull || one.at.time == from) return;
  if (one.at.time < from) {
    ++out.negative_durations;
    return;
  }
  int64_t duration = 0;
  if (__builtin_sub_overflow(one.at.time, from, &duration)) duration = kNever;
  const Minute minute = MinuteClamped(one.date);
  for (const RowId id : row_ids_) out.deltas.durations.push_back({id, minute, duration, 1});
}

void FactMaker::MakeOutcome(const Counted& one, FactList& out) const {
  for (const RowId id : row_ids_) {
    out.deltas.outcomes.push_back({.row = id,
                                   .count = 1,
                                   .time_micros = one.date,
                                   .entity = life_->input.id_hash,
                                   .success = one.success});
  }
}

Interval FactMaker::RecentInterval(const Window& window, Minute minute) const {
  const auto micros = [](Minute at) { return int64_t{at} * kMicrosPerMinute; };
  const int64_t begin = micros(minute);
  switch (window.kind) {
    case Window::Kind::kMinutes:
      return {begin, LaterBy(begin, window.count * kMicrosPerMinute)};
    case Window::Kind::kDays:
      return {begin, micros(calendar_.DayStart(calendar_.DayOf(minute) + window.count))};
    case Window::Kind::kPeriod:
      return {begin, micros(calendar_.PeriodAt(window.period, minute).end)};
    case Window::Kind::kPreviousPeriod: {
      const MinuteRange next = calendar_.PeriodAt(window.period, minute, 1);
      return {micros(next.begin), micros(next.end)};
    }
    case Window::Kind::kLast:  // a number of outcomes is no time: nothing leaves it by itself
    case Window::Kind::kAll:
      return {begin, kNever};
  }
  return {begin, kNever};
}

// The row counts while any of its occurrences lies in the window, once in each group that one of
// them is credited to.
void FactMaker::MakeRecent(const TermPlan& plan, const FactRow& row, FactList& out) {
  FindCounted(plan, row);
  pieces_.clear();
  for (Counted& one : counted_) {
    one.date = one.at.time;
    CreditRows(plan, row, one);
    const Interval interval = RecentInterval(*plan.term->recent, MinuteClamped(one.date));
    for (const RowId id : row_ids_) pieces_.push_back({id, 1, interval});
  }
  std::sort(pieces_.begin(), pieces_.end(), [](const Piece& a, const Piece& b) {
    return std::tie(a.row, a.interval.begin) < std::tie(b.row, b.interval.begin);
  });
  size_t merged = 0;
  for (size_t i = 1; i < pieces_.size(); ++i) {
    Piece& last = pieces_[merged];
    if (pieces_[i].row == last.row && pieces_[i].interval.begin <= last.interval.end) {
      last.interval.end = std::max(last.interval.end, pieces_[i].interval.end);
    } else {
      pieces_[++merged] = Piece(pieces_[i]);
    }
  }
  if (!pieces_.empty()) pieces_.resize(merged + 1);
  FlushPieces(out);
}

}  // namespace takt
