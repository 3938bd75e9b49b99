#include <cstdio>
#include <fstream>
#include <map>
#include <memory>
#include <string>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "engine/app/commands.h"
#include "engine/app/progress.h"
#include "engine/app/record_output.h"
#include "engine/app/sales_format.h"
#include "engine/app/signals.h"
#include "engine/base/status_macros.h"
#include "engine/model/reason.h"
#include "engine/traffic/deal_load.h"
#include "engine/traffic/disorder.h"
#include "engine/traffic/sales_world.h"

namespace takt {
namespace {

absl::StatusOr<EventTime> ParseTimeOption(const char* option, const std::string& text) {
  absl::Time time;
  std::string error;
  if (!absl::ParseTime(absl::RFC3339_full, text, &time, &error)) {
    return absl::InvalidArgumentError(absl::StrFormat(
        "--%s \"%s\": %s; write it like 2026-01-31T08:00:00Z", option, text, error));
  }
  return EventTime::From(time);
}

absl::StatusOr<int> RegionNumber(const std::string& name) {
  for (int region = 0; region < kRegionCount; ++region) {
    if (RegionName(region) == name) return region;
  }
  return absl::InvalidArgumentError(
      absl::StrFormat("--fall-region \"%s\": the regions are north, south, east, west", name));
}

absl::StatusOr<SalesWorldOptions> WorldOptions(const EventsOptions& options, EventTime now) {
  SalesWorldOptions world;
  world.seed = options.seed;
  world.leads_per_day = options.leads_per_day;
  world.reopen_share = options.reopened;
  world.correction_share = options.corrections;
  world.delete_share = options.deletes;
  world.merge_share = options.merges;
  world.start = {now.micros - static_cast<int64_t>(options.days * 86400e6)};
  if (!options.start.empty()) {
    TAKT_ASSIGN_OR_RETURN(world.start, ParseTimeOption("start", options.start));
  }
  if (!options.fall_region.empty()) {
    TAKT_ASSIGN_OR_RETURN(world.fall.region, RegionNumber(options.fall_region));
    world.fall.at = world.start;
    world.fall.factor = options.fall_factor;
    if (!options.fall_at.empty()) {
      TAKT_ASSIGN_OR_RETURN(world.fall.at, ParseTimeOption("fall-at", options.fall_at));
    }
  }
  return world;
}

struct Written {
  uint64_t records = 0;
  uint64_t bytes = 0;
  std::map<std::string, uint64_t> garbage;  // by reason
  EventTime latest;
};

std::string Report(const Written& written, const Disorder::Counts& counts) {
  std::string garbage;
  uint64_t garbage_sum = 0;
  for (const auto& [reason, count] : written.garbage) {
    absl::StrAppendFormat(&garbage, "%s\"%s\":%d", garbage.empty() ? "" : ",", reason, count);
    garbage_sum += count;
  }
  return absl::StrFormat(
      R"({"records":%d,"bytes":%d,"late":%d,"duplicates":%d,"garbage":%d,"garbage_by_reason":{%s}})",
      written.records, written.bytes, counts.late, counts.duplicates, garbage_sum, garbage);
}

// A benchmark's load: as fast as possible, no garbage.
absl::Status WriteLoad(const EventsOptions& options, EventTime start, RecordOutput& output,
                       Written& written) {
  const SystemClock clock;
  DealLoad load({options.seed, options.deals, start});
  const uint64_t count = options.count > 0 ? options.count : 2 * options.deals;
  ProgressLine progress("deals", count, clock);
  while (written.records < count) {
    const SalesEvent event = load.Next();
    const std::string bytes = FormatSalesEvent(event, options.format);
    TAKT_RETURN_IF_ERROR(output.Write(SalesKey(event), bytes));
    ++written.records;
    written.bytes += bytes.size();
    progress.At(written.records);
    if ((written.records & 1023) == 0 && Signals::WaitForEnd(absl::ZeroDuration())) break;
  }
  progress.Done(written.records);
  return output.Finish();
}

// Waits until the clock comes to `arrival`; false where that is not wanted, or a signal ends it.
bool ReachesPresent(const EventsOptions& options, EventTime arrival, const Clock& clock,
                    RecordOutput& output) {
  const EventTime now = EventTime::From(clock.Now());
  if (arrival <= now) return true;
  // What was written before is to be read before the wait.
  if (!options.live || !output.Finish().ok()) return false;
  return !Signals::WaitForEnd(absl::Microseconds(arrival.micros - now.micros));
}

// Writes until the count, the present or a signal ends it.
absl::Status WriteAll(const EventsOptions& options, Disorder& disorder, RecordOutput& output,
                      Written& written) {
  SystemClock clock;
  Spoiler spoiler(options.format);
  ProgressLine progress("events", options.count, clock);
  const absl::Duration start = clock.Monotonic();
  while (options.count == 0 || written.records < options.count) {
    const Delivery delivery = disorder.Next();
    if (options.count == 0 && !ReachesPresent(options, delivery.arrival, clock, output)) break;
    std::string bytes;
    if (delivery.event.garbage) {
      Spoiler::Spoilt spoilt = spoiler.Spoil(delivery.event);
      ++written.garbage[std::string(ReasonName(spoilt.reason))];
      bytes = std::move(spoilt.bytes);
    } else {
      bytes = FormatSalesEvent(delivery.event, options.format);
      written.latest = std::max(written.latest, delivery.event.time);
    }
    TAKT_RETURN_IF_ERROR(output.Write(SalesKey(delivery.event), bytes));
    ++written.records;
    written.bytes += bytes.size();
    progress.At(written.records);
    if (options.rate > 0) {
      const absl::Duration due = start + absl::Seconds(written.records / options.rate);
      const absl::Duration ahead = due - clock.Monotonic();
      if (ahead > absl::Milliseconds(1) && Signals::WaitForEnd(ahead)) break;
    }
    if ((written.records & 1023) == 0 && Signals::WaitForEnd(absl::ZeroDuration())) break;
  }
  progress.Done(written.records);
  return output.Finish();
}

int Fail(const absl::Status& status) {
  absl::FPrintF(stderr, "takt events: %s\n", std::string(status.message()));
  return absl::IsInvalidArgument(status) || absl::IsFailedPrecondition(status) ? kExitWrong
                                                                               : kExitFailed;
}

}  // namespace

int Events(const EventsOptions& options) {
  Signals::Install();
  const SystemClock clock;
  const auto world_options = WorldOptions(options, EventTime::From(clock.Now()));
  if (!world_options.ok()) return Fail(world_options.status());
  auto output = OpenOutput(options);
  if (!output.ok()) return Fail(output.status());
  SalesWorld world(*world_options);
  Disorder disorder({options.seed, options.late, options.duplicates, options.garbage},
                    [&world] { return world.Next(); });
  Written written;
  const absl::Status status = options.deals > 0
                                  ? WriteLoad(options, world_options->start, **output, written)
                                  : WriteAll(options, disorder, **output, written);
  const std::string report = Report(written, disorder.counts());
  absl::FPrintF(stderr, "takt events: %s\n", report);
  if (!options.report.empty()) std::ofstream(options.report) << report << "\n";
  return status.ok() ? kExitDone : Fail(status);
}

}  // namespace takt
