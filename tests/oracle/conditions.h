// Tests of field values, and the values that fields stand for when they are null.
#pragma once

#include "tests/oracle/history.h"

namespace takt::oracle {

// The field's value at a step. A null pipeline is that of the stage; a null probability is the
// stage's own. In objects without pipelines every field is as it is.
Datum EffectiveField(const Object& object, const Step& step, FieldId field);

bool Passes(const Condition& condition, const Datum& value);

}  // namespace takt::oracle
