#include "tests/scenario/runner.h"

#include <algorithm>
#include <cmath>
#include <fstream>
#include <random>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_join.h"
#include "engine/settings/settings.h"
#include "tests/oracle/admission.h"
#include "tests/oracle/compare.h"
#include "tests/oracle/oracle.h"
#include "tests/scenario/machine.h"

namespace takt::scenario {
namespace {

constexpr size_t kDivergencesShown = 5;

const char* ArrivalName(Arrival arrival) {
  switch (arrival) {
    case Arrival::kAsWritten:
      return "AsWritten";
    case Arrival::kRestarted:
      return "Restarted";
    case Arrival::kShuffled:
      return "Shuffled";
    case Arrival::kTwice:
      return "Twice";
  }
  return "";
}

class ShapeRun {
 public:
  ShapeRun(const Scenario& scenario, std::shared_ptr<const Definition> definition,
           const Shape& shape)
      : scenario_(scenario),
        shape_(shape),
        topic_(shape.partitions),
        machine_(definition, {.workers = shape.workers, .records_per_poll = shape.batch}, topic_),
        admission_(*definition, absl::Minutes(10)),
        oracle_(*definition) {}

  Outcome Run() {
    Check(machine_.Start(), 0);
    for (const Line& line : scenario_.lines) {
      if (!machine_.running()) break;
      std::visit([&](const auto& what) { Do(what, line.number); }, line.what);
    }
    Deliver(0);
    CompareWithOracle(0);
    if (machine_.running() && machine_.pipeline().Audit() != 0) Fail(0, "cells are not the refold");
    return std::move(outcome_);
  }

 private:
  void Do(const Send& send, int /*line*/) { portion_.push_back(send); }

  void Do(const Restart&, int line) {
    Deliver(line);
    RestartEngine(line);
  }

  void Do(const Now& now, int line) {
    Deliver(line);
    CompareWithOracle(line);
    now_ = now.now;
  }

  void Do(const Expect& expect, int line) {
    Deliver(line);
    if (!machine_.running()) return;
    ++outcome_.expectations;
    if (expect.is_count) return CheckCount(expect, line);
    if (!now_.has_value()) return Fail(line, "expect without now");
    CheckValue(machine_.ValuesAt(*now_), expect, "engine", line);
    oracle::Values expected;
    for (const auto& [series, number] : oracle_.Series(*now_)) {
      const bool holds = number.value != 0 && !std::isnan(number.value);
      if (!number.optional || holds) expected[*oracle::Canonical(series)] = number.value;
    }
    CheckValue(expected, expect, "oracle", line);
  }

  void CheckValue(const oracle::Values& values, const Expect& expect, absl::string_view who,
                  int line) {
    const absl::StatusOr<std::string> series = oracle::Canonical(expect.series);
    if (!series.ok()) return Fail(line, series.status().message());
    const auto found = values.find(*series);
    if (expect.absent) {
      if (found != values.end()) Fail(line, absl::StrCat(who, ": present: ", expect.series));
      return;
    }
    if (found == values.end()) {
      return Fail(line, absl::StrCat(who, ": no such series: ", expect.series));
    }
    const bool undefined = std::isnan(expect.value);
    const bool right = undefined ? std::isnan(found->second)
                                 : std::abs(found->second - expect.value) <= expect.tolerance;
    if (right) return;
    Fail(line, absl::StrFormat("%s: %s is %.17g, not %.17g", who, expect.series, found->second,
                               expect.value));
  }

  // Counts of arrival are those of the file only when it arrives as it is written.
  void CheckCount(const Expect& expect, int line) {
    const EngineStatus status = machine_.pipeline().Status();
    uint64_t found = 0;
    if (expect.series == "incomplete") {
      found = status.incomplete;
    } else if (shape_.arrival != Arrival::kAsWritten) {
      return;
    } else if (expect.series == "duplicates") {
      found = status.duplicates;
    } else if (expect.series == "conflicts") {
      found = status.conflicts;
    } else if (expect.series == "corrections") {
      found = status.corrections;
    } else {
      found = machine_.store().letters.size();
    }
    if (static_cast<double>(found) == expect.value) return;
    Fail(line, absl::StrCat("engine: ", expect.series, " is ", found, ", not ", expect.value));
  }

