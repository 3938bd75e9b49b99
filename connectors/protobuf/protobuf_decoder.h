// takt.events.v1.Change, read straight off the wire: texts are views into the record, nothing is
// copied. Fields are expected in ascending order, as every encoder writes them; any other order,
// unknown fields and repeated ones are read by the general rules of the format (the last one
// stands).
//
// Stricter than a generated parser: groups (deprecated, never written by a producer of this
// message), an unknown op, a field without a value and more than 1,024 fields are rejected. As
// strict: truncation, bytes that do not end with a field, texts that are not UTF-8.
//
// A Confluent frame (byte 0, schema id, message index) is stripped when its index names the first
// message of the file; any other index is kUnsupportedFrame. No Change begins with byte 0, so a
// frame is never guessed wrong.
//
// Threads: one. Texts live as long as the record. Cost: about 60 ns for a change of four fields;
// whole numbers alone are copied, as text.
#pragma once

#include <memory>

#include "engine/pipeline/decoder.h"

namespace takt {

std::unique_ptr<Decoder> MakeProtobufDecoder();

}  // namespace takt
