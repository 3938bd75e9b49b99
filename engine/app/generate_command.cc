#include <sys/stat.h>

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <fstream>
#include <optional>
#include <string>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "connectors/grafana/dashboards.h"
#include "engine/app/alert_rules.h"
#include "engine/app/commands.h"
#include "engine/app/configuration.h"
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
  const std::optional<Settings> settings = LoadOrExplain("takt generate", options.configs);
  if (!settings.has_value()) return kExitWrong;
  absl::PrintF("%s", AlertRules(*settings->definition, options.rules));
  return kExitDone;
}

// A file that is equal already is left alone, so that nobody loads it anew.
bool Write(const std::string& path, const std::string& content) {
  std::ifstream in(path, std::ios::binary);
  if (in && std::string{std::istreambuf_iterator<char>(in), {}} == content) return true;
  std::ofstream out(path, std::ios::binary | std::ios::trunc);
  out << content;
  out.close();
  return out.good();
}

int GenerateDashboards(const GenerateOptions& options) {
  if (options.configs.empty() || options.output.empty()) {
    return Fail(
        "dashboards need a configuration and a folder: "
        "takt generate dashboards takt.yaml --output dashboards");
  }
  const std::optional<Settings> settings = LoadOrExplain("takt generate", options.configs);
  if (!settings.has_value()) return kExitWrong;
  if (mkdir(options.output.c_str(), 0755) != 0 && errno != EEXIST) {
    return Fail(
        absl::StrCat("cannot make the folder ", options.output, ": ", std::strerror(errno)));
  }
  for (const DashboardFile& file : Dashboards(*settings->definition, {.people = options.people})) {
    const std::string path = absl::StrCat(options.output, "/", file.name);
    if (!Write(path, file.content)) {
      return Fail(absl::StrCat("cannot write ", path, ": ", std::strerror(errno)));
    }
    absl::PrintF("%s\n", path);
  }
  return kExitDone;
}

}  // namespace

int Generate(const GenerateOptions& options) {
  if (options.what == "rules") return GenerateRules(options);
  if (options.what == "dashboards") return GenerateDashboards(options);
  absl::PrintF("%s", options.what == "schema" ? JsonSchema() : ReferencePage());
  return kExitDone;
}

}  // namespace takt
