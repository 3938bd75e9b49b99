#include <cstdio>

#include "absl/strings/str_format.h"
#include "engine/app/commands.h"
#include "engine/settings/schema.h"

namespace takt {

int Generate(const GenerateOptions& options) {
  absl::PrintF("%s", options.what == "schema" ? JsonSchema() : ReferencePage());
  return kExitDone;
}

}  // namespace takt
