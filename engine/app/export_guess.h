// What the columns of a CRM export are, guessed from their names and their content: which column is
// the deal's id, its stage, its amount, when it began and when it was decided, who owns it, and by
// what it may be split; and which stage values mean won, lost and open.
//
// Every guess can be replaced by the user (see Assign). Pure functions of the table.
//
// Threads: any. Cost: linear in the cells.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/time/civil_time.h"
#include "engine/app/export_values.h"

namespace takt {

struct ExportTable {
  std::vector<std::string> header;
  std::vector<std::vector<std::string>> rows;  // each as wide as the header
};

enum class ExportRole { kId, kStage, kAmount, kCreated, kClosed, kOwner, kAccount };
inline constexpr int kExportRoleCount = 7;
const char* ExportRoleName(ExportRole role);  // "id", "stage", "amount", "created", "closed", ...
const char* ExportRoleQuestion(ExportRole role);  // "Which column holds the stage?"
bool IsRequired(ExportRole role);                 // id, stage

struct StageValue {
  std::string value;
  int count = 0;
  enum class Kind { kOpen, kWon, kLost } kind = Kind::kOpen;
};

struct ExportGuess {
  std::map<ExportRole, int> columns;  // role -> column; a role without a column is not there
  std::vector<int> split_columns;     // few distinct values: good to split by (region, product ...)
  std::vector<StageValue> stages;     // of the stage column, open ones in the order of a sale
  std::map<std::string, StageValue::Kind> told_kinds;  // by the user, in place of the guess
  std::optional<DateFormat> created_format;
  std::optional<DateFormat> closed_format;
  // The latest date on which a deal began or was decided, which the numbers are as of (the expected
  // close dates of open deals lie ahead and do not count); none when there is no date at all.
  std::optional<absl::CivilDay> as_of;
  bool decimal_comma = false;  // amounts are written as "1.200,50"
  std::string currency;        // as the amounts or their column say; empty: they do not
  std::vector<std::string> named_currencies;  // that the amounts themselves name
  std::optional<int> currency_column;         // of ISO 4217 codes
  // Columns whose name speaks for a role and whose content does not, with one of their values.
  struct Unread {
    ExportRole role;
    int column = 0;
    std::string value;
  };
  std::vector<Unread> unread;
  int rows_without_id = 0;
  int rows_with_repeated_id = 0;
  int rows_without_dates = 0;
  int rows_without_stage = 0;
};

ExportGuess GuessExport(const ExportTable& table);

// Replaces a column (`role_name` as ExportRoleName, or "split") and looks at the content anew.
// InvalidArgument names what exists.
absl::Status Assign(const ExportTable& table, const std::string& role_name,
                    const std::string& column, ExportGuess& guess);

// Looks at the columns' content again: stages, dates, rows that lack something.
void LookAtContent(const ExportTable& table, ExportGuess& guess);

}  // namespace takt
