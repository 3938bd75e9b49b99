#include "engine/app/export_files.h"

#include <algorithm>
#include <set>
#include <utility>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_join.h"
#include "absl/time/time.h"
#include "engine/base/utf8.h"

namespace takt {
namespace {

constexpr size_t kDimensionValuesMax = 500;

std::string Quoted(absl::string_view text) {
  std::string quoted = "\"";
  for (const char c : text) {
    if (static_cast<unsigned char>(c) < ' ') {
      absl::StrAppendFormat(&quoted, "\\x%02x", c);
      continue;
    }
    if (c == '"' || c == '\\') quoted.push_back('\\');
    quoted.push_back(c);
  }
  return quoted + "\"";
}

std::string QuotedList(const std::vector<std::string>& texts) {
  return absl::StrCat("[",
                      absl::StrJoin(texts, ", ",
                                    [](std::string* out, const std::string& text) {
                                      absl::StrAppend(out, Quoted(text));
                                    }),
                      "]");
}

const std::string& Header(const ExportTable& table, const ExportGuess& guess, ExportRole role) {
  return table.header[static_cast<size_t>(guess.columns.at(role))];
}

bool Has(const ExportGuess& guess, ExportRole role) { return guess.columns.count(role) != 0; }

std::vector<std::string> StageNames(const ExportGuess& guess, std::vector<StageValue::Kind> kinds) {
  std::vector<std::string> names;
  for (const StageValue& stage : guess.stages) {
    const bool wanted = std::count(kinds.begin(), kinds.end(), stage.kind) != 0;
    if (wanted && ClassifyText(stage.value) == TextClass::kPlain) names.push_back(stage.value);
  }
  return names;
}

// "Lead Source" becomes lead_source: a name for a dimension and a label.
std::string NameOfColumn(const std::string& header) {
  std::string name;
  for (const char c : header) {
    if (absl::ascii_isalnum(static_cast<unsigned char>(c))) {
      name.push_back(absl::ascii_tolower(static_cast<unsigned char>(c)));
    } else if (!name.empty() && name.back() != '_') {
      name.push_back('_');
    }
  }
  while (!name.empty() && name.back() == '_') name.pop_back();
  if (name.empty() || absl::ascii_isdigit(static_cast<unsigned char>(name[0]))) name = "by_" + name;
  return name;
}

struct Split {
  std::string name;
  int column = 0;
  std::vector<std::string> values;
};

std::vector<Split> Splits(const ExportTable& table, const ExportGuess& guess) {
  std::vector<Split> splits;
  const auto add = [&](std::string name, int column) {
    std::set<std::string> values;
    for (const auto& row : table.rows) {
      const absl::string_view cell = absl::StripAsciiWhitespace(row[static_cast<size_t>(column)]);
      // Rows with other texts become dead letters, see pipeline/field_values.
      if (!cell.empty() && ClassifyText(cell) == TextClass::kPlain) {
        values.insert(std::string(cell));
      }
    }
    if (values.empty() || values.size() > kDimensionValuesMax) return;
    splits.push_back({std::move(name), column, {values.begin(), values.end()}});
  };
  if (Has(guess, ExportRole::kOwner)) add("owner", guess.columns.at(ExportRole::kOwner));
  for (const int column : guess.split_columns) {
    std::string name = NameOfColumn(table.header[static_cast<size_t>(column)]);
    if (name == "company" || name == "owner" || name == "pipeline") name += "_column";
    add(std::move(name), column);
  }
  return splits;
}

std::string DateUnit(const DateFormat& format) {
  if (format.pattern == "%Y-%m-%d") return "unit: date";
  if (format.pattern == kSpreadsheetDays) return absl::StrCat("unit: ", kSpreadsheetDays);
  return absl::StrCat("format: ", Quoted(format.pattern));
}

std::string TimeFrom(const ExportTable& table, const ExportGuess& guess, ExportRole role) {
  const std::optional<DateFormat>& format =
      role == ExportRole::kCreated ? guess.created_format : guess.closed_format;
  return absl::StrCat("{from: ", Quoted(Header(table, guess, role)), ", ",
                      DateUnit(format.value_or(DateFormat{"%Y-%m-%d", false})), "}");
}

// Writes the rule's changes one by one.
class ChangeWriter {
 public:
  ChangeWriter(const ExportTable& table, const ExportGuess& guess)
      : table_(table),
        guess_(guess),
        stage_(Quoted(Header(table, guess, ExportRole::kStage))),
        open_(StageNames(guess, {StageValue::Kind::kOpen})),
        decided_(StageNames(guess, {StageValue::Kind::kWon, StageValue::Kind::kLost})) {
    if (Has(guess, ExportRole::kAmount)) {
      Common("amount", Header(table, guess, ExportRole::kAmount),
             absl::StrCat(", decimal: ", guess.decimal_comma ? "comma" : "point",
                          ", null_if: ", QuotedList(NoAmountTexts())));
    }
    if (guess.currency_column.has_value()) {
      Common("currency", table.header[static_cast<size_t>(*guess.currency_column)], "");
    }
    if (Has(guess, ExportRole::kAccount)) {
      Common("account", Header(table, guess, ExportRole::kAccount), "");
    }
    for (const Split& split : Splits(table, guess)) {
      Common(split.name, table.header[static_cast<size_t>(split.column)], "");
    }
  }

