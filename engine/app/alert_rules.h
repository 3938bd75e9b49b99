// The Prometheus rules of the configured alerts: one rule for each, in the order of the configuration.
//
// The condition is the engine's; a rule says how long it must stand, who is told and in which words. What
// the words name (value, baseline, parts) is looked up when the rule fires.
//
// Threads: pure. Equal definitions and options give equal bytes, which promtool accepts.
#pragma once

#include <string>

#include "absl/time/time.h"
#include "engine/definition/definition.h"

namespace takt {

struct RuleOptions {
  absl::Duration stands = absl::Minutes(15);  // `for`
  absl::Duration keeps = absl::Hours(24);     // `keep_firing_for`
  std::string
      runbooks;  // what the rule's name and .md stand behind; empty: the pages that `api` serves
  std::string dashboard = "/d/takt-sales";    // what variables are put behind
  std::string api = "http://127.0.0.1:9465";  // of the second listener
};

std::string AlertRules(const Definition& definition, const RuleOptions& options);

}  // namespace takt
