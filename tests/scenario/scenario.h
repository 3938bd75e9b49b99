// Scenario files: events in, values out, as text.
//
//   # a comment
//   use catalogue/winning                      shipped files that the configuration uses
//   config                                     YAML, up to the line `end`
//     kpis: ...
//   end
//   file teams.csv                             a file that stands beside the configuration
//   owner,since,team
//   end
//   deal D1 at=2026-01-02 record stage=new amount=10000.00
//   deal D1 at=2026-01-10T12:00:00Z stage=won event=e-2 order=3,1 lead=null
//   deal D1 at=2026-01-20 delete               or undelete
//   deal D{1..9} at=2026-01-02 record stage=new            nine deals, D1 to D9
//   raw {"object": ...                         a record's bytes as they are
//   duplicate 2                                the last record twice more
//   restart                                    the engine is killed and comes back
//   now 2026-01-31T23:59:00Z
//   expect sales_company_won{window="month"} 2 [0.01]     or absent, or NaN
//   expect duplicates 1                        also conflicts, corrections, incomplete, dead_letters
//
// Times are UTC; a date alone is its midnight. A value is matched to half a unit of the last digit
// that is written, or to the tolerance behind it. Values with blanks are quoted: stage="to sign".
//
// Threads: values.
#pragma once

#include <string>
#include <variant>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "engine/model/event_time.h"

namespace takt::scenario {

struct Send {  // a record, so many times
  std::string record;
  std::string entity;  // object and id: what partitions go by
};
struct Restart {};
struct Now {
  EventTime now;
};
struct Expect {
  std::string series;  // as written, or the name of a count
  bool is_count = false;
  bool absent = false;
  double value = 0;  // NaN: undefined
  double tolerance = 0;
};

struct Line {
  int number = 0;
  std::variant<Send, Restart, Now, Expect> what;
};

struct Scenario {
  std::string name;
  std::vector<std::string> uses;
  std::string config;
  std::vector<std::pair<std::string, std::string>> files;
  std::vector<Line> lines;
};

// InvalidArgument with file and line for what is not understood.
absl::StatusOr<Scenario> ParseScenario(const std::string& name, absl::string_view text);

}  // namespace takt::scenario
