#include "engine/pipeline/flow.h"

namespace takt {

Flow::Flow(int readers, int workers) : readers_(readers), workers_(workers) {
  for (int i = 0; i < producers() * workers; ++i) lanes_.push_back(std::make_unique<Lane>());
  for (int i = 0; i < workers * workers; ++i) {
    hand_overs_.push_back(std::make_unique<Ring<HandOver>>(kHandOversPerRing));
  }
  for (int i = 0; i < workers; ++i) {
    published_.push_back(std::make_unique<Ring<Published>>(kPublishedPerRing));
    worker_bells_.push_back(std::make_unique<Doorbell>());
  }
  for (int i = 0; i < readers; ++i) {
    progress_.push_back(std::make_unique<Ring<Progress>>(kProgressPerRing));
  }
  for (int i = 0; i < producers(); ++i) producer_bells_.push_back(std::make_unique<Doorbell>());
}

}  // namespace takt
