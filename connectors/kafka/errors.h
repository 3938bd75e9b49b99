// What librdkafka says went wrong, as a Status whose code says what to do.
//
// Nearly everything that a broker answers can heal without us (a right is granted, a password
// rotated, a leader elected), so what is not listed is Unavailable: go on trying, and say so.
//
// Threads: any. Cost: one allocation for the text.
#pragma once

#include <librdkafka/rdkafka.h>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"

namespace takt {

// "<what>: <librdkafka's own words>".
absl::Status KafkaStatus(rd_kafka_resp_err_t error, absl::string_view what);

}  // namespace takt
