// Where a change was read: the coordinates of its record in its source.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

namespace takt {

struct SourcePlace {
  std::string source;  // its name in the configuration
  std::string topic;   // or the file's path
  int32_t partition = 0;
  int64_t offset = 0;  // of the record; of a file the byte at which it begins
  int64_t line = 0;    // of a file, from 1; 0: not known
  friend bool operator==(const SourcePlace&, const SourcePlace&) = default;
};

// By encoded change (model/change_codec.h): every place where it was read, duplicates too.
using SourcePlaces = std::map<std::string, std::vector<SourcePlace>>;

}  // namespace takt
