// What the operator asked for, as JSON: /api/v1/definition, which the board is drawn from and by which
// a program finds its way through /api/v1/kpis. Nothing of a source is in it, so no secret can be.
//
//   organisation, time_zone, fiscal_year_month, currency {code, decimals}
//   levels      name, label (null for the company), groups, in the order of the configuration; the last
//               group takes what is in no list
//   stages      object, pipeline, name, kind, in order
//   kpis        the exported ones: name, help, kind, unit, windows, levels, split (labels), parts,
//               numerator and denominator of a share, the KPIs that a formula reads
//
// Threads: any. Bounded by the configuration.
#pragma once

#include <string>

#include "engine/definition/definition.h"

namespace takt {

std::string RenderDefinition(const Definition& definition);

}  // namespace takt
