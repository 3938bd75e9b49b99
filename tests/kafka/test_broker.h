// The broker of tests that need a real one, and names in it that no other test uses.
//
// TAKT_TEST_KAFKA_BROKERS names it; without that it is the broker "test" of ./dev kafka, which ctest
// starts before these tests and which TestBrokers starts when they are run by hand.
#pragma once

#include <string>

#include "absl/strings/string_view.h"

namespace takt {

// Ends the process with a clear line when there is no broker and none can be started.
std::string TestBrokers();

std::string UniqueTopic(absl::string_view stem);

}  // namespace takt
