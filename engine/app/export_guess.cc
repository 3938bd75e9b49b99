#include "engine/app/export_guess.h"

#include <algorithm>
#include <array>
#include <set>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_join.h"
#include "absl/time/time.h"

namespace takt {
namespace {

constexpr size_t kRowsLookedAt = 20000;  // of the content, when columns are guessed
constexpr size_t kSplitValuesMax = 60;
constexpr size_t kStageValuesMax = 40;
constexpr int kWholeName = 100;  // the score of a name that is a role's word, and more

// Words of a column's name that speak for a role, best first.
struct RoleWords {
  ExportRole role;
  const char* name;
  const char* question;
  std::vector<const char*> words;
};

std::vector<const char*> CreatedWords() {
  return {"created date",
          "create date",
          "createdate",
          "engage date",
          "created at",
          "created on",
          "created time",
          "create time",
          "date created",
          "creation date",
          "deal created",
          "add time",
          "created",
          "open date",
          "opened",
          "start date",
          "engaged",
          "begin",
          "date entered",
          "erstellt",
          "erstelldatum",
          "erstellungsdatum",
          "angelegt",
          "date de création",
          "date création",
          "fecha de creación",
          "fecha creacion",
          "data creazione",
          "data di creazione",
          "data de criação",
          "aanmaakdatum",
          "skapad"};
}

std::vector<const char*> ClosedWords() {
  return {"actual close date", "close date",
          "closed date",       "closedate",
          "closed at",         "closed on",
          "closing date",      "won date",
          "end date",          "closed",
          "decision date",     "close",
          "abschlussdatum",    "abgeschlossen",
          "geschlossen",       "date de clôture",
          "date clôture",      "fecha de cierre",
          "fecha cierre",      "data chiusura",
          "data di chiusura",  "data de fechamento",
          "sluitdatum",        "stängd"};
}

const std::vector<RoleWords>& Roles() {
  static const auto& roles = *new std::vector<RoleWords>{
      {ExportRole::kId,
       "id",
       "Which column identifies a deal?",
       {"opportunity id",   "deal id",   "record id",      "opportunityid",
        "dealid",           "opp id",    "deal number",    "opportunity number",
        "opportunity name", "deal name", "deal title",     "id",
        "number",           "key",       "nummer",         "nr",
        "reference",        "ref",       "vorgangsnummer", "identifiant",
        "codice",           "numero"}},
      {ExportRole::kStage,
       "stage",
       "Which column holds the stage (or status) of a deal?",
       {"deal stage", "opportunity stage", "stage name", "stagename", "stage", "pipeline stage",
        "deal status", "status", "phase", "outcome", "result", "stadium", "statut", "étape",
        "etapa", "estado", "stato", "fase"}},
      {ExportRole::kAmount,
       "amount",
       "Which column holds the amount?",
       {"close value", "deal value",   "deal amount", "actual revenue", "amount",  "deal size",
        "value",       "revenue",      "price",       "total",          "acv",     "arr",
        "betrag",      "auftragswert", "umsatz",      "wert",           "montant", "importe",
        "importo",     "bedrag",       "belopp",      "valor"}},
      {ExportRole::kCreated, "created", "Which column holds the date on which a deal began?",
       CreatedWords()},
      {ExportRole::kClosed, "closed", "Which column holds the date on which a deal was decided?",
       ClosedWords()},
      {ExportRole::kOwner,
       "owner",
       "Which column names the owner (the sales person)?",
       {"sales agent", "deal owner", "opportunity owner", "owner", "agent", "sales rep", "rep",
        "salesperson", "sales person", "assigned to", "seller", "account executive",
        "verantwortlich", "besitzer", "zuständig", "responsable", "propietario", "proprietario",
        "eigenaar"}},
      {ExportRole::kAccount,
       "account",
       "Which column names the account (the customer)?",
       {"account name", "account", "company name", "company", "customer name", "customer",
        "organization", "organisation", "client", "kunde", "firma", "cliente", "compte", "klant",
        "bedrijf"}},
  };
  return roles;
}

constexpr std::array<const char*, 9> kSplitWords = {
    "region", "team", "product", "source", "segment", "country", "territory", "office", "type"};
// What such words speak of is a plan or belongs to somebody else.
constexpr std::array<const char*, 8> kPlanWords = {" expected ", " estimated ",  " est ",
                                                   " forecast ", " planned ",    " target ",
                                                   " weighted ", " probability "};
constexpr std::array<const char*, 7> kOtherIdWords = {
    " account ", " contact ", " owner ", " user ", " company ", " customer ", " lead "};
constexpr std::array<const char*, 6> kCurrencyNames = {" currency ",      " amount currency ",
                                                       " deal currency ", " opportunity currency ",
                                                       " currency code ", " currency iso code "};

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

template <typename List>
bool HasAny(const std::string& name, const List& list) {
  const std::string words = Words(name);
  return std::any_of(list.begin(), list.end(),
                     [&](const char* word) { return absl::StrContains(words, word); });
}

StageValue::Kind KindOf(StageMeaning meaning) {
  switch (meaning) {
    case StageMeaning::kOpen:
      return StageValue::Kind::kOpen;
    case StageMeaning::kWon:
      return StageValue::Kind::kWon;
    case StageMeaning::kLost:
      return StageValue::Kind::kLost;
  }
  return StageValue::Kind::kOpen;
}

StageValue::Kind KindOfStage(const ExportGuess& guess, const std::string& value) {
  const auto told = guess.told_kinds.find(value);
  return told == guess.told_kinds.end() ? KindOf(MeaningOfStage(value)) : told->second;
}

// How well a name speaks for a role: 0 not at all; a whole match and an earlier word count more.
int NameScore(const std::string& name, const RoleWords& role) {
  const bool of_time_or_money =
      role.role == ExportRole::kClosed || role.role == ExportRole::kAmount;
  if (of_time_or_money && HasAny(name, kPlanWords)) return 0;
  if (role.role == ExportRole::kId && HasAny(name, kOtherIdWords)) return 0;
  const std::string words = Words(name);
  int score = 0;
  for (size_t i = 0; i < role.words.size(); ++i) {
    const int rank = static_cast<int>(role.words.size() - i);
    const std::string word = absl::StrFormat(" %s ", role.words[i]);
    if (words == word) return kWholeName + rank;
    if (score == 0 && absl::StrContains(words, word)) score = kWholeName / 2 + rank;
  }
  return score;
}

// How well a column's content allows it to play the role: 0 not at all, else at least 1.
int ContentScore(ExportRole role, const std::vector<std::string>& values, int name_score) {
  if (values.empty()) return 0;
  const std::set<std::string> distinct(values.begin(), values.end());
  switch (role) {
    case ExportRole::kId:
      // An export may hold a row twice, but only a plain name makes up for that.
      if (distinct.size() == values.size()) return 1;
      return name_score > kWholeName && distinct.size() * 2 >= values.size() ? 1 : 0;
    case ExportRole::kStage: {
      if (distinct.size() > kStageValuesMax) return 0;
      std::set<StageMeaning> meanings;
      for (const std::string& value : distinct) meanings.insert(MeaningOfStage(value));
      const size_t ends = meanings.size() - meanings.count(StageMeaning::kOpen);
      // Where both ends stand, the stage is; a column "Status" may tell them beside one "Stage".
      return ends == 2 ? 2 * kWholeName : ends == 1 ? kWholeName : 1;
    }
    case ExportRole::kAmount:
      return std::all_of(values.begin(), values.end(), IsAmount) ? 1 : 0;
    case ExportRole::kCreated:
    case ExportRole::kClosed:
      return DateFormatOf(values).has_value() ? 1 : 0;
    case ExportRole::kOwner:
    case ExportRole::kAccount:
      return 1;
  }
  return 0;
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

// Two columns of one export write dates in one way: what one cannot tell, both together may.
void SettleByBoth(const ExportTable& table, ExportGuess& guess) {
  if (!guess.created_format.has_value() || !guess.closed_format.has_value()) return;
  if (!guess.created_format->ambiguous && !guess.closed_format->ambiguous) return;
  std::vector<std::string> values = Values(table, guess.columns.at(ExportRole::kCreated));
  const std::vector<std::string> closed = Values(table, guess.columns.at(ExportRole::kClosed));
  values.insert(values.end(), closed.begin(), closed.end());
  const std::optional<DateFormat> both = DateFormatOf(values);
  if (both.has_value()) guess.created_format = guess.closed_format = both;
}

void FindAsOf(const ExportTable& table, ExportGuess& guess) {
  guess.as_of.reset();
  for (const ExportRole role : {ExportRole::kCreated, ExportRole::kClosed}) {
    const auto& format = role == ExportRole::kCreated ? guess.created_format : guess.closed_format;
    if (!format.has_value()) continue;
    for (size_t row = 0; row < table.rows.size(); ++row) {
      if (role == ExportRole::kClosed && !IsDecided(table, row, guess)) continue;
      absl::Time time;
      if (!ParseDate(Cell(table, row, guess.columns.at(role)), format->pattern, &time)) continue;
      const absl::CivilDay day = absl::ToCivilDay(time, absl::UTCTimeZone());
      if (!guess.as_of.has_value() || day > *guess.as_of) guess.as_of = day;
    }
  }
}

void LookAtDates(const ExportTable& table, ExportGuess& guess) {
  for (const ExportRole role : {ExportRole::kCreated, ExportRole::kClosed}) {
    const auto column = guess.columns.find(role);
    auto& format = role == ExportRole::kCreated ? guess.created_format : guess.closed_format;
    format.reset();
    if (column != guess.columns.end()) format = DateFormatOf(Values(table, column->second));
  }
  SettleByBoth(table, guess);
  FindAsOf(table, guess);
}

void LookAtAmounts(const ExportTable& table, ExportGuess& guess) {
  guess.decimal_comma = false;
  guess.currency.clear();
  guess.named_currencies.clear();
  const auto column = guess.columns.find(ExportRole::kAmount);
  if (column != guess.columns.end()) {
    const std::vector<std::string> amounts = Values(table, column->second);
    guess.decimal_comma = HasDecimalComma(amounts);
    guess.named_currencies = CurrenciesOf(amounts);
    if (guess.named_currencies.size() == 1) guess.currency = guess.named_currencies[0];
    const std::string& name = table.header[static_cast<size_t>(column->second)];
    if (guess.named_currencies.empty()) guess.currency = CurrencyInName(name);
  }
  if (!guess.currency_column.has_value()) return;
  std::map<std::string, int> counts;
  for (const std::string& code : Values(table, *guess.currency_column)) ++counts[code];
  const auto most =
      std::max_element(counts.begin(), counts.end(),
                       [](const auto& a, const auto& b) { return a.second < b.second; });
  if (most != counts.end()) guess.currency = most->first;
}

void CountLacks(const ExportTable& table, ExportGuess& guess) {
  guess.rows_without_id = guess.rows_without_dates = guess.rows_without_stage = 0;
  guess.rows_with_repeated_id = 0;
  std::set<std::string> ids;
  const auto cell = [&](size_t row, ExportRole role) {
    const auto column = guess.columns.find(role);
    return column == guess.columns.end() ? std::string() : Cell(table, row, column->second);
  };
  for (size_t row = 0; row < table.rows.size(); ++row) {
    const std::string id = cell(row, ExportRole::kId);
    if (id.empty()) {
      ++guess.rows_without_id;
    } else if (!ids.insert(id).second) {
      ++guess.rows_with_repeated_id;
    }
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
    const int name_score = NameScore(table.header[static_cast<size_t>(column)], role);
    if (name_score == 0 && role.role != ExportRole::kStage) continue;
    const int content_score = ContentScore(role.role, Values(table, column), name_score);
    // Without a name, only a column that tells both ends of a sale is taken for the stage.
    if (content_score == 0 || (name_score == 0 && content_score < 2 * kWholeName)) continue;
    if (name_score + content_score <= best_score) continue;
    best_score = name_score + content_score;
    best = column;
  }
  return best;
}

// An id that no name tells: the first column that is different in every row and is no date or amount.
std::optional<int> ColumnThatDiffers(const ExportTable& table, const std::set<int>& taken) {
  for (int column = 0; column < static_cast<int>(table.header.size()); ++column) {
    const std::string& name = table.header[static_cast<size_t>(column)];
    if (taken.count(column) != 0 || HasAny(name, kOtherIdWords) || HasAny(name, kPlanWords))
      continue;
    const std::vector<std::string> values = Values(table, column);
    const std::set<std::string> distinct(values.begin(), values.end());
    if (distinct.size() < std::min(table.rows.size(), kRowsLookedAt)) continue;
    const auto has_fraction = [](const std::string& value) {
      return IsAmount(value) && value.find_first_of(".,") != std::string::npos;
    };
    if (std::any_of(values.begin(), values.end(), has_fraction)) continue;
    if (!DateFormatOf(values).has_value()) return column;
  }
  return std::nullopt;
}

void FindUnread(const ExportTable& table, const std::set<int>& taken, ExportGuess& guess) {
  for (const RoleWords& role : Roles()) {
    if (guess.columns.count(role.role) != 0) continue;
    for (int column = 0; column < static_cast<int>(table.header.size()); ++column) {
      const std::vector<std::string> values = Values(table, column);
      if (taken.count(column) != 0 || values.empty()) continue;
      if (NameScore(table.header[static_cast<size_t>(column)], role) == 0) continue;
      guess.unread.push_back({role.role, column, values.front()});
    }
  }
}

bool GoodToSplitBy(const ExportTable& table, int column) {
  const std::vector<std::string> values = Values(table, column);
  const std::set<std::string> distinct(values.begin(), values.end());
  return distinct.size() >= 2 && distinct.size() <= kSplitValuesMax &&
         HasAny(table.header[static_cast<size_t>(column)], kSplitWords);
}

bool HoldsCurrencies(const ExportTable& table, int column) {
  const std::string words = Words(table.header[static_cast<size_t>(column)]);
  const std::vector<std::string> values = Values(table, column);
  return std::find(kCurrencyNames.begin(), kCurrencyNames.end(), words) != kCurrencyNames.end() &&
         !values.empty() && std::all_of(values.begin(), values.end(), [](const std::string& code) {
           return code.size() == 3 && std::all_of(code.begin(), code.end(), absl::ascii_isupper);
         });
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
  if (guess.columns.count(ExportRole::kId) == 0) {
    const std::optional<int> column = ColumnThatDiffers(table, taken);
    if (column.has_value()) {
      guess.columns[ExportRole::kId] = *column;
      taken.insert(*column);
    }
  }
  FindUnread(table, taken, guess);
  for (int column = 0; column < static_cast<int>(table.header.size()); ++column) {
    if (taken.count(column) == 0 && GoodToSplitBy(table, column)) {
      guess.split_columns.push_back(column);
    }
  }
  for (int column = 0; column < static_cast<int>(table.header.size()); ++column) {
    if (HoldsCurrencies(table, column)) guess.currency_column = column;
  }
  LookAtContent(table, guess);
  return guess;
}

void LookAtContent(const ExportTable& table, ExportGuess& guess) {
  LookAtStages(table, guess);
  LookAtDates(table, guess);
  LookAtAmounts(table, guess);
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
