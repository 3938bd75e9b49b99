#include <unistd.h>

#include <cstdio>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "engine/app/commands.h"
#include "engine/app/configuration.h"
#include "engine/app/count_text.h"
#include "engine/app/export_files.h"
#include "engine/app/export_guess.h"
#include "engine/app/export_table.h"
#include "engine/app/log.h"
#include "engine/app/wiring.h"
#include "engine/base/status_macros.h"
#include "engine/kpi/table.h"
#include "engine/model/reason.h"
#include "engine/pipeline/engine.h"

namespace takt {
namespace {

namespace fs = std::filesystem;

constexpr absl::Duration kReadLimit = absl::Minutes(10);

const char* KindName(StageValue::Kind kind) {
  switch (kind) {
    case StageValue::Kind::kOpen:
      return "open";
    case StageValue::Kind::kWon:
      return "won";
    case StageValue::Kind::kLost:
      return "lost";
  }
  return "";
}

absl::Status ApplyFlags(const InitOptions& options, const ExportTable& table, ExportGuess& guess) {
  for (const std::string& text : options.columns) {
    const std::pair<std::string, std::string> parts = absl::StrSplit(text, absl::MaxSplits('=', 1));
    if (parts.second.empty()) {
      return absl::InvalidArgumentError(
          absl::StrFormat("--column \"%s\": write ROLE=COLUMN, for example stage=Status", text));
    }
    TAKT_RETURN_IF_ERROR(Assign(table, parts.first, parts.second, guess));
  }
  for (const std::string& value : options.won) guess.told_kinds[value] = StageValue::Kind::kWon;
  for (const std::string& value : options.lost) guess.told_kinds[value] = StageValue::Kind::kLost;
  if (!options.won.empty() || !options.lost.empty()) {
    // Whoever names the ends has named them all.
    for (const StageValue& stage : guess.stages) {
      const bool ends = (stage.kind == StageValue::Kind::kWon && !options.won.empty()) ||
                        (stage.kind == StageValue::Kind::kLost && !options.lost.empty());
      if (ends) guess.told_kinds.emplace(stage.value, StageValue::Kind::kOpen);
    }
  }
  LookAtContent(table, guess);
  for (const auto& [value, kind] : guess.told_kinds) {
    const bool known = std::any_of(guess.stages.begin(), guess.stages.end(),
                                   [&](const StageValue& stage) { return stage.value == value; });
    if (known) continue;
    return absl::InvalidArgumentError(absl::StrFormat(
        "no stage \"%s\"; the values are: %s", value,
        absl::StrJoin(guess.stages, ", ", [](std::string* out, const StageValue& stage) {
          absl::StrAppend(out, stage.value);
        })));
  }
  return absl::OkStatus();
}

std::string AskLine(const std::string& question) {
  absl::PrintF("%s ", question);
  std::fflush(stdout);
  std::string answer;
  std::getline(std::cin, answer);
  return answer;
}

// Asks for what the guess leaves open; an empty answer takes what is proposed.
absl::Status Ask(const ExportTable& table, ExportGuess& guess) {
  for (int number = 0; number < kExportRoleCount; ++number) {
    const ExportRole role = static_cast<ExportRole>(number);
    const auto found = guess.columns.find(role);
    const std::string proposed =
        found == guess.columns.end() ? "none" : table.header[static_cast<size_t>(found->second)];
    const std::string answer = AskLine(absl::StrCat(ExportRoleQuestion(role), " [", proposed, "]"));
    if (answer.empty()) continue;
    const absl::Status assigned = Assign(table, ExportRoleName(role), answer, guess);
    if (!assigned.ok()) {
      absl::PrintF("  %s\n", std::string(assigned.message()));
      --number;
    }
  }
  for (const StageValue& stage : std::vector<StageValue>(guess.stages)) {
    const std::string answer = AskLine(absl::StrFormat(
        "Stage \"%s\" (%s): open, won or lost? [%s]", stage.value,
        CountText(static_cast<uint64_t>(stage.count), "deal"), KindName(stage.kind)));
    for (const auto kind :
         {StageValue::Kind::kOpen, StageValue::Kind::kWon, StageValue::Kind::kLost}) {
      if (answer == KindName(kind)) guess.told_kinds[stage.value] = kind;
    }
  }
  LookAtContent(table, guess);
  return absl::OkStatus();
}

// Amounts of several currencies must not be added up unless somebody says so.
absl::Status CheckCurrencies(const InitOptions& options, const ExportTable& table,
                             const ExportGuess& guess) {
  if (guess.named_currencies.size() < 2 || guess.currency_column.has_value()) {
    return absl::OkStatus();
  }
  const std::string& column =
      table.header[static_cast<size_t>(guess.columns.at(ExportRole::kAmount))];
  const std::string what =
      absl::StrFormat("column \"%s\" has amounts in %s, and no column says which is which", column,
                      absl::StrJoin(guess.named_currencies, ", "));
  if (options.currency.empty()) {
    return absl::InvalidArgumentError(absl::StrCat(
        what,
        ": they cannot be added up. Export one currency, or a column \"Currency\" with its code in "
        "each row; or say --currency ",
        guess.named_currencies[0], " to take all of them for that one"));
  }
  absl::PrintF("note: %s; all are taken for %s, as --currency says\n\n", what, options.currency);
  return absl::OkStatus();
}

absl::Status CheckGuess(const InitOptions& options, const ExportTable& table, ExportGuess& guess) {
  for (int number = 0; number < kExportRoleCount; ++number) {
    const ExportRole role = static_cast<ExportRole>(number);
    if (!IsRequired(role) || guess.columns.count(role) != 0) continue;
    return absl::InvalidArgumentError(absl::StrFormat(
        "%s It cannot be told; say --column %s=COLUMN. The columns are: %s",
        ExportRoleQuestion(role), ExportRoleName(role), absl::StrJoin(table.header, ", ")));
  }
  for (auto* format : {&guess.created_format, &guess.closed_format}) {
    const ExportRole role =
        format == &guess.created_format ? ExportRole::kCreated : ExportRole::kClosed;
    if (guess.columns.count(role) == 0) continue;
    if (!options.date_format.empty()) *format = DateFormat{options.date_format, false};
    const std::string& column = table.header[static_cast<size_t>(guess.columns.at(role))];
    if (!format->has_value()) {
      return absl::InvalidArgumentError(
          absl::StrFormat("column \"%s\": its dates are written in no way that is known here; say "
                          "--date-format, for "
                          "example %%d/%%m/%%Y, or another --column %s=COLUMN",
                          column, ExportRoleName(role)));
    }
    if ((*format)->ambiguous) {
      return absl::InvalidArgumentError(absl::StrFormat(
          "column \"%s\": day and month cannot be told apart; say --date-format %%m/%%d/%%Y or "
          "--date-format %%d/%%m/%%Y",
          column));
    }
  }
  for (const auto& [kind, flag] :
       {std::pair(StageValue::Kind::kWon, "won"), std::pair(StageValue::Kind::kLost, "lost")}) {
    const bool told = std::any_of(guess.stages.begin(), guess.stages.end(),
                                  [kind = kind](const StageValue& s) { return s.kind == kind; });
    if (told) continue;
    absl::PrintF("note: no stage is known to mean %s; say --%s VALUE, or no deal counts as %s\n\n",
                 flag, flag, flag);
  }
  TAKT_RETURN_IF_ERROR(CheckCurrencies(options, table, guess));
  if (guess.as_of.has_value()) return absl::OkStatus();
  return absl::InvalidArgumentError(
      "no column of dates was found; say --column created=COLUMN or --column closed=COLUMN");
}

void Describe(const Export& read, const ExportGuess& guess) {
  const ExportTable& table = read.table;
  absl::PrintF("%s\n\ncolumns\n", CountText(table.rows.size(), "row"));
  for (const auto& [role, column] : guess.columns) {
    absl::PrintF("  %-8s %s\n", ExportRoleName(role), table.header[static_cast<size_t>(column)]);
  }
  if (guess.currency_column.has_value()) {
    const auto column = static_cast<size_t>(*guess.currency_column);
    absl::PrintF("  %-8s %s\n", "currency", table.header[column]);
  }
  for (const int column : guess.split_columns) {
    absl::PrintF("  %-8s %s\n", "split", table.header[static_cast<size_t>(column)]);
  }
  absl::PrintF("\nstages\n");
  for (const StageValue& stage : guess.stages) {
    absl::PrintF("  %-5s %-30s %8d\n", KindName(stage.kind), stage.value, stage.count);
  }
  const auto note = [](int count, const char* one, const char* many) {
    if (count == 1) absl::PrintF("note: 1 row %s\n", one);
    if (count > 1) absl::PrintF("note: %d rows %s\n", count, many);
  };
  absl::PrintF("\n");
  for (const ExportGuess::Unread& unread : guess.unread) {
    absl::PrintF("note: \"%s\" is named like the column %s, but cannot be read as that: \"%s\"\n",
                 table.header[static_cast<size_t>(unread.column)], ExportRoleName(unread.role),
                 unread.value);
  }
  note(read.rows_of_wrong_width,
       "has another number of cells than the header; it becomes a dead letter",
       "have another number of cells than the header; they become dead letters");
  note(guess.rows_without_id, "has no id; it becomes a dead letter",
       "have no id; they become dead letters");
  note(guess.rows_with_repeated_id,
       "repeats an id; rows of one id are one deal, so their amounts are not added up",
       "repeat an id; rows of one id are one deal, so their amounts are not added up");
  note(guess.rows_without_stage, "has no stage; it becomes a dead letter",
       "have no stage; they become dead letters");
  note(guess.rows_without_dates, "has no date; it counts as of the export's latest date",
       "have no date; they count as of the export's latest date");
  note(CountBackdated(table, guess), "was decided before it began; it is not in the cycle",
       "were decided before they began; they are not in the cycle");
}

absl::Status WriteNew(const fs::path& path, const std::string& text, bool force) {
  std::error_code error;
  if (fs::exists(path, error) && !force) {
    return absl::FailedPreconditionError(absl::StrFormat(
        "\"%s\" is there already; say --force to replace it, or another --folder", path.string()));
  }
  std::ofstream out(path, std::ios::trunc);
  out << text;
  out.close();
  if (out) return absl::OkStatus();
  return absl::FailedPreconditionError(absl::StrFormat("cannot write \"%s\"", path.string()));
}

absl::Status WriteFiles(const InitOptions& options, const Export& read, const ExportGuess& guess) {
  std::error_code error;
  const fs::path folder = options.folder;
  fs::create_directories(folder, error);
  if (!fs::is_directory(folder, error)) {
    return absl::FailedPreconditionError(
        absl::StrFormat("--folder \"%s\" is no folder and cannot be made one", options.folder));
  }
  // Beside each other, so that the folder can be moved as long as the export stays.
  const fs::path csv = fs::relative(fs::absolute(options.csv), fs::absolute(folder), error);
  const ExportPaths paths{error ? fs::absolute(options.csv).string() : csv.string(),
                          "mapping.yaml"};
  TAKT_RETURN_IF_ERROR(WriteNew(folder / "mapping.yaml",
                                MappingText(read.table, guess, read.delimiter), options.force));
  return WriteNew(folder / "takt.yaml", ConfigurationText(read.table, guess, options, paths),
                  options.force);
}

void PrintRows(const EngineStatus& status) {
  uint64_t polled = 0;
  uint64_t dead = 0;
  std::string reasons;
  for (const PartitionStatus& partition : status.partitions) {
    polled += partition.polled;
    for (int reason = 0; reason < kReasonCount; ++reason) {
      const uint64_t count = partition.dead_lettered[static_cast<size_t>(reason)];
      if (count == 0) continue;
      dead += count;
      absl::StrAppendFormat(&reasons, "%s%s %d", reasons.empty() ? ": " : ", ",
                            std::string(ReasonName(static_cast<Reason>(reason))), count);
    }
  }
  absl::PrintF("%s read, %s%s\n", CountText(polled, "row"), CountText(dead, "dead letter"),
               reasons);
}

// Reads the export by the new configuration and prints the KPIs as of its latest day's end.
absl::Status PrintFirstNumbers(const Settings& settings, absl::CivilDay as_of) {
  SystemClock clock;
  Settings here = settings;
  here.engine.journal.clear();
  here.dead_letters = {};
  const LogFunction log = LogToStandardError(clock);
  TAKT_ASSIGN_OR_RETURN(EngineParts parts,
                        MakeParts(here, clock, [log](LogLevel level, absl::string_view text) {
                          if (level > LogLevel::kInfo) log(level, text);
                        }));
  TAKT_ASSIGN_OR_RETURN(const auto engine, Engine::Create(std::move(parts)));
  TAKT_RETURN_IF_ERROR(engine->Start());
  TAKT_RETURN_IF_ERROR(engine->Drain(kReadLimit));
  const absl::TimeZone zone = settings.definition->calendar.zone();
  const EventTime now = EventTime::From(absl::FromCivil(as_of + 1, zone) - absl::Seconds(1));
  TAKT_ASSIGN_OR_RETURN(const auto snapshot, engine->SnapshotAt(now));
  absl::PrintF("%s\n", RenderTable(*settings.definition, *snapshot));
  PrintRows(engine->Status());
  engine->Stop();
  return absl::OkStatus();
}

absl::Status RunInit(const InitOptions& options) {
  TAKT_ASSIGN_OR_RETURN(const Export read, ReadExport(options.csv));
  ExportGuess guess = GuessExport(read.table);
  TAKT_RETURN_IF_ERROR(ApplyFlags(options, read.table, guess));
  Describe(read, guess);
  if (!options.yes && isatty(STDIN_FILENO) == 1) TAKT_RETURN_IF_ERROR(Ask(read.table, guess));
  TAKT_RETURN_IF_ERROR(CheckGuess(options, read.table, guess));
  TAKT_RETURN_IF_ERROR(WriteFiles(options, read, guess));
  const std::string config = (fs::path(options.folder) / "takt.yaml").string();
  const std::optional<Settings> settings = LoadOrExplain("takt init", {config});
  if (!settings.has_value()) {
    return absl::InvalidArgumentError(
        "the configuration made of this export is not valid, see above");
  }
  TAKT_RETURN_IF_ERROR(PrintFirstNumbers(*settings, *guess.as_of));
  absl::PrintF("wrote %s and mapping.yaml beside it\nnext:  takt run %s\n", config, config);
  return absl::OkStatus();
}

}  // namespace

int Init(const InitOptions& options) {
  const absl::Status status = RunInit(options);
  if (status.ok()) return kExitDone;
  std::fflush(stdout);  // what was found comes before what is wrong with it
  absl::FPrintF(stderr, "takt init: %s\n", std::string(status.message()));
  return absl::IsDeadlineExceeded(status) || absl::IsUnavailable(status) ? kExitFailed : kExitWrong;
}

}  // namespace takt
