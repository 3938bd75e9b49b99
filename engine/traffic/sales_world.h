// A believable sales organisation as a source of events: 20 teams in 4 regions, 200 people; leads
// come in during working hours, are contacted and qualified, become deals that move through stages
// and are won or lost; customers pay, expand and churn; marketing spends by the day. With
// corrections, reopened, deleted and merged records, each at a stated share.
//
// Events come in the order of their event times; Disorder (disorder.h) turns that into an order of
// arrival. Equal options give equal events.
//
// Threads: one owner. Memory: what is still to happen, some hundred bytes per open lead or deal.
#pragma once

#include <cstdint>
#include <deque>
#include <map>
#include <memory>
#include <string>

#include "engine/model/event_time.h"
#include "engine/traffic/sales_event.h"

namespace takt {

inline constexpr int kRegionCount = 4;
inline constexpr int kTeamCount = 20;  // five in each region
inline constexpr int kRepCount = 200;  // ten in each team

std::string RegionName(int region);  // north, south, east, west
std::string TeamName(int team);      // north-1 ... west-5
std::string RepName(int rep);        // r001 ... r200; rep i is in team i / 10

// From `at` on, fewer deals of `region` are won: each deal's chance is multiplied by `factor`.
struct WinRateFall {
  int region = -1;  // -1: no fall
  EventTime at;
  double factor = 0.5;
};

struct SalesWorldOptions {
  uint64_t seed = 1;
  EventTime start;
  double leads_per_day = 240;      // on working days
  double reopen_share = 0.02;      // of closed deals
  double correction_share = 0.05;  // of won deals: the amount is edited later
  double delete_share = 0.004;     // of deals; half of them come back
  double merge_share = 0.01;       // of leads: a second record of the same person is merged
  WinRateFall fall;
};

class SalesWorld {
 public:
  explicit SalesWorld(const SalesWorldOptions& options);
  ~SalesWorld();

  // The next event; there is always one.
  SalesEvent Next();

 private:
  class Scene;
  std::unique_ptr<Scene> scene_;
};

}  // namespace takt
