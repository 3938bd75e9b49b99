// The generated sales traffic as a source: delivers, as canonical JSON in one partition, what has
// arrived by the clock. When nothing is due, it is idle by proof: it knows that nothing is on its way
// that was due before now.
//
// Threads: as Source says. It begins anew when opened: positions are ignored, for the demo keeps no
// journal.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "engine/app/sales_format.h"
#include "engine/base/clock.h"
#include "engine/pipeline/source.h"
#include "engine/traffic/disorder.h"
#include "engine/traffic/sales_world.h"

namespace takt {

class TrafficSource final : public Source {
 public:
  TrafficSource(const SalesWorldOptions& world, const DisorderOptions& disorder, Clock& clock);

  const std::string& name() const override { return name_; }
  absl::Status Open(const std::vector<Position>& positions) override;
  absl::Status Poll(absl::Duration wait, int records_max, const RecordCallback& callback) override;
  std::vector<PartitionState> Partitions() const override;

 private:
  bool Due() const { return waiting_->arrival.ToTime() <= clock_.Now(); }
  void Deliver(const RecordCallback& callback);

  const std::string name_ = "traffic";
  Clock& clock_;
  SalesWorld world_;
  Disorder disorder_;
  Spoiler spoiler_{RecordFormat::kJson};
  std::optional<Delivery> waiting_;  // the next one; set from Open on
  int64_t offset_ = 0;
};

}  // namespace takt
