// How often alerts are wrong, and how soon they are right: twenty teams of five decided deals each
// working day through the real ledger, cells and evaluation, in virtual time.
//
// First a year without any change, after one in which the baseline grows: every page of it is false.
// Then each team's win rate falls from 25 % to 12.5 %; counted are the outcomes until its page.
//
// A page begins when the condition holds and did not for a day before, as the generated rules keep it
// firing. The naive rule that many begin with, and the interval of the window, stand beside the CUSUM.
//
//   takt_alerts_bench [--years 60]      exit code 1 when a bar is missed
#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstdio>
#include <memory>
#include <random>
#include <string>
#include <vector>

#include "absl/strings/numbers.h"
#include "absl/strings/str_format.h"
#include "absl/time/civil_time.h"
#include "absl/time/time.h"
#include "engine/cells/cell_table.h"
#include "engine/kpi/evaluate.h"
#include "engine/ledger/ledger.h"
#include "engine/settings/settings.h"

namespace takt {
namespace {

constexpr int kTeams = 20;
constexpr int kOutcomesPerDay = 5;
constexpr double kUsual = 0.25;
constexpr double kFallen = 0.125;
constexpr int kWarmUpDays = 420;    // a year of baseline before the window
constexpr int kMeasuredDays = 364;  // 52 weeks
constexpr int kFallDays = 112;      // until which a fall should be found
constexpr double kQuarters = 4;
constexpr double kFoundWithinBar = 70;

struct Tally {                // of one alert
  std::vector<double> pages;  // in each simulated year, of all teams
  std::vector<double>
      delays;  // outcomes until a fall was found; of those not found, all there were
  int missed = 0;
  int paging_before = 0;  // teams whose page stood already when the fall began
};

struct Mean {
  double value = 0;
  double error = 0;  // two standard errors; of counts at least those of chance alone
};

Mean MeanOf(const std::vector<double>& values) {
  const double n = static_cast<double>(values.size());
  double sum = 0;
  double squares = 0;
  for (const double value : values) {
    sum += value;
    squares += value * value;
  }
  const double mean = sum / n;
  return {mean, 2 * std::sqrt(std::max(mean, squares / n - mean * mean) / n)};
}

// What one alert of one team did so far.
struct Watched {
  int64_t last_active_micros = INT64_MIN / 2;
  bool active = false;
  int found_after = -1;
};

class World {
 public:
  World(const Definition& definition, const Evaluator& evaluator, uint64_t seed)
      : definition_(definition),
        evaluator_(evaluator),
        ledger_(definition, 0, 1),
        cells_(definition.calendar, definition.row_count),
        random_(seed),
        watched_(definition.alerts.size() * kTeams),
        pages_(definition.alerts.size(), 0) {
    const Object& deal = definition.objects[definition.object_ids.at("deal")];
    team_field_ = deal.field_ids.at("team");
  }

  void Run(std::vector<Tally>& tallies) {
    const absl::CivilDay monday(2024, 1, 1);
    Days(monday, kWarmUpDays);
    measuring_ = true;
    Days(monday + kWarmUpDays, kMeasuredDays);
    measuring_ = false;
    for (size_t alert = 0; alert < tallies.size(); ++alert)
      tallies[alert].pages.push_back(pages_[alert]);
    std::vector<bool> standing;
    for (const Watched& each : watched_) standing.push_back(each.active);
    win_rate_ = kFallen;
    falling_ = true;
    Days(monday + kWarmUpDays + kMeasuredDays, kFallDays);
    for (size_t i = 0; i < watched_.size(); ++i) {
      Tally& tally = tallies[i / kTeams];
      if (standing[i]) {
        ++tally.paging_before;
        continue;
      }
      if (watched_[i].found_after < 0) ++tally.missed;
      tally.delays.push_back(watched_[i].found_after < 0 ? outcomes_since_fall_
                                                         : watched_[i].found_after);
    }
  }

 private:
  void Days(absl::CivilDay first, int days) {
    for (int day = 0; day < days; ++day) {
      const absl::CivilDay today = first + day;
      const bool works = absl::GetWeekday(today) != absl::Weekday::saturday &&
                         absl::GetWeekday(today) != absl::Weekday::sunday;
      for (int slot = 0; slot < (works ? kOutcomesPerDay : 1); ++slot) {
        const absl::Time time =
            absl::FromCivil(today, absl::UTCTimeZone()) + absl::Hours(8 + 2 * slot);
        if (works) Decide(EventTime::From(time));
        if (measuring_ || falling_ || day >= days - 2)
          Look(EventTime::From(time + absl::Minutes(30)));
      }
    }
  }

  // One deal of each team.
  void Decide(EventTime time) {
    if (falling_) ++outcomes_since_fall_;
    DeltaBatch deltas;
    std::vector<HandOver> outbox;
    for (int team = 0; team < kTeams; ++team) {
      const std::string id = absl::StrFormat("D%08d", ++deals_);
      const std::string name = absl::StrFormat("t%02d", team + 1);
      Change change{.kind = ChangeKind::kRecord, .id = id, .time = time};
      const bool won = std::uniform_real_distribution<double>()(random_) < win_rate_;
      change.fields.push_back({kStageField, Value::Text(won ? "won" : "lost")});
      change.fields.push_back({team_field_, Value::Text(name)});
      std::sort(change.fields.begin(), change.fields.end(),
                [](const FieldValue& a, const FieldValue& b) { return a.field < b.field; });
      ledger_.Apply(change, deltas, outbox);
    }
    cells_.Add(deltas);
  }

