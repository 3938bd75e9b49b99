#include "engine/app/configuration.h"

#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <iterator>
#include <set>
#include <system_error>
#include <tuple>
#include <utility>

#include "absl/strings/str_format.h"
#include "connectors/kafka/client_config.h"
#include "engine/app/web_files.h"
#include "engine/base/clock.h"
#include "engine/settings/load.h"
#include "engine/settings/mapping_file.h"

namespace takt {

std::vector<std::string> ShippedFolders() {
  namespace fs = std::filesystem;
  std::vector<std::string> found;
  std::error_code error;
  fs::path folder = fs::read_symlink("/proc/self/exe", error).parent_path();
  const fs::path share = folder.parent_path() / "share" / "takt";
  if (fs::is_directory(share / "catalogue", error)) found.push_back(share.string());
  for (int levels = 0; levels < 5 && !folder.empty(); ++levels) {
    const fs::path config = folder / "config";
    if (fs::is_directory(config / "catalogue", error)) found.push_back(config.string());
    if (folder == folder.root_path()) break;
    folder = folder.parent_path();
  }
  return found;
}

namespace {

// Mapping files are part of what may be wrong, so that nobody finds out at the start in production.
void AddMappingProblems(const Settings& settings, std::vector<Problem>& problems) {
  std::set<std::string> seen;
  for (const SourceSettings& source : settings.sources) {
    if (source.mapping.empty() || !seen.insert(source.mapping).second) continue;
    for (Problem& problem : LoadMappingFile(source.mapping).problems) {
      problems.push_back(std::move(problem));
    }
  }
}

// What librdkafka would say at the start, said where it is written.
void AddKafkaProblems(const Settings& settings, std::vector<Problem>& problems) {
  std::vector<Problem> found;
  for (const SourceSettings& source : settings.sources) {
    if (!source.kafka.has_value()) continue;
    for (const auto& [name, value] : source.kafka->properties) {
      const absl::Status status = ClientConfig::CheckProperty(name, value);
      if (status.ok()) continue;
      found.push_back(source.kafka->places.at(name));
      found.back().text = std::string(status.message());
    }
  }
  std::stable_sort(found.begin(), found.end(), [](const Problem& a, const Problem& b) {
    return std::tie(a.file, a.line, a.column) < std::tie(b.file, b.line, b.column);
  });
  std::move(found.begin(), found.end(), std::back_inserter(problems));
}

}  // namespace

int Explain(const std::vector<Problem>& problems) {
  int errors = 0;
  for (const Problem& problem : problems) {
    errors += problem.warning ? 0 : 1;
    absl::FPrintF(stderr, "%s%s\n", problem.warning ? "warning: " : "", ProblemText(problem));
  }
  return errors;
}

LoadResult LoadAll(const std::vector<std::string>& paths, ConfigUse use) {
  const bool runs = use == ConfigUse::kRun;
  LoadResult result = runs ? LoadSettings(paths, ShippedFolders())
                           : LoadWithoutSourceFiles(paths, ShippedFolders());
  if (result.ok()) {
    AddMappingProblems(result.settings, result.problems);
    AddKafkaProblems(result.settings, result.problems);
  }
  const std::string& web = result.settings.engine.web_config;
  if (!result.ok() || web.empty() || !runs) return result;
  for (Problem& problem : WebProblems(web, SystemClock())) {
    result.problems.push_back(std::move(problem));
  }
  return result;
}

std::optional<Settings> LoadOrExplain(const char* command, const std::vector<std::string>& paths,
                                      ConfigUse use, std::vector<std::string>* files) {
  LoadResult result = LoadAll(paths, use);
  if (files != nullptr) *files = std::move(result.files);
  const int errors = Explain(result.problems);
  if (!result.ok()) {
    absl::FPrintF(stderr, "%s: %d error%s in the configuration\n", command, errors,
                  errors == 1 ? "" : "s");
    return std::nullopt;
  }
  return std::move(result.settings);
}

}  // namespace takt
