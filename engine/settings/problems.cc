#include "engine/settings/problems.h"

#include <algorithm>
#include <tuple>
#include <utility>

#include "absl/strings/str_cat.h"

namespace takt {
namespace {

auto Order(const Problem& problem) {
  return std::tie(problem.file, problem.line, problem.column, problem.path, problem.text);
}

}  // namespace

int Problems::AddFile(std::string name) {
  files_.push_back(std::move(name));
  return static_cast<int>(files_.size()) - 1;
}

void Problems::Add(const Place& place, absl::string_view path, Problem problem) {
  problem.file = FileName(place.file);
  problem.line = place.line;
  problem.column = place.column;
  problem.path = std::string(path);
  found_.push_back(std::move(problem));
}

void Problems::Error(const Place& place, absl::string_view path, std::string text) {
  Problem problem;
  problem.text = std::move(text);
  Add(place, path, std::move(problem));
}

void Problems::Warn(const Place& place, absl::string_view path, std::string text) {
  Problem problem;
  problem.text = std::move(text);
  problem.warning = true;
  Add(place, path, std::move(problem));
}

bool Problems::HasErrors() const {
  return std::any_of(found_.begin(), found_.end(),
                     [](const Problem& problem) { return !problem.warning; });
}

std::vector<Problem> Problems::Sorted() const {
  std::vector<Problem> sorted = found_;
  std::stable_sort(sorted.begin(), sorted.end(),
                   [](const Problem& a, const Problem& b) { return Order(a) < Order(b); });
  const auto same = [](const Problem& a, const Problem& b) { return Order(a) == Order(b); };
  sorted.erase(std::unique(sorted.begin(), sorted.end(), same), sorted.end());
  return sorted;
}

std::string ProblemText(const Problem& problem) {
  std::string text = problem.file;
  if (problem.line > 0) absl::StrAppend(&text, ":", problem.line, ":", problem.column);
  absl::StrAppend(&text, ": ");
  if (!problem.path.empty()) absl::StrAppend(&text, problem.path, ": ");
  absl::StrAppend(&text, problem.text);
  return text;
}

bool LoadResult::ok() const {
  return std::none_of(problems.begin(), problems.end(),
                      [](const Problem& problem) { return !problem.warning; });
}

}  // namespace takt
