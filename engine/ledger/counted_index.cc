#include "engine/ledger/counted_index.h"

#include <tuple>

namespace takt {
namespace {

bool SameRow(const CountedPoint& a, const CountedPoint& b) {
  return a.term == b.term && a.row == b.row;
}

}  // namespace

// As FactMaker counts them: by time, by moment, by who it comes from.
bool CountedIndex::Order::operator()(const CountedPoint& a, const CountedPoint& b) const {
  const auto first = [](const CountedPoint& point) {
    return std::tie(point.term, point.row, point.time, point.place);
  };
  if (first(a) != first(b)) return first(a) < first(b);
  if (a.key.origin != b.key.origin) {
    return symbols->Text(a.key.origin) < symbols->Text(b.key.origin);
  }
  return std::tie(a.key.object, a.key.link) < std::tie(b.key.object, b.key.link);
}

void CountedIndex::Remove(const std::vector<CountedPoint>& points) {
  for (const CountedPoint& point : points) points_.erase(point);
}

void CountedIndex::Neighbours(const CountedPoint& point,
                              absl::FunctionRef<void(const HeldKey&)> visit) const {
  const auto at = points_.lower_bound(point);
  for (auto before = at; before != points_.begin();) {
    --before;
    if (!SameRow(*before, point)) break;
    if (before->key == point.key) continue;
    visit(before->key);
    break;
  }
  for (auto after = at; after != points_.end() && SameRow(*after, point); ++after) {
    if (after->key == point.key) continue;
    visit(after->key);
    break;
  }
}

}  // namespace takt
