#include "connectors/json/json_frame.h"

namespace takt {
namespace {

constexpr size_t kFrameBytes = 5;

}  // namespace

std::optional<Rejection> StripJsonFrame(absl::string_view* value) {
  if (value->empty() || value->front() != '\0') return std::nullopt;
  absl::string_view payload =
      value->substr(value->size() < kFrameBytes ? value->size() : kFrameBytes);
  const size_t first = payload.find_first_not_of(" \t\r\n");
  if (first == absl::string_view::npos || (payload[first] != '{' && payload[first] != '[')) {
    return Rejection{Reason::kUnsupportedFrame, "schema registry frame without JSON behind it"};
  }
  *value = payload;
  return std::nullopt;
}

}  // namespace takt
