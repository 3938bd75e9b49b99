#include "engine/traffic/deal_load.h"

#include <algorithm>
#include <array>
#include <cmath>

#include "absl/strings/str_format.h"
#include "engine/traffic/sales_world.h"

namespace takt {
namespace {

constexpr double kZipfExponent = 0.8;
// Flattens the head of the law, by the parameter q of Zipf and Mandelbrot: with a million deals and as
// many changes, the most edited deal has some seventy, as people edit, and not thousands.
constexpr double kZipfShift = 1000;
constexpr std::array<const char*, 6> kStages = {"new",      "qualified", "proposal",
                                                "contract", "won",       "lost"};
constexpr uint8_t kOpenStages = 4;
constexpr int64_t kStepMicros = 20'000;  // between two events: fifty a second

}  // namespace

DealLoad::DealLoad(const DealLoadOptions& options)
    : options_(options), random_(options.seed), stages_(options.deals) {}

SalesEvent DealLoad::Next() {
  if (made_ > options_.deals && random_.Chance(0.02)) return last_;  // a duplicate
  last_ = made_ < options_.deals ? First() : Change();
  ++made_;
  return last_;
}

EventTime DealLoad::When() {
  int64_t late_micros = 0;
  if (made_ >= options_.deals) {
    const double kind = random_.Uniform();
    if (kind < 0.01) {
      late_micros = static_cast<int64_t>(random_.Uniform() * 30 * 86400e6);
    } else if (kind < 0.11) {
      late_micros = static_cast<int64_t>(random_.Uniform() * 3600e6);
    }
  }
  return {options_.start.micros + static_cast<int64_t>(made_) * kStepMicros - late_micros};
}

// By inversion of the continuous law (rank + q)^-s. Ranks are scattered over the numbers, so that hot
// deals lie in all partitions.
uint64_t DealLoad::ZipfDeal() {
  constexpr double kPower = 1.0 - kZipfExponent;
  const double low = std::pow(kZipfShift, kPower);
  const double high = std::pow(kZipfShift + static_cast<double>(options_.deals), kPower);
  const double rank = std::pow(low + random_.Uniform() * (high - low), 1.0 / kPower) - kZipfShift;
  const uint64_t place = std::min(static_cast<uint64_t>(rank), options_.deals - 1);
  return (place * 2'654'435'761ULL) % options_.deals;
}

SalesEvent DealLoad::First() {
  SalesEvent event;
  event.object = "deal";
  event.id = absl::StrFormat("D%08d", made_);
  event.kind = ChangeKind::kRecord;
  event.time = When();
  event.fields = {
      {"stage", SalesValue::Text(kStages[0])},
      {"amount", SalesValue::Money(100'000 + static_cast<int64_t>(random_.Below(900'000)))},
      {"owner", SalesValue::Text(RepName(static_cast<int>(random_.Below(kRepCount))))}};
  return event;
}

SalesEvent DealLoad::Change() {
  const uint64_t deal = ZipfDeal();
  SalesEvent event;
  event.object = "deal";
  event.id = absl::StrFormat("D%08d", deal);
  event.time = When();
  const double kind = random_.Uniform();
  if (kind < 0.3) {
    uint8_t& stage = stages_[deal];
    if (stage < kOpenStages && random_.Chance(0.05)) {
      stage = static_cast<uint8_t>(kOpenStages + random_.Below(2));
    } else {
      stage = static_cast<uint8_t>(random_.Below(kOpenStages));
    }
    event.fields = {{"stage", SalesValue::Text(kStages[stage])}};
  } else if (kind < 0.305) {
    event.fields = {
        {"owner", SalesValue::Text(RepName(static_cast<int>(random_.Below(kRepCount))))}};
  } else {
    event.fields = {
        {"amount", SalesValue::Money(100'000 + static_cast<int64_t>(random_.Below(900'000)))}};
  }
  return event;
}

}  // namespace takt
