// A dead letter as a Kafka record, with bytes of its own.
//
// Threads: a regular value. Cost: one copy of the record.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "engine/pipeline/dead_letters.h"

namespace takt {

struct Letter {
  std::string key;
  bool has_value = false;
  std::string value;
  size_t original_headers = 0;  // the first so many of `headers`
  std::vector<std::pair<std::string, std::string>> headers;

  size_t Bytes() const;
};

Letter MakeLetter(const DeadLetter& letter);

// Makes it smaller after the broker refused it for its size, the `attempt`-th time (from 1): the value
// and the key are cut, more each time, and large original headers are left out. Sets takt.truncated. A
// letter whose parts are small already, refused with others in one batch, stays as it is.
void Shorten(int attempt, Letter& letter);

}  // namespace takt
