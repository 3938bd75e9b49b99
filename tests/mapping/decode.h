// What a mapping makes of a record, as text that tests compare.
//
// Threads: one.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "absl/strings/string_view.h"
#include "connectors/mapping/mapping_decoder.h"

namespace takt {

struct Sample {
  std::string value;
  std::string key;
  std::vector<std::pair<std::string, std::string>> headers;
  int64_t record_time_micros = 0;
};

// One line per change, such as
//   record deal D1 2026-01-10T09:30:00Z order=12.3 event=e1 place=0 stage='won' amount=10.50
//   lead=null
// (order, event and place where they are not empty or 0), or "filtered", or the reason and detail.
std::string DecodedBy(Decoder& decoder, const Sample& sample);

// By the YAML text `mapping`, in the zone Europe/Paris.
std::string DecodedByText(const std::string& mapping, const Sample& sample);

// By the shipped file config/mappings/<name>.yaml.
std::string DecodedByFile(const std::string& name, const Sample& sample);

// "12:9: rules[0].op: unknown op ..." per problem.
std::vector<std::string> ProblemsOf(const std::string& mapping);

}  // namespace takt
