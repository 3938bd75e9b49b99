#include "engine/pipeline/tap.h"

#include <algorithm>
#include <utility>

#include "engine/model/change_codec.h"

namespace takt {
namespace {

constexpr absl::Duration kClosesAfter = absl::Seconds(10);
constexpr int kPerSecondMax = 200;
constexpr size_t kKeptMax = 1000;
constexpr size_t kValueBytesMax = 4096;

}  // namespace

bool Tap::Wants(const TapOffer& offer) const {
  if (!object_.has_value() && id_.empty()) return true;
  return std::any_of(offer.changes.begin(), offer.changes.end(), [&](const Change& change) {
    return (!object_.has_value() || change.object == *object_) && (id_.empty() || change.id == id_);
  });
}

void Tap::Offer(const TapOffer& offer) {
  const absl::Duration now = clock_.Monotonic();
  MutexLock lock(mutex_);
  if (now - asked_ > kClosesAfter) {
    is_open_ = false;
    kept_.clear();
    return;
  }
  if (!Wants(offer)) return;
  if (now - second_ >= absl::Seconds(1)) {
    second_ = now;
    taken_ = 0;
  }
  if (++taken_ > kPerSecondMax) {
    ++left_out_;
    return;
  }
  if (kept_.size() == kKeptMax) {
    kept_.pop_front();
    ++left_out_;
  }
  TappedRecord& kept = kept_.emplace_back();
  kept.number = ++last_;
  kept.place = {std::string(offer.source), std::string(offer.record.topic), offer.record.partition,
                offer.record.offset};
  kept.is_cut = offer.record.value.size() > kValueBytesMax;
  kept.value = std::string(offer.record.value.substr(0, kValueBytesMax));
  kept.filtered = offer.changes.empty() && offer.rejection == nullptr;
  if (offer.rejection != nullptr) kept.rejection = *offer.rejection;
  for (const Change& change : offer.changes) EncodeChange(change, &kept.changes.emplace_back());
}

TapPage Tap::Take(const TapQuestion& question) {
  TapPage page;
  MutexLock lock(mutex_);
  const absl::Duration now = clock_.Monotonic();
  const bool other = object_ != question.object || id_ != question.id;
  if (!is_open_ || other || now - asked_ > kClosesAfter) {
    kept_.clear();  // for another watcher, or another question
    left_out_ = 0;
  }
  asked_ = now;
  object_ = question.object;
  id_ = question.id;
  is_open_ = true;
  // A number beyond all is of another process: begin here.
  page.next = question.after > last_ ? last_ : question.after;
  for (const TappedRecord& record : kept_) {
    if (record.number <= page.next) continue;
    if (page.records.size() == static_cast<size_t>(std::max(1, question.limit))) break;
    page.records.push_back(record);
    page.next = record.number;
  }
  page.left_out = left_out_;
  return page;
}

}  // namespace takt
