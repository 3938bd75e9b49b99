#include <sys/stat.h>

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <fstream>
#include <optional>
#include <string>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "connectors/grafana/dashboards.h"
#include "engine/app/alert_rules.h"
#include "engine/app/commands.h"
#include "engine/app/configuration.h"
#include "engine/app/runbook.h"
#include "engine/settings/schema.h"

namespace takt {
namespace {

int Fail(const std::string& text) {
  absl::FPrintF(stderr, "takt generate: %s\n", text);
  return kExitWrong;
}

int GenerateRules(const GenerateOptions& options) {
  if (options.configs.empty()) {
    return Fail("rules need a configuration: takt generate rules takt.yaml");
  }
  const std::optional<Settings> settings =
      LoadOrExplain("takt generate", options.configs, ConfigUse::kLookAt);
  if (!settings.has_value()) return kExitWrong;
  absl::PrintF("%s", AlertRules(*settings->definition, options.rules));
  return kExitDone;
}

std::optional<std::string> Read(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  if (!in) return std::nullopt;
  return std::string{std::istreambuf_iterator<char>(in), {}};
}

// A file that is equal already is left alone, so that nobody loads it anew.
bool Write(const std::string& path, const std::string& content) {
  if (Read(path) == content) return true;
  std::ofstream out(path, std::ios::binary | std::ios::trunc);
  out << content;
  out.close();
  return out.good();
}

// Of what goes into a folder, the settings and the folder; none: an error was printed.
std::optional<Settings> LoadForFolder(const GenerateOptions& options) {
  if (options.configs.empty() || options.output.empty()) {
    Fail(absl::StrFormat(
        "%s need a configuration and a folder: takt generate %s takt.yaml --output %s",
        options.what, options.what, options.what));
    return std::nullopt;
  }
  std::optional<Settings> settings =
      LoadOrExplain("takt generate", options.configs, ConfigUse::kLookAt);
  if (!settings.has_value()) return std::nullopt;
  if (mkdir(options.output.c_str(), 0755) != 0 && errno != EEXIST) {
    Fail(absl::StrCat("cannot make the folder ", options.output, ": ", std::strerror(errno)));
    return std::nullopt;
  }
  return settings;
}

int WriteAndTell(const std::string& path, const std::string& content) {
  if (!Write(path, content)) {
    return Fail(absl::StrCat("cannot write ", path, ": ", std::strerror(errno)));
  }
  absl::PrintF("%s\n", path);
  return kExitDone;
}

int GenerateDashboards(const GenerateOptions& options) {
  const std::optional<Settings> settings = LoadForFolder(options);
  if (!settings.has_value()) return kExitWrong;
  for (const DashboardFile& file : Dashboards(*settings->definition, {.people = options.people})) {
    const int code = WriteAndTell(absl::StrCat(options.output, "/", file.name), file.content);
    if (code != kExitDone) return code;
  }
  return kExitDone;
}

int GenerateRunbooks(const GenerateOptions& options) {
  const std::optional<Settings> settings = LoadForFolder(options);
  if (!settings.has_value()) return kExitWrong;
  for (const Alert& alert : settings->definition->alerts) {
    const std::string path = absl::StrCat(options.output, "/", RuleName(alert), ".md");
    const std::optional<std::string> there = Read(path);
    if (there.has_value() && !absl::EndsWith(*there, kRunbookMark)) {
      absl::PrintF("%s: kept, it was written by hand\n", path);
      continue;
    }
    const int code = WriteAndTell(path, Runbook(*settings->definition, alert, options.rules.api));
    if (code != kExitDone) return code;
  }
  return kExitDone;
}

}  // namespace

int Generate(const GenerateOptions& options) {
  if (options.what == "rules") return GenerateRules(options);
  if (options.what == "dashboards") return GenerateDashboards(options);
  if (options.what == "runbooks") return GenerateRunbooks(options);
  absl::PrintF("%s", options.what == "schema" ? JsonSchema() : ReferencePage());
  return kExitDone;
}

}  // namespace takt
