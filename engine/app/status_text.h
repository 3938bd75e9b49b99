// What /api/v1/status says, as a person reads it, and what of it is wrong.
//
// Threads: any.
#pragma once

#include <string>
#include <vector>

#include "engine/app/json_look.h"

namespace takt {

// Partitions, lag, who holds now and why, journal, dead letters, sources, memory; ends with a line feed.
std::string StatusText(const JsonLook& status, int width);

// One line for each thing that somebody should look at; empty: all is well.
std::vector<std::string> StatusProblems(const JsonLook& status);

// "crm sales/2": where a partition is from. Takes a node with source, topic and partition.
std::string PartitionText(const JsonLook& status, uint32_t node);

}  // namespace takt