  void Deliver(int line) {
    if (portion_.empty() || !machine_.running()) return;
    std::vector<Send> portion = std::move(portion_);
    portion_.clear();
    for (const Send& send : portion) {
      std::vector<Change> changes;
      admission_.Admit(send.record, 0, &changes);
      for (const Change& change : changes) oracle_.Add(change);
    }
    if (shape_.arrival == Arrival::kShuffled) {
      std::shuffle(portion.begin(), portion.end(), random_);
    }
    const size_t half = portion.size() / 2;
    for (size_t i = 0; i < portion.size(); ++i) {
      if (shape_.arrival == Arrival::kRestarted && i == half) {
        Check(machine_.CatchUp(), line);
        RestartEngine(line);
      }
      topic_.Put(portion[i].entity, portion[i].record);
    }
    if (shape_.arrival == Arrival::kTwice) {
      for (const Send& send : portion) topic_.Put(send.entity, send.record);
    }
    if (machine_.running()) Check(machine_.CatchUp(), line);
    if (shape_.arrival == Arrival::kRestarted) RestartEngine(line);
  }

  void RestartEngine(int line) {
    machine_.Kill();
    const absl::Status started = machine_.Start();
    Check(started, line);
    if (!started.ok()) return machine_.Kill();
    Check(machine_.CatchUp(), line);
  }

  void CompareWithOracle(int line) {
    if (!now_.has_value() || !machine_.running()) return;
    const oracle::Comparison comparison =
        oracle::Compare(oracle_.Series(*now_), machine_.ValuesAt(*now_));
    outcome_.compared += comparison.compared;
    const size_t shown = std::min(comparison.divergences.size(), kDivergencesShown);
    for (size_t i = 0; i < shown; ++i) Fail(line, comparison.divergences[i]);
    if (comparison.divergences.size() > shown) {
      Fail(line, absl::StrCat("... ", comparison.divergences.size(), " divergences in all"));
    }
    if (shape_.arrival == Arrival::kTwice) return;
    std::map<Reason, uint64_t> refused = admission_.refused();
    if (refused != machine_.store().Counts()) Fail(line, "dead letters are not the oracle's");
  }

  void Check(const absl::Status& status, int line) {
    if (!status.ok()) Fail(line, status.ToString());
  }
  void Fail(int line, absl::string_view text) {
    outcome_.failures.push_back(absl::StrCat(scenario_.name, ":", line, ": ", text));
  }

  const Scenario& scenario_;
  const Shape shape_;
  MemoryTopic topic_;
  Machine machine_;
  oracle::Admission admission_;
  oracle::Oracle oracle_;
  std::mt19937_64 random_{7};
  std::vector<Send> portion_;
  std::optional<EventTime> now_;
  Outcome outcome_;
};

}  // namespace

std::string ShapeName(const Shape& shape) {
  return absl::StrCat("P", shape.partitions, "W", shape.workers, "B", shape.batch,
                      ArrivalName(shape.arrival));
}

std::vector<Shape> AllShapes() {
  std::vector<Shape> shapes;
  for (const Arrival arrival :
       {Arrival::kAsWritten, Arrival::kRestarted, Arrival::kShuffled, Arrival::kTwice}) {
    for (const int partitions : {1, 4}) {
      for (const int workers : {1, 3}) {
        for (const int batch : {1, 1000}) {
          shapes.push_back({partitions, workers, batch, arrival});
        }
      }
    }
  }
  return shapes;
}

absl::StatusOr<std::shared_ptr<const Definition>> LoadDefinition(const Scenario& scenario,
                                                                 const std::string& folder) {
  for (const auto& [name, content] : scenario.files) {
    std::ofstream(absl::StrCat(folder, "/", name)) << content;
  }
  const std::string path = absl::StrCat(folder, "/takt.yaml");
  std::ofstream config(path);
  if (!scenario.uses.empty()) config << "use: [" << absl::StrJoin(scenario.uses, ", ") << "]\n";
  config << scenario.config;
  if (scenario.config.find("\nsources:") == std::string::npos) {
    config << "\nsources: {events: {file: events.jsonl, follow: true}}\n";
  }
  config.close();
  LoadResult loaded = LoadSettings({path}, {"config"});
  if (loaded.ok()) return loaded.settings.definition;
  std::vector<std::string> problems;
  for (const Problem& problem : loaded.problems) problems.push_back(ProblemText(problem));
  return absl::InvalidArgumentError(absl::StrJoin(problems, "\n"));
}

Outcome RunScenario(const Scenario& scenario, std::shared_ptr<const Definition> definition,
                    const Shape& shape) {
  return ShapeRun(scenario, std::move(definition), shape).Run();
}

}  // namespace takt::scenario
