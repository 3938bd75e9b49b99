#include <cstdio>
#include <optional>

#include "absl/strings/str_format.h"
#include "engine/app/commands.h"
#include "engine/app/configuration.h"

namespace takt {

int Check(const CheckOptions& options) {
  const std::optional<Settings> settings = LoadOrExplain("takt check", options.configs);
  if (!settings.has_value()) return kExitWrong;
  const Definition& definition = *settings->definition;
  int exported = 0;
  for (const Kpi& kpi : definition.kpis) exported += kpi.exported ? 1 : 0;
  absl::PrintF(
      "ok: %d objects, %d dimensions, %d KPIs (%d exported), %d sources, %d rows of cells\n",
      definition.objects.size(), definition.dimensions.size(), definition.kpis.size(), exported,
      settings->sources.size(), definition.row_count);
  return kExitDone;
}

}  // namespace takt