  std::string Changes() {
    const bool created = Has(guess_, ExportRole::kCreated);
    const bool closed = Has(guess_, ExportRole::kClosed);
    if (created && !open_.empty()) {
      Add("open, begun on a known day", {Present(ExportRole::kCreated), In(open_)},
          TimeFrom(table_, guess_, ExportRole::kCreated), "record", Stage());
    }
    if (!open_.empty()) {
      std::vector<std::string> tests = {In(open_)};
      if (created) tests.push_back(Absent(ExportRole::kCreated));
      Add("open, since when is not known: as of the export", tests, AsOf(), "patch", Stage());
    }
    if (created && !decided_.empty()) AddBeginOfDecided();
    if (closed && !decided_.empty()) {
      Add("decided on a known day", {Present(ExportRole::kClosed), In(decided_)},
          TimeFrom(table_, guess_, ExportRole::kClosed), "patch", Stage());
    }
    if (!decided_.empty()) {
      std::vector<std::string> tests = {In(decided_)};
      if (closed) tests.push_back(Absent(ExportRole::kClosed));
      Add("decided, when is not known: as of the export", tests, AsOf(), "patch", Stage());
    }
    return text_;
  }

 private:
  void AddBeginOfDecided() {
    const std::string time = TimeFrom(table_, guess_, ExportRole::kCreated);
    const std::vector<std::string> tests = {Present(ExportRole::kCreated), In(decided_)};
    if (CountBackdated(table_, guess_) == 0 && !open_.empty()) {
      Add("decided since: the begin, in the first stage", tests, time, "record",
          absl::StrCat("stage: {const: ", Quoted(open_.front()), "}"));
    } else {
      // Some rows were decided before they began. An open stage at the begin would reopen them.
      const std::string created = absl::StrCat(
          "created_at: {from: ", Quoted(Header(table_, guess_, ExportRole::kCreated)), ", time: ",
          guess_.created_format->pattern == "%Y-%m-%d"
              ? "date"
              : "{" + DateUnit(*guess_.created_format) + "}",
          "}");
      Add("decided since: the begin, without a stage", tests, time, "patch", created);
    }
  }

  void Common(const std::string& field, const std::string& column, absl::string_view more) {
    absl::StrAppend(&common_, ", ", field, ": {from: ", Quoted(column), more, "}");
  }
  std::string Stage() const { return absl::StrCat("stage: {from: ", stage_, "}"); }
  std::string In(const std::vector<std::string>& stages) const {
    return absl::StrCat(stage_, ": ", QuotedList(stages));
  }
  std::string Present(ExportRole role) const {
    return absl::StrCat(Quoted(Header(table_, guess_, role)), ": {present: true}");
  }
  std::string Absent(ExportRole role) const {
    return absl::StrCat(Quoted(Header(table_, guess_, role)), ": {present: false}");
  }
  std::string AsOf() const { return "{from: as_of, unit: date}"; }

  void Add(const char* comment, const std::vector<std::string>& tests, const std::string& time,
           const char* op, const std::string& own_fields) {
    absl::StrAppendFormat(&text_,
                          "      # %s\n      - when: {%s}\n        time: %s\n        op: %s\n"
                          "        fields: {%s%s}\n",
                          comment, absl::StrJoin(tests, ", "), time, op, own_fields, common_);
  }

