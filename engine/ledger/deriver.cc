#include "engine/ledger/deriver.h"

#include <algorithm>

#include "engine/base/hash.h"
#include "engine/model/history.h"

namespace takt {
namespace {

// The place in `after` of the one change that it has more; nothing when they differ otherwise. Equal
// sequences give their end.
std::optional<size_t> AddedPlace(const std::vector<uint32_t>& before,
                                 const std::vector<uint32_t>& after) {
  if (after.size() < before.size() || after.size() > before.size() + 1) return std::nullopt;
  const auto [at_before, at_after] = std::mismatch(before.begin(), before.end(), after.begin());
  if (at_before == before.end()) return before.size();
  if (after.size() == before.size()) return std::nullopt;
  if (!std::equal(at_before, before.end(), at_after + 1)) return std::nullopt;
  return static_cast<size_t>(at_after - after.begin());
}

}  // namespace

Deriver::Deriver(const Plan& plan, const SymbolTable& symbols)
    : plan_(plan), symbols_(symbols), maker_(plan) {}

void Deriver::Load(const EntityTurn& turn, Knowledge& knowledge, Side& side) {
  side.linked.clear();
  HeldReader held(knowledge.held);
  uint32_t member = 0;
  const auto read_link = [&](const HeldEntry& entry) {
    const LinkPlan& link = plan_.objects[entry.key.object].links[entry.key.link];
    ReadOccurrences(entry.key, link, entry.payload, side.linked);
  };
  for (HeldEntry entry; held.Next(&entry);) {
    if (entry.key.link != kMergedLink) {
      read_link(entry);
      continue;
    }
    const MergedParts parts = ReadMerged(entry.payload);
    AddMerged(turn, parts.history, ++member, knowledge);
    HeldReader merged(parts.held);
    for (HeldEntry inner; merged.Next(&inner);) read_link(inner);
  }
  if (member > 0) SortOrder(turn, knowledge);
}

void Deriver::AddMerged(const EntityTurn& turn, absl::string_view history, uint32_t member,
                        Knowledge& knowledge) {
  ChangeList& list = *turn.list;
  const size_t first = list.changes.size();
  UnpackChanges(history, list);
  for (size_t i = first; i < list.changes.size(); ++i) {
    list.changes[i].member = member;
    knowledge.order.push_back(static_cast<uint32_t>(i));
  }
}

void Deriver::SortOrder(const EntityTurn& turn, Knowledge& knowledge) const {
  const ChangeList& list = *turn.list;
  const auto stage_order = [&](absl::Span<const StoredField> fields) {
    return turn.plan->StageOrderOf(fields);
  };
  const HistoryOrder order(list, symbols_, stage_order);
  std::stable_sort(knowledge.order.begin(), knowledge.order.end(), [&](uint32_t a, uint32_t b) {
    return order.Compare(list.changes[a], list.changes[b]) < 0;
  });
}

LifeInput Deriver::InputOf(const EntityTurn& turn, const Knowledge& knowledge,
                           const Side& side) const {
  LifeInput input{.plan = turn.plan, .linked = &side.linked};
  input.rows = static_cast<int>(knowledge.order.size());
  input.alive = knowledge.stands && input.rows > 0 && !EndsDeleted(*turn.list, knowledge.order);
  if (!input.alive) return input;
  return input;
}

void Deriver::Derive(const EntityTurn& turn) {
  maker_.Forget();
  Load(turn, *turn.before, before_);
  Load(turn, *turn.after, after_);
  const std::vector<uint32_t>& old_order = turn.before->order;
  const std::vector<uint32_t>& new_order = turn.after->order;
  added_ = AddedPlace(old_order, new_order);
  before_.input = InputOf(turn, *turn.before, before_);
  after_.input = InputOf(turn, *turn.after, after_);
  before_.input.id_hash = after_.input.id_hash = StableHash(symbols_.Text(turn.id));
  if (after_.input.alive) {
    Walk(*turn.plan, *turn.list, new_order, after_.track);
    after_.input.created = CreationOf(*turn.list, new_order);
  }
  after_.input.track = &after_.track;
  const bool shared = after_.input.alive && old_order.size() <= new_order.size() &&
                      std::equal(old_order.begin(), old_order.end(), new_order.begin());
  before_.input.track = shared ? &after_.track : &before_.track;
  if (before_.input.alive) {
    if (!shared) Walk(*turn.plan, *turn.list, old_order, before_.track);
    before_.input.created = CreationOf(*turn.list, old_order);
  }
  before_.life.Derive(before_.input, plan_, symbols_);
  after_.life.Derive(after_.input, plan_, symbols_);
}

// From the added row on, which is not the first, each row is compared with the one that held there
// before, the last ones first. What follows the last two that differ is the same again.
void Deriver::CompareRows(const EntityTurn& turn, size_t added, Touched& touched) const {
  const Track& before = *before_.input.track;
  const Track& after = *after_.input.track;
  const size_t rows = static_cast<size_t>(after_.input.rows);
  for (size_t i = rows; i-- > added;) {
    Mask columns = 0;
    const int64_t* new_row = after.Row(static_cast<int>(i));
    const int64_t* old_row = before.Row(static_cast<int>(i) - 1);
    for (int column = 0; column < turn.plan->column_count; ++column) {
      if (old_row[column] != new_row[column]) columns |= ColumnBit(static_cast<Column>(column));
    }
    if (i + 1 == rows) touched.last_columns = columns;
    if (columns == 0 && touched.columns == 0) touched.times.end = after.times[i];
    touched.columns |= columns;
  }
}

void Deriver::CompareMoments(const EntityTurn& turn, Touched& touched) const {
  for (const MomentId moment : turn.plan->evaluation_order) {
    const absl::Span<const Occurrence> a = before_.life.OccurrencesOf(moment);
    const absl::Span<const Occurrence> b = after_.life.OccurrencesOf(moment);
    if (!std::equal(a.begin(), a.end(), b.begin(), b.end())) touched.moments |= MomentBit(moment);
    const auto is_met = [&](const Occurrence& one) {
      return touched.times.begin <= one.time && one.time < touched.times.end;
    };
    if (std::any_of(b.begin(), b.end(), is_met)) touched.met |= MomentBit(moment);
  }
}

Deriver::Touched Deriver::FindTouched(const EntityTurn& turn) const {
  const LifeInput& before = before_.input;
  const LifeInput& after = after_.input;
  if (!before.alive || !after.alive) return {kEverything, kEverything, kEverything, kEverything};
  // What lies before the first row follows from it (life.h), so of another first row all may be other.
  if (!added_.has_value() || *added_ == 0) {
    return {kEverything, kEverything, kEverything, kEverything};
  }
  Touched touched;
  CompareRows(turn, *added_, touched);
  const std::vector<int64_t>& times = after.track->times;
  if (before.created != after.created) {
    touched.moments |= Mask{1} << kCreatedBit;
    touched.times = FactMaker::kAlways;
  } else if (*added_ < times.size() && times[*added_ - 1] < times[*added_]) {
    touched.times.begin = times[*added_];
  }
  CompareMoments(turn, touched);
  // Of linked moments the fields that came with them may be others though the times are the same.
  if (turn.before->held != turn.after->held) touched.moments |= turn.plan->linked_moments;
  return touched;
}

// Facts of settled terms follow from their moments, what held when these occurred, and the weight in
// the end.
bool Deriver::Touches(const TermPlan& term, const Touched& touched) {
  if ((term.moments & touched.moments) != 0) return true;
  if ((term.columns & touched.columns) == 0) return false;
  if (term.edit.kind != EditPlan::Kind::kDated) return true;
  return (term.moments & touched.met) != 0 || (term.edit.columns & touched.last_columns) != 0;
}

void Deriver::UpdateTerms(const EntityTurn& turn, Effects& effects) {
  const Touched touched = FindTouched(turn);
  maker_.SameOutside(touched.times);
  for (const TermPlan& term : turn.plan->terms) {
    if (!Touches(term, touched)) continue;
    before_.facts.clear();
    after_.facts.clear();
    maker_.Make(term, before_.life, before_.facts);
    maker_.Make(term, after_.life, after_.facts);
    difference_.Append(before_.facts, after_.facts, *effects.deltas);
    effects.negative_durations +=
        after_.facts.negative_durations - before_.facts.negative_durations;
  }
}

int64_t Deriver::FindNews(const LinkPlan& link, Side& side) const {
  side.payload.clear();
  if (!side.input.alive) return kNull;
  const int64_t* latest = side.life.ValuesOf(side.input.rows - 1);
  const int64_t target = link.field < 0 ? kNull : latest[link.field];
  if (target == kNull || symbols_.Text(static_cast<Symbol>(target)).empty()) return kNull;
  for (const MomentId moment : link.link->moments) {
    for (const Occurrence& one : side.life.OccurrencesOf(moment)) {
      const int64_t* row = side.life.ValuesOf(side.life.RowAt(one.time));
      AppendOccurrence({moment, one.time, row}, link, &side.payload);
    }
  }
  return side.payload.empty() ? kNull : target;
}

void Deriver::UpdateLinks(const EntityTurn& turn, Effects& effects) {
  for (size_t i = 0; i < turn.plan->links.size(); ++i) {
    const LinkPlan& link = turn.plan->links[i];
    if (!link.needed) continue;
    const int64_t before = FindNews(link, before_);
    const int64_t after = FindNews(link, after_);
    if (before == after && before_.payload == after_.payload) continue;
    const LinkId id = static_cast<LinkId>(i);
    if (before != kNull && before != after) {
      effects.news.push_back({id, static_cast<Symbol>(before), ""});
    }
    if (after != kNull) {
      effects.news.push_back({id, static_cast<Symbol>(after), after_.payload});
    }
  }
}

bool Deriver::IsSteady(const EntityTurn& turn) const {
  return std::all_of(turn.steady.begin(), turn.steady.end(), [&](MomentId moment) {
    return before_.life.FirstOf(moment) == after_.life.FirstOf(moment);
  });
}

void Deriver::ListCounted(const ObjectPlan& plan, const Side& side, const HeldKey* key,
                          std::vector<CountedPoint>& points) {
  points.clear();
  for (const uint16_t place : plan.parts.counted) {
    const auto add = [&](const Occurrence& one, uint16_t moment, const RowIds& rows) {
      if (one.origin < 0) return;
      const LinkedOccurrence& from = side.linked.occurrences[static_cast<size_t>(one.origin)];
      const HeldKey origin{from.object, from.link, from.origin};
      if (key != nullptr && origin != *key) return;
      CountedPoint point{.term = place, .place = moment, .time = one.time, .key = origin};
      if (rows.empty()) points.push_back(point);
      for (const RowId row : rows) {
        point.row = row;
        points.push_back(point);
      }
    };
    maker_.ForEachCounted(plan.terms[place], side.life, add);
  }
}

bool Deriver::FindCounted(const EntityTurn& turn, const HeldKey& key, CountedPoints& points) {
  Derive(turn);
  if (!IsSteady(turn)) return false;
  ListCounted(*turn.plan, before_, &key, points.before);
  ListCounted(*turn.plan, after_, &key, points.after);
  return true;
}

void Deriver::FindAllCounted(const EntityTurn& turn, std::vector<CountedPoint>& points) {
  points.clear();
  if (DeriveAfter(turn)) ListCounted(*turn.plan, after_, nullptr, points);
}

bool Deriver::Update(const EntityTurn& turn, Effects& effects) {
  Derive(turn);
  if (!IsSteady(turn)) return false;
  UpdateTerms(turn, effects);
  UpdateLinks(turn, effects);
  return true;
}

bool Deriver::DeriveAfter(const EntityTurn& turn) {
  maker_.Forget();
  maker_.SameOutside(FactMaker::kAlways);
  Load(turn, *turn.after, after_);
  after_.input = InputOf(turn, *turn.after, after_);
  if (!after_.input.alive) return false;
  after_.input.created = CreationOf(*turn.list, turn.after->order);
  after_.input.id_hash = StableHash(symbols_.Text(turn.id));
  Walk(*turn.plan, *turn.list, turn.after->order, after_.track);
  after_.input.track = &after_.track;
  after_.life.Derive(after_.input, plan_, symbols_);
  return true;
}

void Deriver::FactsOf(const EntityTurn& turn, absl::Span<const TermPlan* const> terms,
                      FactList& facts) {
  if (!DeriveAfter(turn)) return;
  for (const TermPlan* term : terms) maker_.Make(*term, after_.life, facts);
}

Deriver::News Deriver::NewsOf(const EntityTurn& turn, const LinkPlan& link) {
  if (!DeriveAfter(turn)) return {};
  const int64_t target = FindNews(link, after_);
  return target == kNull ? News{} : News{target, after_.payload};
}

void Deriver::Fold(const EntityTurn& turn, DeltaBatch& deltas) {
  if (!DeriveAfter(turn)) return;
  FactList facts;
  facts.deltas.sums.swap(deltas.sums);
  facts.deltas.durations.swap(deltas.durations);
  facts.deltas.outcomes.swap(deltas.outcomes);
  for (const TermPlan& term : turn.plan->terms) maker_.Make(term, after_.life, facts);
  deltas = std::move(facts.deltas);
}

uint64_t Deriver::MemoryBytes() const {
  uint64_t bytes = 0;
  for (const Side* side : {&before_, &after_}) {
    bytes += side->track.values.capacity() * sizeof(int64_t) +
             side->track.times.capacity() * sizeof(int64_t) +
             side->linked.occurrences.capacity() * sizeof(LinkedOccurrence) +
             side->linked.values.capacity() * sizeof(int64_t);
  }
  return bytes;
}

}  // namespace takt
