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

Problem Problems::At(const Place& place, absl::string_view path) const {
  return {FileName(place.file), place.line, place.column, std::string(path)};
}

void Problems::Error(const Place& place, absl::string_view path, std::string text) {
  found_.push_back(At(place, path));
  found_.back().text = std::move(text);
}

void Problems::Warn(const Place& place, absl::string_view path, std::string text) {
  Error(place, path, std::move(text));
  found_.back().warning = true;
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