  void Look(EventTime now) {
    const auto snapshot = evaluator_.Evaluate(cells_, now);
    for (size_t i = 0; i < snapshot->alerts.size(); ++i) {
      Watched& each = watched_[i];
      each.active = snapshot->alerts[i].active;
      if (!each.active) continue;
      const bool begins = now.micros - each.last_active_micros > 24 * 3600 * int64_t{1'000'000};
      each.last_active_micros = now.micros;
      if (measuring_ && begins) ++pages_[i / kTeams];
      if (falling_ && each.found_after < 0) each.found_after = outcomes_since_fall_;
    }
  }

  const Definition& definition_;
  const Evaluator& evaluator_;
  Ledger ledger_;
  CellTable cells_;
  std::mt19937_64 random_;
  FieldId team_field_ = 0;
  std::vector<Watched> watched_;  // by alert, then team, as snapshots have them
  std::vector<double> pages_;
  double win_rate_ = kUsual;
  int deals_ = 0;
  int outcomes_since_fall_ = 0;
  bool measuring_ = false;
  bool falling_ = false;
};

bool Bar(bool passed, const std::string& text) {
  absl::PrintF("%s  %s\n", passed ? "PASS" : "FAIL", text);
  return passed;
}

// Prints the table; whether all bars were reached.
bool Report(const Definition& definition, const std::vector<Tally>& tallies) {
  absl::PrintF("%-26s %20s %8s   %22s %9s\n", "", "false pages a quarter", "budget",
               "fall found after", "not found");
  bool passed = true;
  std::vector<std::string> bars;
  for (size_t i = 0; i < tallies.size(); ++i) {
    const Alert& alert = definition.alerts[i];
    Mean pages = MeanOf(tallies[i].pages);
    pages = {pages.value / kQuarters, pages.error / kQuarters};
    const Mean delay = MeanOf(tallies[i].delays);
    const double budget = alert.false_pages_per_day * 365.25 / 4;
    absl::PrintF("%-26s %13.2f +- %4.2f %8s   %8.1f +- %3.1f outcomes %9d\n", alert.name,
                 pages.value, pages.error, budget > 0 ? absl::StrFormat("%.2f", budget) : "-",
                 delay.value, delay.error, tallies[i].missed);
  }
  std::printf("\n");
  for (size_t i = 0; i < tallies.size(); ++i) {
    const Alert& alert = definition.alerts[i];
    if (alert.kind != AlertKind::kCusum) continue;
    const double budget = alert.false_pages_per_day * 365.25 / 4;
    const Mean pages = MeanOf(tallies[i].pages);
    const double least = (pages.value - pages.error) / kQuarters;
    passed &= Bar(least <= budget, absl::StrFormat("%s: %.2f false pages a quarter, budget %.2f",
                                                   alert.name, pages.value / kQuarters, budget));
    if (alert.name != "each_team_once_a_year") continue;
    const Mean delay = MeanOf(tallies[i].delays);
    passed &= Bar(
        delay.value <= kFoundWithinBar,
        absl::StrFormat("%s: a fall from 25 %% to 12.5 %% is found after %.1f outcomes, bar %.0f",
                        alert.name, delay.value, kFoundWithinBar));
  }
  return passed;
}

int Main(int argc, char** argv) {
  int years = 60;
  for (int i = 1; i + 1 < argc; i += 2) {
    if (std::string(argv[i]) != "--years" || !absl::SimpleAtoi(argv[i + 1], &years) || years < 1) {
      std::fprintf(stderr, "takt_alerts_bench [--years 60]\n");
      return 2;
    }
  }
  const LoadResult loaded = LoadSettings({"tests/bench/alerts.yaml"}, {"config"});
  for (const Problem& problem : loaded.problems) {
    std::fprintf(stderr, "%s\n", ProblemText(problem).c_str());
  }
  if (!loaded.ok()) return 2;
  const Definition& definition = *loaded.settings.definition;
  const Evaluator evaluator(definition);
  std::vector<Tally> tallies(definition.alerts.size());
  const auto start = std::chrono::steady_clock::now();
  for (int year = 0; year < years; ++year) {
    World(definition, evaluator, static_cast<uint64_t>(year) + 1).Run(tallies);
  }
  const std::chrono::duration<double> took = std::chrono::steady_clock::now() - start;
  absl::PrintF("%d simulated years of %d teams, %d outcomes a working day each, in %.1f s\n\n",
               years, kTeams, kOutcomesPerDay, took.count());
  return Report(definition, tallies) ? 0 : 1;
}

}  // namespace
}  // namespace takt

int main(int argc, char** argv) { return takt::Main(argc, argv); }
