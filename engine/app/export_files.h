// The two files that `takt init` writes: the mapping that reads the export, and the configuration with
// the objects, dimensions and KPIs that its columns allow.
//
// Threads: pure functions of the table and the guess.
#pragma once

#include <string>

#include "engine/app/commands.h"
#include "engine/app/export_guess.h"

namespace takt {

// How rows become changes: the deal begins on its first date and is decided on its second; a row that
// lacks a date is taken as of the export's latest date.
std::string MappingText(const ExportTable& table, const ExportGuess& guess, char delimiter);

// `csv` and `mapping` are paths as they should stand in the file.
struct ExportPaths {
  std::string csv;
  std::string mapping;
};
std::string ConfigurationText(const ExportTable& table, const ExportGuess& guess,
                              const InitOptions& options, const ExportPaths& paths);

// How many decided rows were decided before they began. With any, the mapping tells only when such a
// deal began, not in which stage it stood until it was decided.
int CountBackdated(const ExportTable& table, const ExportGuess& guess);

}  // namespace takt
