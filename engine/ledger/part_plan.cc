// Which moments and terms of a target a part of what it holds decides (hot_target.h).
#include <algorithm>

#include "engine/ledger/hot_target.h"

namespace takt {
namespace {

class PartFinder {
 public:
  explicit PartFinder(const ObjectPlan& object) : object_(object), seen_(object.moments.size()) {}

  PartPlan Find() {
    for (const MomentId id : object_.evaluation_order) See(id);
    for (size_t i = 0; i < object_.terms.size(); ++i) {
      const Term& term = *object_.terms[i].term;
      if (term.rows == RowSource::kEntity) SeeTerm(term, static_cast<uint16_t>(i));
    }
    for (const LinkPlan& link : object_.links) {
      if (link.needed) NeedAllOfMany(link.link->moments);
    }
    return std::move(parts_);
  }

 private:
  struct Seen {
    std::vector<size_t> sources;  // places in PartPlan::sources that it comes from
    bool many = false;            // it may have occurrences that a part lacks
    bool tested = false;          // of those some are left out by the target's fields as of then
  };

  void See(MomentId id) {
    const MomentPlan& planned = object_.moments[id];
    const Moment& moment = *planned.moment;
    Seen& seen = seen_[id];
    if (moment.source == Moment::Source::kLinked) {
      seen.sources.push_back(parts_.sources.size());
      seen.many = moment.pick == Pick::kEvery;
      parts_.sources.push_back({.moment = id});
      return;
    }
    bool under_many = false;
    for (const MomentId under : MomentsUnder(moment)) {
      const Seen& other = seen_[under];
      seen.sources.insert(seen.sources.end(), other.sources.begin(), other.sources.end());
      under_many |= other.many;
      seen.tested |= other.tested;
    }
    seen.tested |= under_many && !planned.conditions.empty();
    seen.many = under_many && moment.pick == Pick::kEvery;
    if (seen.tested && !seen.many) NeedAllForAll();
  }

  void SeeTerm(const Term& term, uint16_t place) {
    const bool many =
        std::any_of(term.at.begin(), term.at.end(), [&](MomentId at) { return seen_[at].many; });
    if (many && (term.once_per.has_value() || term.recent.has_value())) {
      parts_.counted.push_back(place);
    }
    for (const MomentId first : FirstsOf(term)) {
      if (seen_[first].tested) NeedAllForAll();
      if (many && !seen_[first].sources.empty()) parts_.steady.push_back(first);
    }
  }

  // The moments whose first occurrence dates or measures facts of others.
  static std::vector<MomentId> FirstsOf(const Term& term) {
    std::vector<MomentId> firsts;
    if (term.dated.has_value()) firsts.push_back(*term.dated);
    if (term.within.has_value()) firsts.push_back(term.within_of);
    if (term.before.has_value()) firsts.push_back(*term.before);
    if (term.kind == TermKind::kDurations) firsts.push_back(term.from);
    return firsts;
  }

  void NeedAllOfMany(const std::vector<MomentId>& moments) {
    for (const MomentId moment : moments) {
      if (!seen_[moment].many) continue;
      for (const size_t source : seen_[moment].sources) parts_.sources[source].needs_all = true;
    }
  }

  // Sources that are found later come under it too.
  void NeedAllForAll() { parts_.never = true; }

  const ObjectPlan& object_;
  std::vector<Seen> seen_;  // by MomentId
  PartPlan parts_;
};

}  // namespace

PartPlan SeeParts(const ObjectPlan& object) { return PartFinder(object).Find(); }

}  // namespace takt
