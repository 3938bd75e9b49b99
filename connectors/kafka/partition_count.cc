#include "connectors/kafka/partition_count.h"

namespace takt {

PartitionCount::Belief PartitionCount::Hear(const HeardCount& heard, int known,
                                            absl::Duration now) {
  if (heard.partitions >= known) {
    since_.reset();
    return Belief::kWhole;
  }
  if (!since_.has_value()) {
    since_ = now;
    answer_ = heard.answer;
    answers_ = 1;
    return Belief::kDoubtBegins;
  }
  if (heard.answer != answer_) {
    answer_ = heard.answer;
    ++answers_;
  }
  const bool believed = answers_ >= kAnswersMin && now - *since_ >= kBelievedAfter;
  return believed ? Belief::kFewer : Belief::kDoubted;
}

}  // namespace takt
