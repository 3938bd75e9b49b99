#include "engine/settings/moment_order.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"

namespace takt {
namespace {

constexpr size_t kChainMax = 500;

// Walks moments and what they need, depth first, over links too.
class Orderer {
 public:
  explicit Orderer(Compilation& compilation) : compilation_(compilation) {
    for (const Object& object : compilation.definition.objects) {
      marks_.emplace_back(object.moments.size(), Mark::kNew);
    }
  }

  void Order() {
    for (size_t i = 0; i < marks_.size(); ++i) {
      for (size_t j = 0; j < marks_[i].size(); ++j) {
        Visit({static_cast<ObjectId>(i), static_cast<MomentId>(j)});
      }
    }
  }

 private:
  enum class Mark : uint8_t { kNew, kOpen, kDone };
  using Id = std::pair<ObjectId, MomentId>;

  void Visit(Id id) {
    Mark& mark = marks_[id.first][id.second];
    if (mark == Mark::kDone) return;
    if (mark == Mark::kOpen) return Circle(id);
    if (way_.size() == kChainMax) return TooLong();
    mark = Mark::kOpen;
    way_.push_back(id);
    const Moment& moment = compilation_.object(id.first).moments[id.second];
    const ObjectId object = moment.source == Moment::Source::kLinked ? moment.origin : id.first;
    for (const MomentId needed : moment.moments) Visit({object, needed});
    way_.pop_back();
    mark = Mark::kDone;
    compilation_.object(id.first).evaluation_order.push_back(id.second);
  }

  void TooLong() {
    const auto node = compilation_.moment_nodes.find(way_.front());
    if (node == compilation_.moment_nodes.end()) return;
    KeyError(compilation_.problems, *node->second,
             absl::StrCat("builds on a chain of more than ", kChainMax, " moments"));
  }

  std::string Name(Id id) const {
    const Object& object = compilation_.definition.objects[id.first];
    return absl::StrCat(object.name, ".", object.moments[id.second].name);
  }

  void Circle(Id id) {
    std::string text = "a circle of moments: ";
    const auto begin = std::find(way_.begin(), way_.end(), id);
    for (auto at = begin; at != way_.end(); ++at) absl::StrAppend(&text, Name(*at), " -> ");
    absl::StrAppend(&text, Name(id));
    for (auto at = begin; at != way_.end(); ++at) {
      const auto node = compilation_.moment_nodes.find(*at);
      if (node == compilation_.moment_nodes.end()) continue;
      return KeyError(compilation_.problems, *node->second, text);
    }
  }

  Compilation& compilation_;
  std::vector<std::vector<Mark>> marks_;
  std::vector<Id> way_;
};

}  // namespace

void OrderMoments(Compilation& compilation) { Orderer(compilation).Order(); }

}  // namespace takt