  const ExportTable& table_;
  const ExportGuess& guess_;
  const std::string stage_;
  const std::vector<std::string> open_;
  const std::vector<std::string> decided_;
  std::string common_;
  std::string text_;
};

std::string PipelineText(const ExportGuess& guess) {
  const std::vector<std::string> open = StageNames(guess, {StageValue::Kind::kOpen});
  const std::vector<std::string> won = StageNames(guess, {StageValue::Kind::kWon});
  const std::vector<std::string> lost = StageNames(guess, {StageValue::Kind::kLost});
  std::string text = "objects:\n  deal:\n    pipelines:\n      sales:\n";
  if (!open.empty()) absl::StrAppend(&text, "        open: ", QuotedList(open), "\n");
  if (!won.empty()) absl::StrAppend(&text, "        won: ", QuotedList(won), "\n");
  if (!lost.empty()) absl::StrAppend(&text, "        lost: ", QuotedList(lost), "\n");
  return text;
}

std::string KpiText(const ExportGuess& guess, const std::vector<Split>& splits) {
  std::string per = "[company";
  for (const Split& split : splits) absl::StrAppend(&per, ", ", split.name);
  per += "]";
  const std::string over = absl::StrCat("over: [90d, year, all], per: ", per);
  const bool amount = Has(guess, ExportRole::kAmount);
  std::string text = "kpis:\n";
  absl::StrAppend(&text, "  won:            {count: deal, at: won}\n");
  absl::StrAppend(&text, "  lost:           {count: deal, at: lost, ", over, "}\n");
  absl::StrAppend(&text, "  closed:         {count: deal, at: [won, lost]}\n");
  absl::StrAppend(&text, "  win_ratio:      {share: won, of: closed, ", over, "}\n");
  absl::StrAppend(&text, "  open_deals:     {level: deal, while: open, per: ", per, "}\n");
  if (amount) {
    absl::StrAppend(&text, "  booked:         {sum: deal.amount, at: won, ", over, "}\n");
    absl::StrAppend(&text, "  average_won:    {formula: \"booked / won\", ", over, "}\n");
    absl::StrAppend(&text, "  open_pipeline:  {level: deal.amount, while: open, per: ", per, "}\n");
  }
  if (Has(guess, ExportRole::kCreated)) {
    absl::StrAppend(&text, "  created:        {count: deal, at: created, ", over, "}\n");
  }
  if (Has(guess, ExportRole::kCreated) && Has(guess, ExportRole::kClosed)) {
    absl::StrAppend(&text, "  cycle:          {durations: deal, from: created, to: won, ", over,
                    "}\n");
    if (amount) {
      absl::StrAppend(&text,
                      "  pipeline_velocity: {formula: \"open_deals * win_ratio * (booked / won)"
                      " / mean(cycle)\", ",
                      over, "}\n");
    }
  }
  return text;
}

std::string ReportingCurrency(const InitOptions& options, const ExportGuess& guess) {
  if (!options.currency.empty()) return options.currency;
  return guess.currency.empty() ? "EUR" : guess.currency;
}

}  // namespace

int CountBackdated(const ExportTable& table, const ExportGuess& guess) {
  if (!guess.created_format.has_value() || !guess.closed_format.has_value()) return 0;
  const std::vector<std::string> open = StageNames(guess, {StageValue::Kind::kOpen});
  int count = 0;
  for (const auto& row : table.rows) {
    const auto cell = [&](ExportRole role) {
      return std::string(
          absl::StripAsciiWhitespace(row[static_cast<size_t>(guess.columns.at(role))]));
    };
    if (std::count(open.begin(), open.end(), cell(ExportRole::kStage)) != 0) continue;
    absl::Time created;
    absl::Time closed;
    if (ParseDate(cell(ExportRole::kCreated), guess.created_format->pattern, &created) &&
        ParseDate(cell(ExportRole::kClosed), guess.closed_format->pattern, &closed) &&
        closed < created) {
      ++count;
    }
  }
  return count;
}

std::string MappingText(const ExportTable& table, const ExportGuess& guess, char delimiter) {
  const std::string id = Quoted(Header(table, guess, ExportRole::kId));
  std::string text =
      "# How a row of the export becomes changes of a deal. Made by `takt init`; edit at "
      "will.\nformat: csv\n";
  if (delimiter != ',') {
    absl::StrAppend(&text, "delimiter: ",
                    delimiter == '\t' ? "\"\\t\"" : Quoted(std::string(1, delimiter)), "\n");
  }
  absl::StrAppend(&text, "as_of: ", absl::FormatCivilTime(guess.as_of.value_or(absl::CivilDay())),
                  "\n");
  absl::StrAppend(&text, "otherwise: dead_letter\nrules:\n  - name: deals\n",
                  "    # A row without a stage, or with one that is not here, is a dead letter.\n",
                  "    match: {", Quoted(Header(table, guess, ExportRole::kStage)), ": ",
                  QuotedList(StageNames(guess, {StageValue::Kind::kOpen, StageValue::Kind::kWon,
                                                StageValue::Kind::kLost})),
                  "}\n    object: deal\n    id: ", id, "\n    changes:\n",
                  ChangeWriter(table, guess).Changes());
  return text;
}

std::string ConfigurationText(const ExportTable& table, const ExportGuess& guess,
                              const InitOptions& options, const ExportPaths& paths) {
  const std::vector<Split> splits = Splits(table, guess);
  std::string text =
      "# Made by `takt init`; edit at will. `takt check` finds every mistake, `takt run` serves "
      "the KPIs.\n";
  absl::StrAppend(&text, "calendar: {time_zone: ", options.time_zone,
                  "}\nmoney: {report_in: ", ReportingCurrency(options, guess),
                  "}\n\nsources:\n  export: {file: ", Quoted(paths.csv),
                  ", format: csv, mapping: ", Quoted(paths.mapping),
                  "}\ndead_letters: {file: dead-letters.jsonl}\n\n");
  if (!splits.empty()) {
    absl::StrAppend(&text, "dimensions:\n");
    for (const Split& split : splits) {
      absl::StrAppend(&text, "  ", split.name, ": {values: ", QuotedList(split.values),
                      ", unknown: \"(none)\"}\n");
    }
    absl::StrAppend(&text, "\n");
  }
  absl::StrAppend(&text, PipelineText(guess), "\n", KpiText(guess, splits));
  return text;
}

}  // namespace takt
