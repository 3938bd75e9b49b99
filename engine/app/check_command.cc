#include <cstdio>
#include <optional>

#include "absl/strings/str_format.h"
#include "engine/app/commands.h"
#include "engine/app/configuration.h"
#include "engine/app/count_text.h"

namespace takt {

int Check(const CheckOptions& options) {
  const std::optional<Settings> settings = LoadOrExplain("takt check", options.configs);
  if (!settings.has_value()) return kExitWrong;
  const Definition& definition = *settings->definition;
  int exported = 0;
  for (const Kpi& kpi : definition.kpis) exported += kpi.exported ? 1 : 0;
  absl::PrintF("ok: %s, %s, %s (%d exported), %s, %s\n",
               CountText(definition.objects.size(), "object"),
               CountText(definition.dimensions.size(), "dimension"),
               CountText(definition.kpis.size(), "KPI"), exported,
               CountText(settings->sources.size(), "source"),
               CountText(definition.row_count, "row of cells", "rows of cells"));
  return kExitDone;
}

}  // namespace takt
