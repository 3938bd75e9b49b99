#include "tests/oracle/compare.h"

#include <algorithm>
#include <cmath>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"

namespace takt::oracle {
namespace {

// Below this, a difference is the rounding of doubles around zero.
constexpr double kAbsolute = 1e-12;

std::string Quoted(const std::string& text) {
  std::string quoted = "\"";
  for (const char c : text) {
    if (c == '"' || c == '\\') quoted += '\\';
    if (c == '\n') {
      quoted += "\\n";
    } else {
      quoted += c;
    }
  }
  return quoted + "\"";
}

// Reads {a="x",b="y"} at the front of `text` and cuts it off; false when it is not of that form.
bool TakeLabels(absl::string_view& text, std::map<std::string, std::string>& labels) {
  if (!absl::ConsumePrefix(&text, "{")) return true;
  while (!absl::ConsumePrefix(&text, "}")) {
    const size_t equals = text.find("=\"");
    if (equals == text.npos) return false;
    std::string& value = labels[std::string(text.substr(0, equals))];
    text.remove_prefix(equals + 2);
    for (; !text.empty() && text[0] != '"'; text.remove_prefix(1)) {
      const bool escaped = text[0] == '\\' && text.size() > 1;
      if (escaped) text.remove_prefix(1);
      value += escaped && text[0] == 'n' ? '\n' : text[0];
    }
    if (!absl::ConsumePrefix(&text, "\"")) return false;
    absl::ConsumePrefix(&text, ",");
  }
  return true;
}

}  // namespace

std::string SeriesText(absl::string_view name, const std::map<std::string, std::string>& labels) {
  std::string text(name);
  const char* separator = "{";
  for (const auto& [label, value] : labels) {
    absl::StrAppend(&text, separator, label, "=", Quoted(value));
    separator = ",";
  }
  return labels.empty() ? text : text + "}";
}

absl::StatusOr<std::string> Canonical(absl::string_view series) {
  absl::string_view rest = series;
  const size_t brace = rest.find('{');
  const absl::string_view name = rest.substr(0, brace);
  rest.remove_prefix(name.size());
  std::map<std::string, std::string> labels;
  if (name.empty() || !TakeLabels(rest, labels) || !rest.empty()) {
    return absl::InvalidArgumentError(absl::StrCat("no series text: ", series));
  }
  return SeriesText(name, labels);
}

absl::StatusOr<Values> ReadPage(absl::string_view page) {
  Values values;
  for (absl::string_view line : absl::StrSplit(page, '\n')) {
    if (!absl::StartsWith(line, "sales_")) continue;
    const size_t name_end = line.find_first_of("{ ");
    if (name_end == line.npos) return absl::InvalidArgumentError(absl::StrCat("no sample: ", line));
    absl::string_view rest = line.substr(name_end);
    std::map<std::string, std::string> labels;
    double value = 0;
    const bool read = TakeLabels(rest, labels) && absl::ConsumePrefix(&rest, " ") &&
                      absl::SimpleAtod(rest.substr(0, rest.find(' ')), &value);
    if (!read) return absl::InvalidArgumentError(absl::StrCat("no sample: ", line));
    const std::string series = SeriesText(line.substr(0, name_end), labels);
    if (!values.emplace(series, value).second) {
      return absl::InvalidArgumentError(absl::StrCat("a series twice: ", line));
    }
  }
  return values;
}

bool Close(double expected, double found, double tolerance) {
  if (std::isnan(expected) || std::isnan(found)) return std::isnan(expected) && std::isnan(found);
  if (expected == found) return true;
  const double size = std::max(std::abs(expected), std::abs(found));
  return std::abs(expected - found) <= kAbsolute + tolerance * size;
}

Comparison Compare(const SeriesMap& expected, const Values& found) {
  Comparison comparison;
  Values left = found;
  for (const auto& [series, number] : expected) {
    const absl::StatusOr<std::string> canonical = Canonical(series);
    const auto place = left.find(canonical.ok() ? *canonical : series);
    ++comparison.compared;
    if (place == left.end()) {
      if (number.optional && (number.value == 0 || std::isnan(number.value))) continue;
      comparison.divergences.push_back(
          absl::StrFormat("%s: absent, expected %.17g", series, number.value));
      continue;
    }
    if (!Close(number.value, place->second, number.tolerance)) {
      comparison.divergences.push_back(
          absl::StrFormat("%s: found %.17g, expected %.17g", series, place->second, number.value));
    }
    left.erase(place);
  }
  for (const auto& [series, value] : left) {
    comparison.divergences.push_back(
        absl::StrFormat("%s: found %.17g, not expected", series, value));
  }
  return comparison;
}

}  // namespace takt::oracle
