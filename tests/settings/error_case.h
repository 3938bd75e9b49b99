// A configuration with mistakes, and everything that must be said of it: the shape of the tables of
// errors_*_test.cc.
#pragma once

#include <ostream>
#include <string>
#include <utility>
#include <vector>

#include "gtest/gtest.h"

namespace takt {

// Stands before the configuration of most cases: its own lines begin with the fourth.
inline constexpr const char* kTestObjects =
    "objects:\n"
    "  deal: {pipelines: {main: {open: [new, offer], won: [won], lost: [lost]}}, links: {lead: "
    "source}}\n"
    "  lead: {}\n";

struct ErrorCase {
  const char* name;
  bool with_objects = true;
  const char* yaml;
  std::vector<std::pair<const char*, const char*>> tables;  // further files: name and content
  std::vector<std::string> problems;  // as ProblemText writes them, by file, line and column
};

inline std::ostream& operator<<(std::ostream& out, const ErrorCase& value) {
  return out << value.name;
}

inline std::string ErrorCaseName(const ::testing::TestParamInfo<ErrorCase>& info) {
  return info.param.name;
}

// Loads the case and compares.
class ErrorTest : public ::testing::TestWithParam<ErrorCase> {};

}  // namespace takt
