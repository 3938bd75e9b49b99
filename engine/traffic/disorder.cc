#include "engine/traffic/disorder.h"

#include <tuple>
#include <utility>

namespace takt {
namespace {

constexpr int64_t kMinuteMicros = 60'000'000;

}  // namespace

Disorder::Disorder(const DisorderOptions& options, std::function<SalesEvent()> next)
    : options_(options), next_(std::move(next)), random_(options.seed ^ 0x5ca1ab1e) {}

Delivery Disorder::Next() {
  // Whatever is still to come happens at or after heard_, so what arrives before it is complete.
  while (waiting_.empty() || waiting_.top().arrival >= heard_) {
    SalesEvent event = next_();
    heard_ = event.time;
    Admit(std::move(event));
  }
  Delivery delivery{waiting_.top().arrival, waiting_.top().event};
  waiting_.pop();
  ++counts_.records;
  if (delivery.event.garbage) ++counts_.garbage;
  return delivery;
}

void Disorder::Admit(SalesEvent event) {
  int64_t delay = 0;
  if (random_.Chance(options_.late_share)) {
    ++counts_.late;
    delay = static_cast<int64_t>(random_.Chance(0.1) ? random_.Uniform() * 30 * 24 * 60
                                                     : 2 + random_.Uniform() * 58) *
            kMinuteMicros;
  }
  const EventTime arrival{event.time.micros + delay};
  if (random_.Chance(options_.duplicate_share)) {
    ++counts_.duplicates;
    Enqueue({arrival.micros + static_cast<int64_t>(random_.Exponential(5)) * kMinuteMicros}, event);
  }
  if (random_.Chance(options_.garbage_share)) {
    SalesEvent spoilt = event;
    spoilt.garbage = true;
    spoilt.id += "-spoilt";
    Enqueue(arrival, std::move(spoilt));
  }
  Enqueue(arrival, std::move(event));
}

void Disorder::Enqueue(EventTime arrival, SalesEvent event) {
  waiting_.push({arrival, ++sequence_, std::move(event)});
}

}  // namespace takt
