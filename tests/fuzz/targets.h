// Every decoder and parser of what comes from outside, fed with any bytes. A target ends the
// process when a law is broken: a rejected record yields no change, an admitted change survives its
// encoding, two readers agree, the same bytes give the same answer.
//
// Each target is a libFuzzer program of its own in builds with TAKT_FUZZ; in every other build the
// seeds of tests/fuzz/corpus are fed to it as a test.
//
// Threads: one.
#pragma once

#include "absl/strings/string_view.h"

namespace takt {

void FuzzJson(absl::string_view bytes);
void FuzzProtobuf(absl::string_view bytes);
void FuzzCsv(absl::string_view bytes);          // the first line is the header
void FuzzMapping(absl::string_view bytes);      // a record, through the shipped kind of rules
void FuzzMappingFile(absl::string_view bytes);  // the YAML of a mapping file
void FuzzWords(absl::string_view bytes);        // decimals, times, text classes
void FuzzChange(absl::string_view bytes);       // an encoded change
void FuzzSettings(absl::string_view bytes);     // the YAML of a configuration
void FuzzFormula(absl::string_view bytes);      // the formula of a KPI

struct FuzzTarget {
  const char* name;
  void (*run)(absl::string_view bytes);
};

inline constexpr FuzzTarget kFuzzTargets[] = {
    {"json", FuzzJson},       {"protobuf", FuzzProtobuf},        {"csv", FuzzCsv},
    {"mapping", FuzzMapping}, {"mapping_file", FuzzMappingFile}, {"words", FuzzWords},
    {"change", FuzzChange},   {"settings", FuzzSettings},        {"formula", FuzzFormula}};

}  // namespace takt
