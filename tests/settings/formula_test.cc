#include "engine/settings/formula.h"

#include "absl/strings/str_cat.h"
#include "gtest/gtest.h"

namespace takt {
namespace {

using Kind = FormulaSyntax::Kind;

// The tree with all its brackets, such as "(a+(b*c))".
std::string Shown(const std::vector<FormulaSyntax>& nodes, int at) {
  const FormulaSyntax& node = nodes[static_cast<size_t>(at)];
  const auto both = [&](const char* sign) {
    return absl::StrCat("(", Shown(nodes, node.left), sign, Shown(nodes, node.right), ")");
  };
  switch (node.kind) {
    case Kind::kNumber:
      return absl::StrCat(node.number);
    case Kind::kKpi: {
      std::string text = node.name;
      for (const auto& part : node.parts) absl::StrAppend(&text, "[", part.text, "]");
      return node.function.empty() ? text : absl::StrCat(node.function, "<", text, ">");
    }
    case Kind::kNegate:
      return absl::StrCat("(-", Shown(nodes, node.left), ")");
    case Kind::kAdd:
      return both("+");
    case Kind::kSubtract:
      return both("-");
    case Kind::kMultiply:
      return both("*");
    case Kind::kDivide:
      return both("/");
    case Kind::kMin:
      return both(" min ");
    case Kind::kMax:
      return both(" max ");
  }
  return "";
}

std::string Parsed(const std::string& text) {
  const FormulaResult result = ParseFormula(text);
  if (const auto* error = std::get_if<FormulaError>(&result)) {
    return absl::StrCat(error->position, ": ", error->text);
  }
  const auto& nodes = std::get<std::vector<FormulaSyntax>>(result);
  return Shown(nodes, static_cast<int>(nodes.size()) - 1);
}

struct Case {
  const char* name;
  const char* text;
  const char* parsed;
};

class FormulaTest : public ::testing::TestWithParam<Case> {};

TEST_P(FormulaTest, HasThisTree) { EXPECT_EQ(Parsed(GetParam().text), GetParam().parsed); }

INSTANTIATE_TEST_SUITE_P(
    Trees, FormulaTest,
    ::testing::Values(
        Case{"ProductBindsTighter", "a + b * c", "(a+(b*c))"},
        Case{"LeftToRight", "a - b - c / d / e", "((a-b)-((c/d)/e))"},
        Case{"Brackets", "(a + b) * c", "((a+b)*c)"},
        Case{"Negation", "-a * - -b", "((-a)*(-(-b)))"},
        Case{"Numbers", "0.5 + .25 + 100", "((0.5+0.25)+100)"},
        Case{"Statistic", "mean(cycle[90d]) / p90( cycle )", "(mean<cycle[90d]>/p90<cycle>)"},
        Case{"Parts", "x[90d, 30d ago,company]", "x[90d][30d ago][company]"},
        Case{"ExtremesFold", "min(a, b, 0)", "((a min b) min 0)"},
        Case{"MaxOfSums", "max(a + 1, (b))", "((a+1) max b)"},
        Case{"FunctionNameAloneIsAKpi", "mean + 1", "(mean+1)"},
        Case{"LoneEquals", "a = 7", "2: \"=\" has no meaning in a formula"},
        Case{"DoubleEquals", "a == b", "2: \"=\" has no meaning in a formula"},
        Case{"TwoResults", "a, b", "1: a comma is of use only in brackets, min and max"},
        Case{"Empty", "  ", "2: the formula ends too early"},
        Case{"Unclosed", "(a + b", "6: expected \")\""},
        Case{"Closed", "a)", "1: \")\" was not expected here"},
        Case{"TwoPoints", "1.2.3", "0: not a number: digits with at most one point"},
        Case{"GluedNumber", "2a", "0: not a number: digits with at most one point"},
        Case{"Exponent", "1e9", "0: not a number: digits with at most one point"},
        Case{"EmptyPart", "x[,90d]", "2: a window, \"30d ago\" or a level is missing here"},
        Case{"MinOfOne", "min(a)", "0: min and max need two values or more"},
        Case{"StatisticOfSum", "mean(a + b)", "7: expected \")\""},
        Case{"StatisticOfNumber", "mean(3)", "5: mean takes the name of a KPI"}),
    [](const ::testing::TestParamInfo<Case>& info) { return std::string(info.param.name); });

TEST(ParseFormula, LengthIsBounded) {
  std::string text = "a";
  while (text.size() < 1999) text += "+a";
  EXPECT_EQ(Parsed(text).substr(0, 2), "((");
  EXPECT_EQ(Parsed(text + "+a"), "0: a formula has at most 2000 characters");
}

TEST(ParseFormula, DepthIsBounded) {
  const auto nested = [](size_t depth) {
    return std::string(depth, '(') + "a" + std::string(depth, ')');
  };
  EXPECT_EQ(Parsed(nested(99)), "a");
  EXPECT_EQ(Parsed(nested(100)), "100: more than 100 levels of brackets and signs");
  EXPECT_EQ(Parsed(std::string(1500, '-') + "a"),
            "100: more than 100 levels of brackets and signs");
}

}  // namespace
}  // namespace takt
