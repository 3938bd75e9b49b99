#include "engine/ledger/hot_target.h"

#include <algorithm>
#include <tuple>

#include "absl/container/inlined_vector.h"

namespace takt {
namespace {

bool HasOrigin(const MomentPlan& moment, const HeldKey& key) {
  return moment.moment->origin == key.object && moment.moment->origin_link == key.link;
}

}  // namespace

HotTarget::HotTarget(const Plan& plan, const ObjectPlan& object, const SymbolTable& symbols)
    : plan_(plan), object_(object) {
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
  if (key.link == kMergedLink) return takt::Hold(key, payload, &merged_);
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

void HotTarget::AppendPart(const HeldKey& key, std::string* held) const {
  held->append(merged_);
  absl::InlinedVector<HeldKey, 8> appended;
  const auto append = [&](const Source& source, auto point, auto end) {
    const Moment& moment = *source.moment->moment;
    HeldKey decisive{moment.origin, moment.origin_link, 0};
    for (; point != end; ++point) {
      decisive.origin = point->origin;
      if (decisive != key) break;
    }
    if (point == end) return;
    if (std::find(appended.begin(), appended.end(), decisive) != appended.end()) return;
    appended.push_back(decisive);
    AppendEntry(decisive, PayloadOf(decisive), held);
  };
  for (const Source& source : sources_) {
    append(source, source.points.begin(), source.points.end());
    append(source, source.points.rbegin(), source.points.rend());
  }
}

std::string HotTarget::Whole() const {
  std::string whole = merged_;
  for (const auto& [key, payload] : entries_) AppendEntry(key, payload, &whole);
  return whole;
}

uint64_t HotTarget::MemoryBytes() const {
  // Nodes of a B-tree are three quarters full on average.
  uint64_t bytes = sizeof(*this) + merged_.capacity() + payload_bytes_ +
                   entries_.size() * (sizeof(HeldKey) + sizeof(std::string)) * 4 / 3;
  for (const Source& source : sources_) bytes += source.points.size() * sizeof(Point) * 4 / 3;
  return bytes;
}

}  // namespace takt
