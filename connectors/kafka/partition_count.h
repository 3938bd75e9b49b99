// Whether fewer partitions than are known of a topic are believed.
//
// Partitions are never taken from a topic: fewer of them are another topic of the same name. But a
// broker that has just started, or a controller that is behind, may for a moment tell of a part only.
// So it is believed when it is told by several answers in a row over a while, longer than a cluster
// needs to agree again; an answer that names all of them ends the doubt.
//
// Threads: the reader's. A regular value.
#pragma once

#include <cstdint>
#include <optional>

#include "absl/time/time.h"

namespace takt {

// What a cluster said of a topic.
struct HeardCount {
  int partitions = 0;
  uint64_t answer = 0;  // its number; one answer may be heard again and again
};

class PartitionCount {
 public:
  enum class Belief : uint8_t { kWhole, kDoubtBegins, kDoubted, kFewer };
  static constexpr absl::Duration kBelievedAfter = absl::Seconds(25);
  static constexpr int kAnswersMin = 3;

  // `known` partitions were read, `now` is monotonic.
  Belief Hear(const HeardCount& heard, int known, absl::Duration now);

 private:
  std::optional<absl::Duration> since_;
  uint64_t answer_ = 0;
  int answers_ = 0;
};

}  // namespace takt
