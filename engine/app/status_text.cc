#include "engine/app/status_text.h"

#include <algorithm>
#include <cmath>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "engine/kpi/number_text.h"
#include "engine/kpi/text_grid.h"

namespace takt {
namespace {

std::string Seconds(std::optional<double> seconds) {
  if (!seconds.has_value()) return "-";
  if (*seconds < 120) return absl::StrFormat("%.1f s", *seconds);
  if (*seconds < 7200) return absl::StrFormat("%.0f min", *seconds / 60);
  if (*seconds < 172800) return absl::StrFormat("%.1f h", *seconds / 3600);
  return absl::StrFormat("%.1f d", *seconds / 86400);
}

std::string Bytes(std::optional<double> bytes) {
  if (!bytes.has_value()) return "-";
  if (*bytes < 1e6) return absl::StrFormat("%.0f kB", *bytes / 1e3);
  if (*bytes < 1e9) return absl::StrFormat("%.1f MB", *bytes / 1e6);
  return absl::StrFormat("%.2f GB", *bytes / 1e9);
}

std::string Count(std::optional<double> count) {
  return count.has_value() ? WithThousands(*count, 0) : "-";
}

std::string Counted(std::optional<double> count, absl::string_view one,
                    absl::string_view many = {}) {
  const std::string plural = many.empty() ? absl::StrCat(one, "s") : std::string(many);
  return absl::StrCat(Count(count), " ", count == 1 ? std::string(one) : plural);
}

// Why now is where it is, in words; the reasons of pipeline/status.h.
std::string WhyText(const std::string& reason, const std::string& holder) {
  if (reason == "behind") return absl::StrCat("held by ", holder, ", the furthest behind");
  if (reason == "not_spoken") {
    return absl::StrCat("held by ", holder, ", which has sent no event and is not idle by proof");
  }
  if (reason == "wall_clock") return "follows the clock: all partitions are idle by proof";
  if (reason == "finished") return "all sources are read to their ends";
  if (reason == "nothing") return "no partition is known yet";
  return reason;
}

std::string NowText(const JsonLook& status) {
  const uint32_t holder = status.At(status.root(), "now_holder");
  const std::string why =
      WhyText(status.Text(status.root(), "now_reason"), PartitionText(status, holder));
  const std::string now = status.Text(status.root(), "now");
  if (now.empty()) return absl::StrCat("now        undefined: ", why, "\n");
  const double age = status.Number(status.root(), "data_age_seconds").value_or(0);
  const std::string old = age < 0 ? absl::StrCat(Seconds(-age), " ahead of the clock")
                                  : absl::StrCat(Seconds(age), " old");
  return absl::StrCat("now        ", now, ", ", old, "; ", why, "\n");
}

std::string StateText(const JsonLook& status) {
  const uint32_t root = status.root();
  const uint32_t restore = status.At(root, "restore");
  const uint32_t journal = status.At(root, "journal");
  const uint32_t memory = status.At(root, "memory");
  const uint32_t audit = status.At(root, "audit");
  std::string text = absl::StrCat("engine     ", status.Text(root, "version"), ", configuration ",
                                  status.Text(root, "config_hash"), ", up ",
                                  Seconds(status.Number(root, "uptime_seconds")));
  absl::StrAppend(&text, status.Flag(root, "ready") ? ", ready" : ", not ready",
                  status.Flag(root, "alive") ? "\n" : ", stuck\n");
  if (!status.Flag(restore, "done")) {
    absl::StrAppend(
        &text, "restore    ",
        absl::StrFormat("%.0f %%", 100 * status.Number(restore, "progress").value_or(0)), ", ",
        Counted(status.Number(restore, "changes_replayed"), "change"), "\n");
  }
  if (status.Flag(root, "folding")) {
    absl::StrAppend(&text, "folding    a changed configuration; the one before is served\n");
  }
  absl::StrAppend(&text, NowText(status));
  if (status.Flag(journal, "enabled")) {
    absl::StrAppend(&text, "journal    ", Bytes(status.Number(journal, "bytes")), " in ",
                    Counted(status.Number(journal, "segments"), "segment"), ", ",
                    Seconds(status.Number(journal, "unsynced_age_seconds")), " not yet on disk\n");
  } else {
    absl::StrAppend(&text, "journal    none: a restart reads everything again\n");
  }
  const double bytes_max = status.Number(memory, "bytes_max").value_or(0);
  absl::StrAppend(&text, "memory     ", Bytes(status.Number(memory, "bytes")),
                  bytes_max > 0 ? absl::StrCat(" of ", Bytes(bytes_max)) : "", ", ",
                  Counted(status.Number(root, "entities"), "entity", "entities"), "\n");
  absl::StrAppend(&text, "audit      ",
                  Counted(status.Number(audit, "divergent_cells"), "divergent cell"), ", ",
                  Counted(status.Number(audit, "audits"), "audit"), "\n");
  return text;
}

std::string SourcesText(const JsonLook& status, int width) {
  TextGrid grid{.head = {{"source", "state", "waits for", "last record", "letters pending"}}};
  std::string errors;
  status.ForEach(status.At(status.root(), "sources"), [&](uint32_t source) {
    const std::string pause = status.Text(source, "pause");
    grid.rows.push_back({status.Text(source, "name"), status.Text(source, "state"),
                         pause == "none" ? "-" : pause,
                         Seconds(status.Number(source, "since_record_seconds")) + " ago",
                         Count(status.Number(source, "dead_letters_pending"))});
    const std::string error = status.Text(source, "error");
    if (!error.empty())
      absl::StrAppend(&errors, "  ", status.Text(source, "name"), ": ", error, "\n");
  });
  return absl::StrCat("\n", RenderGrid(grid, width), errors);
}

std::string PartitionsText(const JsonLook& status, int width) {
  TextGrid grid{.head = {{"partition", "next", "end", "lag", "lag in time", "watermark", ""}}};
  status.ForEach(status.At(status.root(), "partitions"), [&](uint32_t partition) {
    const char* state = status.Flag(partition, "silent")     ? "silent"
                        : status.Flag(partition, "finished") ? "finished"
                        : status.Flag(partition, "idle")     ? "idle"
                                                             : "";
    std::string watermark = status.Text(partition, "watermark");
    if (watermark.empty()) watermark = "-";
    grid.rows.push_back({PartitionText(status, partition), status.Text(partition, "next_offset"),
                         Count(status.Number(partition, "end_offset")),
                         Count(status.Number(partition, "lag_records")),
                         Seconds(status.Number(partition, "lag_seconds")), watermark, state});
  });
  return grid.rows.empty() ? "" : absl::StrCat("\n", RenderGrid(grid, width));
}

std::string DeadLettersText(const JsonLook& status, int width) {
  TextGrid grid{.head = {{"dead letters", "reason", "count"}}};
  status.ForEach(status.At(status.root(), "dead_letters"), [&](uint32_t letters) {
    grid.rows.push_back({status.Text(letters, "source"), status.Text(letters, "reason"),
                         Count(status.Number(letters, "count"))});
  });
  return grid.rows.empty() ? "" : absl::StrCat("\n", RenderGrid(grid, width));
}

}  // namespace

std::string PartitionText(const JsonLook& status, uint32_t node) {
  return absl::StrCat(status.Text(node, "source"), " ", status.Text(node, "topic"), "/",
                      status.Text(node, "partition"));
}

std::string StatusText(const JsonLook& status, int width) {
  return absl::StrCat(StateText(status), SourcesText(status, width), PartitionsText(status, width),
                      DeadLettersText(status, width));
}

std::vector<std::string> StatusProblems(const JsonLook& status) {
  std::vector<std::string> problems;
  const uint32_t root = status.root();
  const auto add = [&](std::string text) { problems.push_back(std::move(text)); };
  const uint32_t restore = status.At(root, "restore");
  if (!status.Flag(root, "alive")) {
    add(absl::StrCat("stuck: ", status.Text(root, "stuck"), " has not turned for 30 s"));
  }
  if (!status.Text(restore, "error").empty()) {
    add("the journal cannot be replayed: " + status.Text(restore, "error"));
  } else if (!status.Flag(root, "ready")) {
    add("not ready: the journal is being replayed");
  }
  status.ForEach(status.At(root, "sources"), [&](uint32_t source) {
    const std::string state = status.Text(source, "state");
    const std::string pause = status.Text(source, "pause");
    const std::string name = absl::StrCat("source ", status.Text(source, "name"));
    if (state == "stopped" || state == "unavailable") {
      add(absl::StrCat(name, " is ", state, ": ", status.Text(source, "error")));
    } else if (state == "paused" && pause != "workers") {
      add(absl::StrCat(name, " waits for: ", pause));
    }
  });
  status.ForEach(status.At(root, "partitions"), [&](uint32_t partition) {
    if (status.Flag(partition, "silent")) add(PartitionText(status, partition) + " is silent");
  });
  const std::string journal = status.Text(status.At(root, "journal"), "error");
  if (!journal.empty()) add("journal: " + journal);
  const std::string configuration = status.Text(status.At(root, "configuration"), "error");
  if (!configuration.empty()) {
    add("the configuration on disk is not what is served: " + configuration);
  }
  const std::string web = status.Text(status.At(root, "web"), "error");
  if (!web.empty()) add("the web configuration on disk is not in use: " + web);
  const double divergent = status.Number(status.At(root, "audit"), "divergent_cells").value_or(0);
  if (divergent > 0) add(absl::StrCat("the audit found ", Counted(divergent, "divergent cell")));
  return problems;
}

}  // namespace takt
