// A dead letter that its place has not taken yet, with bytes of its own, because the record's are gone
// after its poll.
//
// Threads: one owner. Not movable: the record's views point into it.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "engine/model/reason.h"
#include "engine/pipeline/record.h"

namespace takt {

struct StalledLetter {
  StalledLetter(const Record& from, const Rejection& why, size_t partition_number);
  StalledLetter(const StalledLetter&) = delete;
  StalledLetter& operator=(const StalledLetter&) = delete;

  const std::string topic;
  const std::string key;
  const std::string value;
  std::vector<std::pair<std::string, std::string>> headers;
  Record record;
  const Rejection rejection;
  const size_t partition;  // the reader's own number for it
};

}  // namespace takt
