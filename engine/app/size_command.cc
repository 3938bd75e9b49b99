#include <algorithm>
#include <cmath>
#include <cstdio>
#include <string>
#include <utility>

#include "absl/strings/str_format.h"
#include "engine/app/commands.h"
#include "engine/kpi/json_writer.h"

namespace takt {
namespace {

// Measured: `./dev bench` for histories and cores, the demo's traffic for the journal. Rounded up.
constexpr double kBytesPerChange = 50;         // of a history, ids and index included
constexpr double kJournalBytesPerChange = 50;  // coordinates included
constexpr double kCoreMicrosPerChange = 3;     // from the broker into cells, JSON, journal on
constexpr double kRestoreMicrosPerChange = 1.2;
constexpr double kBytesPerPane = 24;  // of a group, a KPI's term and a day that holds something
constexpr double kTerms = 80;         // of the whole catalogue
constexpr double kBaseBytes = 96e6;   // the process, librdkafka's queues, pages
constexpr double kMebi = 1048576;

struct Need {
  double changes = 0;  // kept
  double changes_a_day = 0;
  double peak_per_second = 0;
  double groups = 0;
  double memory_bytes = 0;
  double memory_limit_bytes = 0;
  double cpu_request = 0;  // cores
  double cpu_limit = 0;
  double disk_bytes = 0;
  double restart_seconds = 0;
};

double RoundUp(double value, double step) { return std::ceil(value / step) * step; }

Need Compute(const SizeOptions& options) {
  Need need;
  const double activities_a_day = options.reps * options.activities_per_rep;
  const double days = options.years * 250;  // working days
  need.changes = options.deals * options.changes_per_deal + activities_a_day * days;
  need.changes_a_day =
      activities_a_day + options.deals * options.changes_per_deal / std::max(1.0, days);
  // Most of a day comes in eight hours, and an import or a storm is ten times that.
  need.peak_per_second = need.changes_a_day / (8 * 3600) * 10;
  need.groups = 1 + std::ceil(options.reps / 10) + std::ceil(options.reps / 50);
  const double cells = need.groups * kTerms * options.years * 365 * kBytesPerPane;
  // Cells once more while a changed configuration is folded.
  need.memory_bytes = RoundUp(kBaseBytes + need.changes * kBytesPerChange + 2 * cells, 64 * kMebi);
  need.memory_limit_bytes = RoundUp(need.memory_bytes * 1.5, 64 * kMebi);
  need.cpu_request = std::max(0.1, RoundUp(need.peak_per_second * kCoreMicrosPerChange / 1e6, 0.1));
  need.cpu_limit = std::max(2.0, std::ceil(need.cpu_request * 2));  // to restore and catch up
  need.disk_bytes =
      std::max(1024 * kMebi, RoundUp(2 * need.changes * kJournalBytesPerChange, 1024 * kMebi));
  need.restart_seconds = need.changes * kRestoreMicrosPerChange / 1e6;
  return need;
}

void PrintText(const SizeOptions& options, const Need& need) {
  absl::PrintF(
      "# Of each of two replicas, for %.0f deals, %.0f people and %.1f years.\n"
      "resources:\n"
      "  requests: {cpu: %.0fm, memory: %.0fMi}\n"
      "  limits: {cpu: %.0fm, memory: %.0fMi}\n"
      "journal:\n"
      "  size: %.0fGi\n"
      "# and in takt.yaml: engine: {memory_bytes_max: %.0f}   # reading pauses there, before the "
      "limit\n\n",
      options.deals, options.reps, options.years, need.cpu_request * 1000,
      need.memory_bytes / kMebi, need.cpu_limit * 1000, need.memory_limit_bytes / kMebi,
      need.disk_bytes / kMebi / 1024, std::floor(need.memory_limit_bytes * 0.85));
  absl::PrintF(
      "Assumed: %.0f changes a deal, %.0f activities a person and working day, %.1f years kept;\n"
      "so %.0f changes in all, %.0f a day, %.1f a second at a peak ten times a working hour's;\n"
      "%.0f groups (teams of 10, regions of 50), %.0f terms (the whole catalogue).\n",
      options.changes_per_deal, options.activities_per_rep, options.years, need.changes,
      need.changes_a_day, need.peak_per_second, need.groups, kTerms);
  absl::PrintF(
      "Measured: %.0f bytes of memory and %.0f of journal a change, %.0f us of a core from broker "
      "to\n"
      "cells, %.0f MB for the process. The journal is twice as large, for growth. A restart "
      "replays it\n"
      "in about %.1f s.\n",
      kBytesPerChange, kJournalBytesPerChange, kCoreMicrosPerChange, kBaseBytes / 1e6,
      need.restart_seconds);
}

void PrintJson(const Need& need) {
  JsonWriter json;
  json.Object([&] {
    json.Member("changes", need.changes).Member("changes_a_day", need.changes_a_day);
    json.Member("peak_changes_per_second", need.peak_per_second).Member("groups", need.groups);
    json.Key("requests").Object([&] {
      json.Member("cpu_cores", need.cpu_request).Member("memory_bytes", need.memory_bytes);
    });
    json.Key("limits").Object([&] {
      json.Member("cpu_cores", need.cpu_limit).Member("memory_bytes", need.memory_limit_bytes);
    });
    json.Member("disk_bytes", need.disk_bytes).Member("restart_seconds", need.restart_seconds);
  });
  absl::PrintF("%s\n", std::move(json).Finish());
}

}  // namespace

int PrintSize(const SizeOptions& options) {
  const Need need = Compute(options);
  if (options.json) {
    PrintJson(need);
  } else {
    PrintText(options, need);
  }
  return kExitDone;
}

}  // namespace takt
