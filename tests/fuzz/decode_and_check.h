// What every decoder's output must stand: nothing from a rejected record, the same twice, and for
// each change an answer of Check that is final and a change that survives its encoding.
//
// Threads: one.
#pragma once

#include "engine/pipeline/decoder.h"

namespace takt {

void DecodeAndCheck(Decoder& decoder, const Record& record);

}  // namespace takt
