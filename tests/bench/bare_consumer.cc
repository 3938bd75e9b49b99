// The floor that the engine is measured against: reads a topic from its beginning to its end with
// nothing but librdkafka's callback API, drops every record, and prints what that cost as one line
// of JSON. Settings are those of the engine's own Kafka source, but for the length of the queue: it
// outlasts the second that a fetcher with a full queue sleeps, because nothing here would wake it.
//
//   build/release/tests/bench/takt_bare_consumer <brokers> <topic>
//
// core_ns_per_record is user and system time of all threads of this process. The partitions must
// not be written to meanwhile.

#include <librdkafka/rdkafka.h>
#include <sys/resource.h>
#include <time.h>

#include <cstdint>
#include <cstdio>

namespace {

struct Tally {
  int64_t records = 0;
  int64_t bytes = 0;
  int ends = 0;
  bool failed = false;
};

double CpuSeconds() {
  rusage usage;
  getrusage(RUSAGE_SELF, &usage);
  const auto seconds = [](const timeval& t) {
    return static_cast<double>(t.tv_sec) + static_cast<double>(t.tv_usec) / 1e6;
  };
  return seconds(usage.ru_utime) + seconds(usage.ru_stime);
}

double WallSeconds() {
  timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return static_cast<double>(now.tv_sec) + static_cast<double>(now.tv_nsec) / 1e9;
}

void OnMessage(rd_kafka_message_t* message, void* opaque) {
  Tally& tally = *static_cast<Tally*>(opaque);
  if (message->err == RD_KAFKA_RESP_ERR_NO_ERROR) {
    ++tally.records;
    tally.bytes += static_cast<int64_t>(message->len + message->key_len);
  } else if (message->err == RD_KAFKA_RESP_ERR__PARTITION_EOF) {
    ++tally.ends;
  } else {
    std::fprintf(stderr, "bare_consumer: %s\n", rd_kafka_message_errstr(message));
    tally.failed = true;
  }
}

rd_kafka_t* MakeClient(const char* brokers) {
  const char* const properties[][2] = {
      {"bootstrap.servers", brokers},
      {"queued.min.messages", "1000000"},
      {"queued.max.messages.kbytes", "131072"},
      {"fetch.wait.max.ms", "50"},
      {"fetch.min.bytes", "65536"},
      {"check.crcs", "true"},
      {"socket.nagle.disable", "true"},
      {"isolation.level", "read_committed"},
      {"auto.offset.reset", "error"},
      {"enable.partition.eof", "true"},
      {"enable.auto.commit", "false"},
      {"enable.auto.offset.store", "false"},
  };
  char text[512];
  rd_kafka_conf_t* conf = rd_kafka_conf_new();
  for (const auto& [name, value] : properties) {
    if (rd_kafka_conf_set(conf, name, value, text, sizeof(text)) != RD_KAFKA_CONF_OK) {
      std::fprintf(stderr, "bare_consumer: %s\n", text);
      return nullptr;
    }
  }
  rd_kafka_t* client = rd_kafka_new(RD_KAFKA_CONSUMER, conf, text, sizeof(text));
  if (client == nullptr) std::fprintf(stderr, "bare_consumer: %s\n", text);
  return client;
}

int CountPartitions(rd_kafka_t* client, rd_kafka_topic_t* topic) {
  const rd_kafka_metadata_t* metadata = nullptr;
  const rd_kafka_resp_err_t error = rd_kafka_metadata(client, 0, topic, &metadata, 10000);
  if (error != RD_KAFKA_RESP_ERR_NO_ERROR) {
    std::fprintf(stderr, "bare_consumer: %s\n", rd_kafka_err2str(error));
    return 0;
  }
  const int count = metadata->topics[0].partition_cnt;
  rd_kafka_metadata_destroy(metadata);
  return count;
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 3) {
    std::fprintf(stderr, "usage: bare_consumer <brokers> <topic>\n");
    return 2;
  }
  rd_kafka_t* client = MakeClient(argv[1]);
  if (client == nullptr) return 2;
  rd_kafka_topic_t* topic = rd_kafka_topic_new(client, argv[2], nullptr);
  const int partitions = CountPartitions(client, topic);
  if (partitions == 0) return 1;
  rd_kafka_queue_t* queue = rd_kafka_queue_new(client);
  const double cpu = CpuSeconds();
  const double wall = WallSeconds();
  for (int i = 0; i < partitions; ++i) {
    rd_kafka_consume_start_queue(topic, i, RD_KAFKA_OFFSET_BEGINNING, queue);
  }
  Tally tally;
  while (tally.ends < partitions && !tally.failed) {
    rd_kafka_consume_callback_queue(queue, 1000, &OnMessage, &tally);
  }
  const double records = static_cast<double>(tally.records > 0 ? tally.records : 1);
  std::printf(
      "{\"records\":%lld,\"bytes\":%lld,\"core_ns_per_record\":%.1f,\"wall_seconds\":%.3f}\n",
      static_cast<long long>(tally.records), static_cast<long long>(tally.bytes),
      (CpuSeconds() - cpu) * 1e9 / records, WallSeconds() - wall);
  for (int i = 0; i < partitions; ++i) rd_kafka_consume_stop(topic, i);
  rd_kafka_queue_destroy(queue);
  rd_kafka_topic_destroy(topic);
  rd_kafka_destroy(client);
  return tally.failed ? 1 : 0;
}
