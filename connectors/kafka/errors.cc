#include "connectors/kafka/errors.h"

#include "absl/strings/str_cat.h"

namespace takt {
namespace {

struct Mapping {
  rd_kafka_resp_err_t error;
  absl::StatusCode code;
};

constexpr Mapping kMappings[] = {
    {RD_KAFKA_RESP_ERR_NO_ERROR, absl::StatusCode::kOk},
    {RD_KAFKA_RESP_ERR__INVALID_ARG, absl::StatusCode::kInvalidArgument},
    {RD_KAFKA_RESP_ERR_INVALID_CONFIG, absl::StatusCode::kInvalidArgument},
    {RD_KAFKA_RESP_ERR_TOPIC_EXCEPTION, absl::StatusCode::kInvalidArgument},
    {RD_KAFKA_RESP_ERR_INVALID_PARTITIONS, absl::StatusCode::kInvalidArgument},
    {RD_KAFKA_RESP_ERR_INVALID_REPLICATION_FACTOR, absl::StatusCode::kInvalidArgument},
    {RD_KAFKA_RESP_ERR_MSG_SIZE_TOO_LARGE, absl::StatusCode::kInvalidArgument},
    {RD_KAFKA_RESP_ERR_TOPIC_ALREADY_EXISTS, absl::StatusCode::kAlreadyExists},
    {RD_KAFKA_RESP_ERR__QUEUE_FULL, absl::StatusCode::kResourceExhausted},
    {RD_KAFKA_RESP_ERR__AUTO_OFFSET_RESET, absl::StatusCode::kDataLoss},
    {RD_KAFKA_RESP_ERR_OFFSET_OUT_OF_RANGE, absl::StatusCode::kDataLoss},
    {RD_KAFKA_RESP_ERR__STATE, absl::StatusCode::kFailedPrecondition},
};

}  // namespace

absl::Status KafkaStatus(rd_kafka_resp_err_t error, absl::string_view what) {
  absl::StatusCode code = absl::StatusCode::kUnavailable;
  for (const Mapping& mapping : kMappings) {
    if (mapping.error == error) code = mapping.code;
  }
  if (code == absl::StatusCode::kOk) return absl::OkStatus();
  return absl::Status(code, absl::StrCat(what, ": ", rd_kafka_err2str(error)));
}

}  // namespace takt
