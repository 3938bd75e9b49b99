// Changes as people and programs read them: fields by name, values exact, in the units of the
// definition.
//
// Threads: any. The definition must be the one that the change's ids are of.
#pragma once

#include <string>

#include "absl/strings/string_view.h"
#include "engine/definition/definition.h"
#include "engine/kpi/json_writer.h"
#include "engine/model/change.h"

namespace takt {

// 1250 at 2 decimals: "12.50".
std::string DecimalText(int64_t units, int decimals);

// "won", "10000.00", "0.4", "true", "2026-01-31T18:00:00Z"; null: "null".
std::string FieldText(const Definition& definition, FieldType type, const Value& value);

// `stage=won amount=10000.00`, texts with blanks or quotes in quotes.
std::string FieldsText(const Definition& definition, const Change& change);

// The members of a change: object, id, time, op, fields, order, identity.
void WriteChangeMembers(const Definition& definition, const Change& change, JsonWriter& json);

}  // namespace takt
