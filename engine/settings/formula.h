// The formulas of KPIs: arithmetic on other KPIs, parsed into a syntax tree with positions.
//
//   sum      = product { ("+" | "-") product }
//   product  = unary { ("*" | "/") unary }
//   unary    = "-" unary | primary
//   primary  = number | "(" sum ")" | function | kpi
//   function = ("min" | "max") "(" sum "," sum { "," sum } ")"
//            | ("mean" | "total" | "count" | "p50" | "p90" | "lower" | "upper") "(" kpi ")"
//   kpi      = name [ "[" part { "," part } "]" ]       part: a window, "30d ago", or a level
//
// A tree is a vector in which operands stand before what uses them; the root is the last.
//
// Threads: any. Errors: the position is a place in the text. Bounds: 2,000 characters, 100 levels.
#pragma once

#include <string>
#include <variant>
#include <vector>

#include "absl/strings/string_view.h"

namespace takt {

struct FormulaSyntax {
  enum class Kind : uint8_t {
    kNumber,
    kKpi,
    kNegate,
    kAdd,
    kSubtract,
    kMultiply,
    kDivide,
    kMin,
    kMax
  };
  struct Part {
    std::string text;
    size_t position = 0;
  };
  Kind kind = Kind::kNumber;
  size_t position = 0;
  double number = 0;
  std::string name;      // kKpi
  std::string function;  // kKpi: "mean" ... or ""
  size_t function_position = 0;
  std::vector<Part> parts;  // kKpi: what stands in brackets
  int left = -1;
  int right = -1;
};

struct FormulaError {
  size_t position = 0;
  std::string text;
};

using FormulaResult = std::variant<std::vector<FormulaSyntax>, FormulaError>;

FormulaResult ParseFormula(absl::string_view text);

// Whether `name` is a function of formulas, and so cannot be the name of a KPI.
bool IsFormulaFunction(absl::string_view name);

}  // namespace takt
