// Facts of levels: what holds over time, as a fact where it begins and one where it ends (facts.h).
//
// The time in which all states hold is cut where a row of the life begins and where a dated table
// has its next row, so a deal whose owner moves to another team on a future date moves there by a
// fact that waits for that date.
#include <algorithm>

#include "engine/ledger/facts.h"

namespace takt {
namespace {

Interval Between(Minute begin, Minute end) {
  return {int64_t{begin} * kMicrosPerMinute, int64_t{end} * kMicrosPerMinute};
}

// The times from which looking back by `span` reaches `minute` or a later one, to kNever. Mostly that
// is from Calendar::Later on. But days that a month lacks and hours that a day lacks are moved
// differently forward and back, and several days of a long month look back to the last day of a short
// one, each from the same time of day on.
std::vector<Interval> LookingBackTo(const Calendar& calendar, Minute minute, CivilSpan span) {
  const auto reaches = [&](Minute from) { return calendar.Earlier(from, span) >= minute; };
  const Minute near = calendar.Later(minute, span);
  const bool by_months =
      span.unit == CivilSpan::Unit::kMonths || span.unit == CivilSpan::Unit::kYears;
  const bool once = !by_months || calendar.CivilDayOf(minute).day() < 28;
  if (once && reaches(near) && !reaches(near - 1)) {
    return {{int64_t{near} * kMicrosPerMinute, kNever}};
  }
  std::vector<Interval> found;
  const Day day = calendar.DayOf(near);
  for (Day one = day - 1; one <= day + 4; ++one) {
    const Minute end = calendar.DayStart(one + 1);
    Minute first = calendar.DayStart(one);
    for (Minute behind = end; first < behind;) {
      const Minute middle = first + (behind - first) / 2;
      if (reaches(middle)) {
        behind = middle;
      } else {
        first = middle + 1;
      }
    }
    if (first < end) found.push_back(Between(first, end));
  }
  found.push_back({Between(calendar.DayStart(day + 5), 0).begin, kNever});
  return found;
}

// The gaps of `intervals`.
std::vector<Interval> Outside(const std::vector<Interval>& intervals) {
  std::vector<Interval> gaps;
  int64_t begin = kNull + 1;
  for (const Interval& interval : intervals) {
    if (begin < interval.begin) gaps.push_back({begin, interval.begin});
    begin = interval.end;
  }
  return gaps;  // the last interval never ends
}

}  // namespace

void Intersect(const std::vector<Interval>& a, const std::vector<Interval>& b,
               std::vector<Interval>& both) {
  both.clear();
  for (size_t i = 0, j = 0; i < a.size() && j < b.size();) {
    const Interval part{std::max(a[i].begin, b[j].begin), std::min(a[i].end, b[j].end)};
    if (part.begin < part.end) both.push_back(part);
    if (a[i].end < b[j].end) {
      ++i;
    } else {
      ++j;
    }
  }
}

// What held in these intervals holds, one span later, in those.
void FactMaker::MoveLater(CivilSpan span, std::vector<Interval>& intervals) const {
  std::vector<Interval> moved;
  std::vector<Interval> part;
  for (const Interval& interval : intervals) {
    part = LookingBackTo(calendar_, MinuteClamped(interval.begin), span);
    if (interval.end != kNever) {
      const auto behind = LookingBackTo(calendar_, MinuteClamped(interval.end), span);
      std::vector<Interval> within;
      Intersect(part, Outside(behind), within);
      part.swap(within);
    }
    moved.insert(moved.end(), part.begin(), part.end());
  }
  std::sort(moved.begin(), moved.end(),
            [](const Interval& a, const Interval& b) { return a.begin < b.begin; });
  intervals.clear();
  for (const Interval& one : moved) {
    if (!intervals.empty() && intervals.back().end >= one.begin) {
      intervals.back().end = std::max(intervals.back().end, one.end);
    } else {
      intervals.push_back(one);
    }
  }
}

// The times that a level is looked at. What visits and reaches become in the end holds for all of
// their time, and so do the latest groups; a start reaches on for as long as the states hold, and what
// held a while ago as long as that.
Interval FactMaker::TimesOf(const TermPlan& plan, const FactRow& row) const {
  const Term& term = *plan.term;
  if (!row.is_entity) {
    const bool ends = term.rows == RowSource::kVisit && row.times[1] != kNull;
    return {row.times[0], ends ? row.times[1] : kNever};
  }
  const bool starts = term.measure.kind == MeasureKind::kStart;
  if (starts || term.credit == Credit::kCurrent) return kAlways;
  const bool looks_back = std::any_of(term.states.begin(), term.states.end(),
                                      [](const StateUse& use) { return use.ago.has_value(); });
  return {times_.begin, looks_back ? kNever : times_.end};
}

void FactMaker::MakeLevel(const TermPlan& plan, const FactRow& row, FactList& out) {
  intervals_.clear();
  const Interval times = TimesOf(plan, row);
  if (times.begin < times.end) intervals_.push_back(times);
  for (const StateUse& use : plan.term->states) {
    const std::vector<Interval>& holds = life_->IntervalsOf(use.state);
    if (use.ago.has_value()) {
      moved_ = holds;
      MoveLater(*use.ago, moved_);
    }
    Intersect(intervals_, use.ago.has_value() ? moved_ : holds, scratch_);
    intervals_.swap(scratch_);
  }
  pieces_.clear();
  for (const Interval& interval : intervals_) AddLevelOver(plan, row, interval, out);
  FlushPieces(out);
}

int64_t FactMaker::LevelValue(const TermPlan& plan, const FactRow& row, int life_row,
                              int64_t held_since) const {
  if (!Passes(plan.where, row, life_row)) return 0;
  if (plan.term->measure.kind == MeasureKind::kStart) return held_since;
  const int64_t amount = Amount(plan, row, life_row);
  return amount == kNull ? 0 : amount;
}

void FactMaker::AddLevelOver(const TermPlan& plan, const FactRow& row, Interval interval,
                             FactList& out) {
  const LifeInput& input = life_->input;
  const bool current = plan.term->credit == Credit::kCurrent;
  const int64_t held_since = interval.begin;
  if (row.is_entity && !current) interval.begin = std::max(interval.begin, times_.begin);
  int life_row = life_->RowAt(interval.begin);
  for (int64_t begin = interval.begin; begin < interval.end;) {
    const int next = life_->NextRow(life_row);
    const int64_t end =
        std::min(interval.end, next < input.rows ? input.track->times[next] : kNever);
    const int64_t value = LevelValue(plan, row, life_row, held_since);
    for (int64_t from = begin; value != 0 && from < end;) {
      int64_t until = kNever;
      if (current) {
        FindRows(plan.groups, InputAt(row, input.rows - 1, kNever), &until);
      } else {
        FindRows(plan.groups, InputAt(row, life_row, from), &until);
      }
      until = std::min(until, end);
      ExtendPieces(value, {from, until}, out);
      from = until;
    }
    begin = end;
    // The last row of its time is the one that holds.
    if (next < input.rows) life_row = life_->NextRow(next) - 1;
  }
}

// A piece that goes on with the same value in the same row is one piece.
void FactMaker::ExtendPieces(int64_t value, Interval interval, FactList& out) {
  const bool same_size = pieces_.size() == row_ids_.size();
  bool goes_on = same_size;
  for (size_t i = 0; goes_on && i < pieces_.size(); ++i) {
    goes_on = pieces_[i].row == row_ids_[i] && pieces_[i].value == value &&
              pieces_[i].interval.end == interval.begin;
  }
  if (goes_on) {
    for (Piece& piece : pieces_) piece.interval.end = interval.end;
    return;
  }
  FlushPieces(out);
  for (const RowId id : row_ids_) pieces_.push_back({id, value, interval});
}

// First all beginnings, then all ends: what is still going on has the same facts before and after
// it ends, but for those last ones.
void FactMaker::FlushPieces(FactList& out) {
  std::vector<SumDelta>& sums = out.deltas.sums;
  Interval last{kNever, kNever};  // the pieces of a piece of time stand together
  Minute begin = 0;
  Minute end = 0;
  const auto find_minutes = [&](const Interval& interval) {
    if (interval == last) return;
    last = interval;
    begin = MinuteClamped(interval.begin);
    end = MinuteClamped(interval.end);
  };
  for (const Piece& piece : pieces_) {
    find_minutes(piece.interval);
    if (begin != end) sums.push_back({piece.row, begin, piece.value});
  }
  for (const Piece& piece : pieces_) {
    find_minutes(piece.interval);
    if (begin != end && piece.interval.end != kNever)
      sums.push_back({piece.row, end, -piece.value});
  }
  pieces_.clear();
}

}  // namespace takt
