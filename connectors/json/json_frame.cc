#include "connectors/json/json_frame.h"

namespace takt {
namespace {

constexpr size_t kFrameBytes = 5;

}  // namespace

bool StripJsonFrame(absl::string_view* value) {
  if (value->empty() || value->front() != '\0') return true;
  absl::string_view payload =
      value->substr(value->size() < kFrameBytes ? value->size() : kFrameBytes);
  const size_t first = payload.find_first_not_of(" \t\r\n");
  if (first == absl::string_view::npos || (payload[first] != '{' && payload[first] != '[')) {
    return false;
  }
  *value = payload;
  return true;
}

}  // namespace takt
