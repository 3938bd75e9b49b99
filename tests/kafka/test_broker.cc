#include "tests/kafka/test_broker.h"

#include <unistd.h>

#include <cstdio>
#include <cstdlib>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"

namespace takt {
namespace {

std::string AskBrokerScript() {
  // Prints the address as its last line, at once when the broker runs already.
  FILE* output = ::popen("tests/kafka_broker/broker start --name test --log-append-time", "r");
  std::string last;
  char line[256];
  while (output != nullptr && std::fgets(line, sizeof(line), output) != nullptr) last = line;
  if (output == nullptr || ::pclose(output) != 0) return "";
  absl::StripAsciiWhitespace(&last);
  return last;
}

}  // namespace

std::string TestBrokers() {
  static const std::string* const brokers = [] {
    const char* given = std::getenv("TAKT_TEST_KAFKA_BROKERS");
    auto* found = new std::string(given != nullptr ? given : AskBrokerScript());
    if (found->empty()) {
      std::fprintf(stderr,
                   "no Kafka broker: set TAKT_TEST_KAFKA_BROKERS, or see ./dev kafka start\n");
      std::exit(1);
    }
    return found;
  }();
  return *brokers;
}

std::string UniqueTopic(absl::string_view stem) {
  static int number = 0;
  return absl::StrCat("test.", stem, ".", ::getpid(), ".", absl::ToUnixMillis(absl::Now()), ".",
                      ++number);
}

}  // namespace takt
