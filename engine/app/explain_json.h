// An explanation as JSON, for /api/v1/explain and `takt explain --json`:
//
//   kpi, level, group {label: value}, window or null, unit, currency, definition, expression or ""
//   now                or, of two moments: from, to
//   values             what the pages show: part ("" or lower, mean ...), value; or before, after, difference
//   steps              shares and formulas below: kpi, expression, window, group, value or before and after
//   parts              what is read from the facts, each with
//     kpi, role (numerator, denominator or term), window, ago, group, unit
//     begin, end       the minutes whose facts count; begin null: from the beginning
//     value or before and after; contributing; of two moments moved and effect (on the value)
//     more             how many entities are not listed
//     entities         object, id, contribution (or before, after, effect), dated, changed_since,
//                      changes_searched, changes, through
//   entities_looked_at, places_known
//
// A change has object, id, time, op, fields, identity and `places`: where it was read (source, topic,
// partition, offset, of files also line). `through` names linked entities that told something: link, moments, and the
// changes behind it.
//
// Threads: any. Cost: linear in what is listed.
#pragma once

#include <string>

#include "engine/definition/definition.h"
#include "engine/journal/source_place.h"
#include "engine/pipeline/explanation.h"

namespace takt {

std::string RenderExplanation(const Definition& definition, const Explanation& explanation,
                              const SourcePlaces* places);

// What a part's facts are in the unit of the page: whole money, seconds, counts.
double InUnits(const Explanation& explanation, size_t part, Int128 amount);

}  // namespace takt
