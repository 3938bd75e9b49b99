// What the values of an export's cells say: how dates are written, which sign parts the decimals of
// amounts and what currency they are in, and whether the name of a stage means won, lost or open.
//
// Threads: pure functions. Cost: linear in the values; dates are tried by each known pattern.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "absl/time/time.h"

namespace takt {

// Dates as a spreadsheet keeps them: days since 1899-12-30, with the time as a fraction. In place of a
// format of absl::ParseTime, and so called by mappings too.
inline constexpr char kSpreadsheetDays[] = "spreadsheet_days";

// How a column writes its dates.
struct DateFormat {
  std::string pattern;     // of absl::ParseTime, "%Y-%m-%d"; or kSpreadsheetDays
  bool ambiguous = false;  // days and months cannot be told apart by the values seen
};

// None for no values, and for values that fit no known pattern.
std::optional<DateFormat> DateFormatOf(const std::vector<std::string>& values);

// By `pattern`, with a year between 1970 and 2099: "1/5/26" has no year of four digits.
bool ParseDate(const std::string& text, const std::string& pattern, absl::Time* time);

// "1200", "$1,200.50", "1 200,50 €", "EUR 900"; also the signs that stand for no amount, see IsNoAmount.
bool IsAmount(const std::string& text);
bool IsNoAmount(const std::string& text);  // "-", "n/a" ...
std::vector<std::string> NoAmountTexts();

// Whether "1.200,50" is how these amounts are written rather than "1,200.50". A sign before exactly
// three digits parts groups, as no currency here has a thousand parts.
bool HasDecimalComma(const std::vector<std::string>& amounts);

// The currencies that amounts name, in order, each once: by signs, "USD" for $, "GBP" for £, "EUR" for
// €, "JPY" for ¥, and by codes before or behind the number, "CHF 900".
std::vector<std::string> CurrenciesOf(const std::vector<std::string>& amounts);

enum class StageMeaning { kOpen, kWon, kLost };
StageMeaning MeaningOfStage(absl::string_view name);

// Where in a sale a stage of this name usually comes; unknown names come last.
int OrderOfStage(absl::string_view name);

// The code of a currency that a column's name holds in capitals: "Amount (USD)". Empty without one.
std::string CurrencyInName(absl::string_view name);

// Small letters, with one blank for whatever is no letter or digit and between the words of a
// "CreatedDate", and a blank at each end, so that whole words can be found in it.
std::string Words(absl::string_view text);

}  // namespace takt
