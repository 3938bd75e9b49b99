#include "engine/ledger/hot_target.h"

#include <algorithm>
#include <iterator>
#include <tuple>

namespace takt {
namespace {

bool HasOrigin(const MomentPlan& moment, const HeldKey& key) {
  return moment.moment->origin == key.object && moment.moment->origin_link == key.link;
}

}  // namespace

HotTarget::HotTarget(const Plan& plan, const ObjectPlan& object, const SymbolTable& symbols)
    : plan_(plan),
      object_(object),
      symbols_(symbols),
      merged_(TextOrder{&symbols}),
      beyond_(TextOrder{&symbols}) {
  for (const PartPlan::Source& source : object.parts.sources) {
    sources_.push_back({&object.moments[source.moment],
                        absl::btree_set<Point, Earlier>(Earlier{.symbols = &symbols})});
  }
}

bool HotTarget::KeyOrder::operator()(const HeldKey& a, const HeldKey& b) const {
  return std::tie(a.object, a.link, a.origin) < std::tie(b.object, b.link, b.origin);
}

template <typename Take>
void HotTarget::ForEachPoint(const HeldKey& key, absl::string_view payload, Take take) {
  scratch_.clear();
  ReadOccurrences(key, plan_.objects[key.object].links[key.link], payload, scratch_);
  for (const LinkedOccurrence& one : scratch_.occurrences) {
    for (Source& source : sources_) {
      const MomentPlan& moment = *source.moment;
      if (!HasOrigin(moment, key) || moment.moment->moments[0] != one.moment) continue;
      if (Passes(moment.conditions, scratch_.values.data() + one.values)) {
        take(source, Point{one.time, one.origin});
      }
    }
  }
}

void HotTarget::AddPoints(const HeldKey& key, absl::string_view payload) {
  ForEachPoint(key, payload, [](Source& source, Point point) { source.points.insert(point); });
}

void HotTarget::RemovePoints(const HeldKey& key, absl::string_view payload) {
  ForEachPoint(key, payload, [](Source& source, Point point) { source.points.erase(point); });
}

bool HotTarget::Hold(const HeldKey& key, absl::string_view payload) {
  if (key.link == kMergedLink) return HoldMerged(key, payload);
  const auto found = entries_.find(key);
  if (found == entries_.end() && payload.empty()) return false;
  if (found != entries_.end()) {
    if (found->second == payload) return false;
    RemovePoints(key, found->second);
    payload_bytes_ -= found->second.size();
    entries_.erase(found);
  }
  if (payload.empty()) return true;
  AddPoints(key, payload);
  payload_bytes_ += payload.size();
  entries_.emplace(key, std::string(payload));
  return true;
}

bool HotTarget::HoldMerged(const HeldKey& key, absl::string_view payload) {
  for (Merged* const merged : {&merged_, &beyond_}) {
    const auto found = merged->find(key);
    if (found == merged->end()) continue;
    if (found->second == payload) return false;
    payload_bytes_ -= found->second.size();
    merged->erase(found);
    if (payload.empty() && merged == &merged_ && !beyond_.empty()) {
      merged_.insert(beyond_.extract(beyond_.begin()));
    }
    if (payload.empty()) return true;
  }
  if (payload.empty()) return false;
  payload_bytes_ += payload.size();
  merged_.emplace(key, std::string(payload));
  if (!beyond_.empty() || merged_.size() > kMergedMax) {
    beyond_.insert(merged_.extract(std::prev(merged_.end())));
    if (merged_.size() < kMergedMax) merged_.insert(beyond_.extract(beyond_.begin()));
  }
  return true;
}

bool HotTarget::MergedCounts(const HeldKey& key) const {
  return merged_.size() < kMergedMax || !merged_.key_comp()(std::prev(merged_.end())->first, key);
}

void HotTarget::SetCounted(const std::vector<CountedPoint>& points) {
  counted_ = std::make_unique<CountedIndex>(symbols_);
  counted_->Add(points);
}

absl::string_view HotTarget::PayloadOf(const HeldKey& key) const {
  const auto found = entries_.find(key);
  return found == entries_.end() ? absl::string_view() : absl::string_view(found->second);
}

bool HotTarget::PartDecides(const HeldKey& key) const {
  if (key.link == kMergedLink || object_.parts.never) return false;
  const std::vector<PartPlan::Source>& sources = object_.parts.sources;
  return std::none_of(sources.begin(), sources.end(), [&](const PartPlan::Source& source) {
    return source.needs_all && HasOrigin(object_.moments[source.moment], key);
  });
}

void HotTarget::ChooseEnds(const HeldKey& key, Keys* chosen) const {
  const auto choose = [&](const Source& source, auto point, auto end) {
    const Moment& moment = *source.moment->moment;
    HeldKey decisive{moment.origin, moment.origin_link, 0};
    for (; point != end; ++point) {
      decisive.origin = point->origin;
      if (decisive == key) continue;
      chosen->push_back(decisive);
      return;
    }
  };
  for (const Source& source : sources_) {
    choose(source, source.points.begin(), source.points.end());
    choose(source, source.points.rbegin(), source.points.rend());
  }
}

void HotTarget::ChooseNeighbours(const std::vector<CountedPoint>& points, Keys* chosen) const {
  const auto choose = [&](const HeldKey& key) { chosen->push_back(key); };
  for (const CountedPoint& point : points) counted_->Neighbours(point, choose);
}

void HotTarget::AppendPart(Keys chosen, std::string* held) const {
  for (const auto& [key, payload] : merged_) AppendEntry(key, payload, held);
  std::sort(chosen.begin(), chosen.end(), KeyOrder());
  chosen.erase(std::unique(chosen.begin(), chosen.end()), chosen.end());
  for (const HeldKey& key : chosen) {
    // What was handed to a merged entity comes with that one.
    const absl::string_view payload = PayloadOf(key);
    if (!payload.empty()) AppendEntry(key, payload, held);
  }
}

std::string HotTarget::Whole() const {
  std::string whole;
  for (const auto& [key, payload] : merged_) AppendEntry(key, payload, &whole);
  for (const auto& [key, payload] : entries_) AppendEntry(key, payload, &whole);
  return whole;
}

uint64_t HotTarget::MemoryBytes() const {
  // Nodes of a B-tree are three quarters full on average.
  uint64_t bytes = sizeof(*this) + payload_bytes_ +
                   (counted_ == nullptr ? 0 : counted_->MemoryBytes()) +
                   (entries_.size() + merged_.size() + beyond_.size()) *
                       (sizeof(HeldKey) + sizeof(std::string)) * 4 / 3;
  for (const Source& source : sources_) bytes += source.points.size() * sizeof(Point) * 4 / 3;
  return bytes;
}

}  // namespace takt
