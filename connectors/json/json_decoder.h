// The canonical JSON of changes: one record holds one change, or an array of them.
//
//   {"object": "deal", "id": "D1", "op": "patch", "time": "2026-01-10T09:30:00Z",
//    "event_id": "e-17", "order": [12, 3],
//    "fields": {"stage": "won", "amount": "10000.00", "owner": "r1", "lead": null}}
//
//   op        patch (the default), record, delete, undelete
//   time      RFC 3339 text with its zone, or whole microseconds since 1970
//   event_id  text or whole number; optional         order  a whole number or up to two; optional
//   fields    text, number, true, false or null; optional
//
// Unknown keys are ignored, but must be well formed. Numbers are handed on as written, so that no
// money passes through a double. A Confluent frame (byte 0, schema id) before the JSON is stripped;
// before anything else it is kUnsupportedFrame.
//
// What is not wholly such a record is rejected as a whole: truncated, trailing bytes, byte order
// mark, lone surrogate, the same key twice (kMalformed), not UTF-8, more than 1 MiB, 32 levels or
// 1,024 fields (kTooLarge), NaN and infinity (kBadNumber).
//
// Threads: one. Owns the parser's buffers, at most about 8 MiB. Cost: about 0.2 us for a change of
// 150 bytes; allocates only while it grows.
#pragma once

#include <memory>

#include "engine/pipeline/decoder.h"

namespace takt {

std::unique_ptr<Decoder> MakeJsonDecoder();

}  // namespace takt
