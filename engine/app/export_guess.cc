#include "engine/app/export_guess.h"

#include <algorithm>
#include <array>
#include <set>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_replace.h"
#include "absl/time/time.h"

namespace takt {
namespace {

constexpr size_t kRowsLookedAt = 20000;  // of the content, when columns are guessed
constexpr size_t kSplitValuesMax = 60;
constexpr size_t kStageValuesMax = 40;

// Words of a column's name that speak for a role, best first.
struct RoleWords {
  ExportRole role;
  const char* name;
  const char* question;
  std::vector<const char*> words;
};

const std::vector<RoleWords>& Roles() {
  static const auto& roles = *new std::vector<RoleWords>{
      {ExportRole::kId,
       "id",
       "Which column identifies a deal?",
       {"opportunity id", "deal id", "record id", "opportunityid", "dealid", "opp id",
        "deal number", "opportunity number", "id", "number", "key"}},
      {ExportRole::kStage,
       "stage",
       "Which column holds the stage (or status) of a deal?",
       {"deal stage", "opportunity stage", "stage name", "stagename", "stage", "pipeline stage",
        "deal status", "status", "phase", "outcome"}},
      {ExportRole::kAmount,
       "amount",
       "Which column holds the amount?",
       {"close value", "deal value", "deal amount", "amount", "deal size", "value", "revenue",
        "price", "total", "acv", "arr"}},
      {ExportRole::kCreated,
       "created",
       "Which column holds the date on which a deal began?",
       {"created date", "create date", "createdate", "engage date", "created at", "created on",
        "created", "open date", "opened", "start date", "engaged", "begin", "date entered"}},
      {ExportRole::kClosed,
       "closed",
       "Which column holds the date on which a deal was decided?",
       {"close date", "closed date", "closedate", "closed at", "closed on", "won date", "end date",
        "closed", "decision date", "close"}},
      {ExportRole::kOwner,
       "owner",
       "Which column names the owner (the sales person)?",
       {"sales agent", "deal owner", "opportunity owner", "owner", "agent", "sales rep", "rep",
        "salesperson", "sales person", "assigned to", "seller", "account executive"}},
      {ExportRole::kAccount,
       "account",
       "Which column names the account (the customer)?",
       {"account name", "account", "company name", "company", "customer name", "customer",
        "organization", "organisation", "client"}},
  };
  return roles;
}

constexpr std::array<const char*, 9> kSplitWords = {
    "region", "team", "product", "source", "segment", "country", "territory", "office", "type"};
constexpr std::array<const char*, 7> kWonWords = {"won",     "win",   "gagn",  "gewonnen",
                                                  "success", "ganad", "signed"};
constexpr std::array<const char*, 10> kLostWords = {"lost",     "lose",    "dead",     "perdu",
                                                    "verloren", "abandon", "rejected", "disqualif",
                                                    "cancel",   "declined"};
// The order of a sale, for stages whose order the export does not tell.
constexpr std::array<const char*, 17> kStageOrder = {
    "new",      "lead",     "prospect", "contact", "qualif", "engag",
    "discover", "demo",     "evaluat",  "present", "propos", "quote",
    "negotia",  "contract", "commit",   "verbal",  "review"};

constexpr std::array<const char*, 13> kDatePatterns = {"%Y-%m-%d",
                                                       "%Y-%m-%d%ET%H:%M:%E*S%Ez",
                                                       "%Y-%m-%d%ET%H:%M:%E*S",
                                                       "%Y-%m-%d %H:%M:%E*S",
                                                       "%Y-%m-%d %H:%M",
                                                       "%Y/%m/%d",
                                                       "%m/%d/%Y",
                                                       "%d/%m/%Y",
                                                       "%m/%d/%Y %H:%M",
                                                       "%d/%m/%Y %H:%M",
                                                       "%d.%m.%Y",
                                                       "%d-%m-%Y",
                                                       "%d %b %Y"};

std::string Plain(const std::string& name) {
  return absl::AsciiStrToLower(
      absl::StrReplaceAll(absl::StripAsciiWhitespace(name), {{"_", " "}, {"-", " "}, {".", " "}}));
}

std::string Cell(const ExportTable& table, size_t row, int column) {
  return std::string(absl::StripAsciiWhitespace(table.rows[row][static_cast<size_t>(column)]));
}

std::vector<std::string> Values(const ExportTable& table, int column) {
  std::vector<std::string> values;
  for (size_t row = 0; row < std::min(table.rows.size(), kRowsLookedAt); ++row) {
    std::string cell = Cell(table, row, column);
    if (!cell.empty()) values.push_back(std::move(cell));
  }
  return values;
}

bool ParsesAs(const std::string& text, const char* pattern, absl::Time* time) {
  std::string error;
  return absl::ParseTime(pattern, text, absl::UTCTimeZone(), time, &error);
}

std::optional<DateFormat> DateFormatOf(const std::vector<std::string>& values) {
  std::vector<const char*> fitting;
  for (const char* pattern : kDatePatterns) {
    const bool fits = std::all_of(values.begin(), values.end(), [&](const std::string& value) {
      absl::Time time;
      return ParsesAs(value, pattern, &time);
    });
    if (fits) fitting.push_back(pattern);
  }
  if (values.empty() || fitting.empty()) return std::nullopt;
  const bool ambiguous = fitting.size() > 1 && absl::StartsWith(fitting[0], "%m/%d");
  return DateFormat{fitting[0], ambiguous};
}

bool IsNumber(const std::string& text) {
  bool digits = false;
  for (const char c : text) {
    if (absl::ascii_isdigit(static_cast<unsigned char>(c)))
      digits = true;
    else if (!absl::StrContains("+-.,$€£ ", absl::string_view(&c, 1)) && (c & 0x80) == 0)
      return false;
  }
  return digits;
}

// Whether a column's content allows it to play the role.
bool Fits(ExportRole role, const std::vector<std::string>& values) {
  if (values.empty()) return false;
  const std::set<std::string> distinct(values.begin(), values.end());
  switch (role) {
    case ExportRole::kId:
      return distinct.size() == values.size();
    case ExportRole::kStage:
      return distinct.size() <= kStageValuesMax;
    case ExportRole::kAmount:
      return std::all_of(values.begin(), values.end(), IsNumber);
    case ExportRole::kCreated:
    case ExportRole::kClosed:
      return DateFormatOf(values).has_value();
    case ExportRole::kOwner:
    case ExportRole::kAccount:
      return true;
  }
  return false;
}

// How well a name speaks for a role: 0 not at all; a whole match and an earlier word count more.
int NameScore(const std::string& plain, const RoleWords& role) {
  for (size_t i = 0; i < role.words.size(); ++i) {
    const int rank = static_cast<int>(role.words.size() - i);
    if (plain == role.words[i]) return 100 + rank;
  }
  for (size_t i = 0; i < role.words.size(); ++i) {
    const int rank = static_cast<int>(role.words.size() - i);
    const std::string padded = " " + plain + " ";
    if (absl::StrContains(padded, absl::StrFormat(" %s ", role.words[i]))) return 50 + rank;
  }
  return 0;
}

template <typename Words>
bool HasAny(const std::string& value, const Words& words) {
  const std::string plain = Plain(value);
  return std::any_of(words.begin(), words.end(),
                     [&](const char* word) { return absl::StrContains(plain, word); });
}

int OrderOfStage(const std::string& value) {
  const std::string plain = Plain(value);
  for (size_t i = 0; i < kStageOrder.size(); ++i) {
    if (absl::StrContains(plain, kStageOrder[i])) return static_cast<int>(i);
  }
  return static_cast<int>(kStageOrder.size());
}

StageValue::Kind KindOfStage(const ExportGuess& guess, const std::string& value) {
  const auto told = guess.told_kinds.find(value);
  if (told != guess.told_kinds.end()) return told->second;
  if (HasAny(value, kLostWords)) return StageValue::Kind::kLost;
  if (HasAny(value, kWonWords)) return StageValue::Kind::kWon;
  return StageValue::Kind::kOpen;
}

void LookAtStages(const ExportTable& table, ExportGuess& guess) {
  guess.stages.clear();
  const auto column = guess.columns.find(ExportRole::kStage);
  if (column == guess.columns.end()) return;
  for (size_t row = 0; row < table.rows.size(); ++row) {
    const std::string value = Cell(table, row, column->second);
    if (value.empty()) continue;
    const auto found = std::find_if(guess.stages.begin(), guess.stages.end(),
                                    [&](const StageValue& stage) { return stage.value == value; });
    if (found != guess.stages.end()) {
      ++found->count;
    } else {
      guess.stages.push_back({value, 1, KindOfStage(guess, value)});
    }
  }
  std::stable_sort(guess.stages.begin(), guess.stages.end(),
                   [](const StageValue& a, const StageValue& b) {
                     return std::make_pair(a.kind, OrderOfStage(a.value)) <
                            std::make_pair(b.kind, OrderOfStage(b.value));
                   });
}

bool IsDecided(const ExportTable& table, size_t row, const ExportGuess& guess) {
  const auto column = guess.columns.find(ExportRole::kStage);
  return column != guess.columns.end() &&
         KindOfStage(guess, Cell(table, row, column->second)) != StageValue::Kind::kOpen;
}

void LookAtDates(const ExportTable& table, ExportGuess& guess) {
  guess.as_of.reset();
  for (const ExportRole role : {ExportRole::kCreated, ExportRole::kClosed}) {
    const auto column = guess.columns.find(role);
    auto& format = role == ExportRole::kCreated ? guess.created_format : guess.closed_format;
    format.reset();
    if (column == guess.columns.end()) continue;
    format = DateFormatOf(Values(table, column->second));
    if (!format.has_value()) continue;
    for (size_t row = 0; row < table.rows.size(); ++row) {
      if (role == ExportRole::kClosed && !IsDecided(table, row, guess)) continue;
      absl::Time time;
      if (!ParsesAs(Cell(table, row, column->second), format->pattern.c_str(), &time)) continue;
      const absl::CivilDay day = absl::ToCivilDay(time, absl::UTCTimeZone());
      if (!guess.as_of.has_value() || day > *guess.as_of) guess.as_of = day;
    }
  }
}

void CountLacks(const ExportTable& table, ExportGuess& guess) {
  guess.rows_without_id = guess.rows_without_dates = guess.rows_without_stage = 0;
  const auto cell = [&](size_t row, ExportRole role) {
    const auto column = guess.columns.find(role);
    return column == guess.columns.end() ? std::string() : Cell(table, row, column->second);
  };
  for (size_t row = 0; row < table.rows.size(); ++row) {
    if (cell(row, ExportRole::kId).empty()) ++guess.rows_without_id;
    if (cell(row, ExportRole::kStage).empty()) ++guess.rows_without_stage;
    if (cell(row, ExportRole::kCreated).empty() && cell(row, ExportRole::kClosed).empty()) {
      ++guess.rows_without_dates;
    }
  }
}

std::optional<int> BestColumn(const ExportTable& table, const RoleWords& role,
                              const std::set<int>& taken) {
  int best_score = 0;
  std::optional<int> best;
  for (int column = 0; column < static_cast<int>(table.header.size()); ++column) {
    if (taken.count(column) != 0) continue;
    const int score = NameScore(Plain(table.header[static_cast<size_t>(column)]), role);
    if (score <= best_score || !Fits(role.role, Values(table, column))) continue;
    best_score = score;
    best = column;
  }
  return best;
}

bool GoodToSplitBy(const ExportTable& table, int column) {
  const std::vector<std::string> values = Values(table, column);
  const std::set<std::string> distinct(values.begin(), values.end());
  return distinct.size() >= 2 && distinct.size() <= kSplitValuesMax &&
         HasAny(table.header[static_cast<size_t>(column)], kSplitWords);
}

}  // namespace

const char* ExportRoleName(ExportRole role) { return Roles()[static_cast<size_t>(role)].name; }

const char* ExportRoleQuestion(ExportRole role) {
  return Roles()[static_cast<size_t>(role)].question;
}

bool IsRequired(ExportRole role) { return role == ExportRole::kId || role == ExportRole::kStage; }

ExportGuess GuessExport(const ExportTable& table) {
  ExportGuess guess;
  std::set<int> taken;
  for (const RoleWords& role : Roles()) {
    const std::optional<int> column = BestColumn(table, role, taken);
    if (!column.has_value()) continue;
    guess.columns[role.role] = *column;
    taken.insert(*column);
  }
  for (int column = 0; column < static_cast<int>(table.header.size()); ++column) {
    if (taken.count(column) == 0 && GoodToSplitBy(table, column)) {
      guess.split_columns.push_back(column);
    }
  }
  LookAtContent(table, guess);
  return guess;
}

void LookAtContent(const ExportTable& table, ExportGuess& guess) {
  LookAtStages(table, guess);
  LookAtDates(table, guess);
  CountLacks(table, guess);
}

absl::Status Assign(const ExportTable& table, const std::string& role_name,
                    const std::string& column, ExportGuess& guess) {
  const auto found = std::find(table.header.begin(), table.header.end(), column);
  if (found == table.header.end()) {
    return absl::InvalidArgumentError(absl::StrFormat("no column \"%s\"; the columns are: %s",
                                                      column, absl::StrJoin(table.header, ", ")));
  }
  const int number = static_cast<int>(found - table.header.begin());
  if (role_name == "split") {
    guess.split_columns.push_back(number);
    return absl::OkStatus();
  }
  for (const RoleWords& role : Roles()) {
    if (role_name != role.name) continue;
    guess.columns[role.role] = number;
    LookAtContent(table, guess);
    return absl::OkStatus();
  }
  return absl::InvalidArgumentError(absl::StrFormat(
      "no role \"%s\"; the roles are: id, stage, amount, created, closed, owner, account, split",
      role_name));
}

}  // namespace takt
