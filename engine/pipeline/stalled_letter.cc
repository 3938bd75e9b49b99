#include "engine/pipeline/stalled_letter.h"

namespace takt {

StalledLetter::StalledLetter(const Record& from, const Rejection& why, size_t partition_number)
    : topic(from.topic),
      key(from.key),
      value(from.value),
      record(from),
      rejection(why),
      partition(partition_number) {
  record.topic = topic;
  record.key = key;
  record.value = value;
  headers.reserve(from.headers.size());  // the views below must not move
  for (auto& [name, content] : record.headers) {
    const auto& [own_name, own_content] =
        headers.emplace_back(std::string(name), std::string(content));
    name = own_name;
    content = own_content;
  }
}

}  // namespace takt
