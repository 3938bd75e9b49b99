#include <cstdio>
#include <optional>

#include "absl/strings/str_format.h"
#include "engine/app/alert_rules.h"
#include "engine/app/commands.h"
#include "engine/app/configuration.h"
#include "engine/settings/schema.h"

namespace takt {
namespace {

int GenerateRules(const GenerateOptions& options) {
  if (options.configs.empty()) {
    absl::FPrintF(stderr,
                  "takt generate: rules need a configuration: takt generate rules takt.yaml\n");
    return kExitWrong;
  }
  const std::optional<Settings> settings = LoadOrExplain("takt generate", options.configs);
  if (!settings.has_value()) return kExitWrong;
  absl::PrintF("%s", AlertRules(*settings->definition, options.rules));
  return kExitDone;
}

}  // namespace

int Generate(const GenerateOptions& options) {
  if (options.what == "rules") return GenerateRules(options);
  absl::PrintF("%s", options.what == "schema" ? JsonSchema() : ReferencePage());
  return kExitDone;
}

}  // namespace takt
