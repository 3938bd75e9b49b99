// A random world: records of entities that live, change, merge, part, go and come back, with every kind
// of disorder that sources have. A pure function of its seed.
//
// Threads: a value.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "engine/model/event_time.h"
#include "tests/simulation/random.h"

namespace takt::simulation {

struct SentRecord {
  std::string bytes;
  std::string entity;  // what partitions go by
};

struct World {
  std::string config;               // file under tests/simulation/configs
  std::vector<SentRecord> records;  // in the order of arrival
  std::vector<EventTime> nows;      // at which pages are compared
};

// Uses up numbers of `random` in an order that only it knows.
World MakeWorld(Random& random);

}  // namespace takt::simulation
