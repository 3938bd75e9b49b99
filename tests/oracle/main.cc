// takt-oracle: every KPI of a stream of canonical JSON changes, from scratch, or the differences to an
// engine's page.
//
//   takt-oracle --config takt.yaml --now 2026-01-31T23:59:59Z [--catalogue folder] [--max-ahead 10m]
//               [--format lines|kcat] [--compare page.txt] [file ...]
//
// Reads standard input where no file is named. The format `kcat` is what kcat -f '%T %S %s\n' writes:
// record time in milliseconds, size, bytes; it is safe for any bytes. Lines have no record time. Prints
// series as a page does, sorted; with --compare what was compared and every divergence. What was
// admitted and refused goes to standard error. --now and --compare may be given several times,
// in pairs. Exit code: 0, 1 for divergences, 2 for what cannot be read.
#include <cstdio>
#include <fstream>
#include <iostream>
#include <iterator>
#include <string>
#include <vector>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/time/time.h"
#include "engine/settings/settings.h"
#include "tests/oracle/admission.h"
#include "tests/oracle/compare.h"
#include "tests/oracle/oracle.h"

namespace takt::oracle {
namespace {

struct Arguments {
  std::vector<std::string> configs;
  std::vector<std::string> catalogues;
  std::vector<EventTime> nows;
  std::vector<std::string> pages;
  std::vector<std::string> files;
  absl::Duration max_ahead = absl::Minutes(10);
  bool kcat = false;
};

int Fail(absl::string_view text) {
  std::cerr << "takt-oracle: " << text << "\n";
  return 2;
}

bool TakeArgument(const std::string& name, const std::string& value, Arguments& arguments) {
  if (name == "--config") {
    arguments.configs.push_back(value);
  } else if (name == "--catalogue") {
    arguments.catalogues.push_back(value);
  } else if (name == "--compare") {
    arguments.pages.push_back(value);
  } else if (name == "--max-ahead") {
    return absl::ParseDuration(value, &arguments.max_ahead);
  } else if (name == "--format") {
    arguments.kcat = value == "kcat";
    return value == "kcat" || value == "lines";
  } else if (name == "--now") {
    absl::Time now;
    std::string error;
    if (!absl::ParseTime(absl::RFC3339_full, value, &now, &error)) return false;
    arguments.nows.push_back(EventTime::From(now));
  } else {
    return false;
  }
  return true;
}

bool ParseArguments(int argc, char** argv, Arguments& arguments) {
  for (int i = 1; i < argc; ++i) {
    const std::string name = argv[i];
    if (name.rfind("--", 0) != 0) {
      arguments.files.push_back(name);
    } else if (i + 1 == argc || !TakeArgument(name, argv[++i], arguments)) {
      return false;
    }
  }
  const bool paired = arguments.pages.empty() || arguments.pages.size() == arguments.nows.size();
  return !arguments.configs.empty() && !arguments.nows.empty() && paired;
}

std::string ReadAll(std::istream& input) {
  return {std::istreambuf_iterator<char>(input), std::istreambuf_iterator<char>()};
}

// Takes one record off the front of `input`; false when what follows is not of the format.
bool TakeRecord(bool kcat, absl::string_view& input, absl::string_view& record,
                int64_t& record_time_micros) {
  record_time_micros = 0;
  if (!kcat) {
    record = input.substr(0, input.find('\n'));
    input.remove_prefix(std::min(record.size() + 1, input.size()));
    return true;
  }
  int64_t millis = 0;
  size_t size = 0;
  const size_t first = input.find(' ');
  const size_t second = first == input.npos ? first : input.find(' ', first + 1);
  if (second == input.npos || !absl::SimpleAtoi(input.substr(0, first), &millis)) return false;
  if (!absl::SimpleAtoi(input.substr(first + 1, second - first - 1), &size)) return false;
  if (input.size() < second + 1 + size + 1) return false;
  record = input.substr(second + 1, size);
  record_time_micros = millis * 1000;
  input.remove_prefix(second + 1 + size + 1);
  return true;
}

bool ReadRecords(bool kcat, const std::string& text, Admission& admission, Oracle& oracle) {
  absl::string_view input = text;
  std::vector<Change> changes;
  while (!input.empty()) {
    absl::string_view record;
    int64_t record_time_micros = 0;
    if (!TakeRecord(kcat, input, record, record_time_micros)) return false;
    admission.Admit(record, record_time_micros, &changes);
    for (const Change& change : changes) oracle.Add(change);
  }
  return true;
}

void PrintAdmission(const Admission& admission) {
  absl::FPrintF(stderr, "records admitted %d\n", admission.admitted());
  uint64_t refused = 0;
  for (const auto& [reason, count] : admission.refused()) {
    absl::FPrintF(stderr, "records refused %s %d\n", ReasonName(reason), count);
    refused += count;
  }
  absl::FPrintF(stderr, "records refused %d\n", refused);
}

int Answer(const Arguments& arguments, Oracle& oracle) {
  int compared = 0;
  int divergences = 0;
  for (size_t i = 0; i < arguments.nows.size(); ++i) {
    const SeriesMap series = oracle.Series(arguments.nows[i]);
    if (arguments.pages.empty()) {
      for (const auto& [name, number] : series) absl::PrintF("%s %.17g\n", name, number.value);
      continue;
    }
    std::ifstream file(arguments.pages[i]);
    const absl::StatusOr<Values> page = ReadPage(ReadAll(file));
    if (!page.ok()) return Fail(page.status().message());
    const Comparison comparison = Compare(series, *page);
    for (const std::string& line : comparison.divergences) absl::PrintF("%s\n", line);
    compared += comparison.compared;
    divergences += static_cast<int>(comparison.divergences.size());
  }
  if (arguments.pages.empty()) return 0;
  absl::PrintF("values compared %d\ndivergences %d\n", compared, divergences);
  return divergences == 0 ? 0 : 1;
}

int Main(int argc, char** argv) {
  Arguments arguments;
  if (!ParseArguments(argc, argv, arguments)) {
    return Fail(
        "--config FILE --now RFC3339 [--catalogue FOLDER] [--max-ahead 10m] "
        "[--format lines|kcat] [--compare PAGE] [FILE ...]");
  }
  const LoadResult loaded = LoadSettings(arguments.configs, arguments.catalogues);
  for (const Problem& problem : loaded.problems) std::cerr << ProblemText(problem) << "\n";
  if (!loaded.ok()) return 2;
  const Definition& definition = *loaded.settings.definition;
  Admission admission(definition, arguments.max_ahead);
  Oracle oracle(definition);
  if (arguments.files.empty()) {
    if (!ReadRecords(arguments.kcat, ReadAll(std::cin), admission, oracle)) {
      return Fail("standard input is not of the format");
    }
  }
  for (const std::string& name : arguments.files) {
    std::ifstream file(name, std::ios::binary);
    if (!file) return Fail(absl::StrCat("cannot read ", name));
    if (!ReadRecords(arguments.kcat, ReadAll(file), admission, oracle)) {
      return Fail(absl::StrCat(name, " is not of the format"));
    }
  }
  PrintAdmission(admission);
  return Answer(arguments, oracle);
}

}  // namespace
}  // namespace takt::oracle

int main(int argc, char** argv) { return takt::oracle::Main(argc, argv); }
