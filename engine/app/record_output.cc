#include "engine/app/record_output.h"

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <utility>

#include "absl/strings/str_format.h"
#include "connectors/kafka/admin.h"
#include "connectors/kafka/producer.h"
#include "engine/app/sales_format.h"
#include "engine/base/bytes.h"
#include "engine/base/status_macros.h"

namespace takt {
namespace {

constexpr absl::Duration kFlushLimit = absl::Minutes(2);

// JSON and CSV as lines, Protobuf with its length in front.
class FileOutput final : public RecordOutput {
 public:
  FileOutput(std::FILE* file, std::string path, RecordFormat format)
      : file_(file), path_(std::move(path)), format_(format) {}
  ~FileOutput() override {
    if (file_ != stdout) std::fclose(file_);
  }

  absl::Status Write(const std::string&, const std::string& bytes) override {
    line_.clear();
    if (format_ == RecordFormat::kProtobuf) {
      ByteWriter(&line_).Bytes(bytes);
    } else {
      line_.append(bytes).push_back('\n');
    }
    if (std::fwrite(line_.data(), 1, line_.size(), file_) == line_.size()) return absl::OkStatus();
    return Failed();
  }

  absl::Status Finish() override { return std::fflush(file_) == 0 ? absl::OkStatus() : Failed(); }

 private:
  absl::Status Failed() const {
    return absl::UnavailableError(
        absl::StrFormat("cannot write to \"%s\": %s", path_, std::strerror(errno)));
  }

  std::FILE* file_;
  const std::string path_;
  const RecordFormat format_;
  std::string line_;
};

class KafkaOutput final : public RecordOutput {
 public:
  KafkaOutput(std::unique_ptr<KafkaProducer> producer, std::string topic)
      : producer_(std::move(producer)), topic_(std::move(topic)) {}

  absl::Status Write(const std::string& key, const std::string& bytes) override {
    KafkaMessage message;
    message.topic = topic_;
    message.key = key;
    message.value = bytes;
    return producer_->Produce(message);
  }
  absl::Status Finish() override { return producer_->Flush(kFlushLimit); }

 private:
  std::unique_ptr<KafkaProducer> producer_;
  const std::string topic_;
};

absl::StatusOr<std::unique_ptr<RecordOutput>> OpenKafka(const EventsOptions& options) {
  KafkaSettings settings;
  settings.brokers = options.brokers;
  TAKT_ASSIGN_OR_RETURN(auto admin, KafkaAdmin::Create(settings));
  NewKafkaTopic topic;
  topic.name = options.topic;
  topic.partitions = options.partitions;
  const absl::Status created = admin->CreateTopic(topic);
  if (!created.ok() && !absl::IsAlreadyExists(created)) return created;
  TAKT_ASSIGN_OR_RETURN(auto producer, KafkaProducer::Create(settings));
  return std::make_unique<KafkaOutput>(std::move(producer), options.topic);
}

}  // namespace

absl::StatusOr<std::unique_ptr<RecordOutput>> OpenOutput(const EventsOptions& options) {
  if (!options.brokers.empty()) return OpenKafka(options);
  std::FILE* file = options.output == "-" ? stdout : std::fopen(options.output.c_str(), "wb");
  if (file == nullptr) {
    return absl::FailedPreconditionError(
        absl::StrFormat("cannot write to \"%s\": %s", options.output, std::strerror(errno)));
  }
  auto output = std::make_unique<FileOutput>(file, options.output, options.format);
  // A header line tells the columns.
  if (options.format == RecordFormat::kCsv) {
    TAKT_RETURN_IF_ERROR(output->Write("", SalesCsvHeader()));
  }
  return output;
}

}  // namespace takt
