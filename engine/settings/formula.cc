#include "engine/settings/formula.h"

#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"

namespace takt {
namespace {

constexpr size_t kLengthMax = 2000;
constexpr int kDepthMax = 100;
constexpr const char* kStatistics[] = {"mean", "total", "count", "p50", "p90", "lower", "upper"};

using Kind = FormulaSyntax::Kind;

bool IsStatistic(absl::string_view name) {
  for (const char* statistic : kStatistics) {
    if (name == statistic) return true;
  }
  return false;
}

bool IsNameLetter(char c) { return absl::ascii_isalnum(c) || c == '_'; }

// Recursive descent. After the first error every rule returns at once and the error stands.
class Parser {
 public:
  explicit Parser(absl::string_view text) : text_(text) {}

  FormulaResult Parse() {
    if (text_.size() > kLengthMax) {
      return FormulaError{0, absl::StrCat("a formula has at most ", kLengthMax, " characters")};
    }
    ParseSum();
    if (!failed_ && !AtEnd()) Unexpected();
    if (failed_) return error_;
    return std::move(nodes_);
  }

 private:
  bool AtEnd() {
    while (at_ < text_.size() && absl::ascii_isspace(text_[at_])) ++at_;
    return at_ == text_.size();
  }
  char Peek() { return AtEnd() ? '\0' : text_[at_]; }
  bool Take(char c) {
    if (Peek() != c) return false;
    ++at_;
    return true;
  }
  void Expect(char c) {
    if (!failed_ && !Take(c)) Fail(at_, absl::StrCat("expected \"", std::string(1, c), "\""));
  }

  int Fail(size_t position, std::string text) {
    if (!failed_) error_ = {position, std::move(text)};
    failed_ = true;
    return -1;
  }

  int Unexpected() {
    if (AtEnd()) return Fail(at_, "the formula ends too early");
    if (text_[at_] == '=') return Fail(at_, "\"=\" has no meaning in a formula");
    if (text_[at_] == ',') return Fail(at_, "a comma is of use only in brackets, min and max");
    return Fail(at_, absl::StrCat("\"", text_.substr(at_, 1), "\" was not expected here"));
  }

  int Add(FormulaSyntax node) {
    nodes_.push_back(std::move(node));
    return static_cast<int>(nodes_.size()) - 1;
  }
  int AddOperation(Kind kind, size_t position, int left, int right) {
    if (failed_) return -1;
    return Add({.kind = kind, .position = position, .left = left, .right = right});
  }

  int ParseSum() {
    int left = ParseProduct();
    while (!failed_) {
      const char c = Peek();
      if (c != '+' && c != '-') break;
      const size_t position = at_++;
      const int right = ParseProduct();
      left = AddOperation(c == '+' ? Kind::kAdd : Kind::kSubtract, position, left, right);
    }
    return left;
  }

  int ParseProduct() {
    int left = ParseUnary();
    while (!failed_) {
      const char c = Peek();
      if (c != '*' && c != '/') break;
      const size_t position = at_++;
      const int right = ParseUnary();
      left = AddOperation(c == '*' ? Kind::kMultiply : Kind::kDivide, position, left, right);
    }
    return left;
  }

  int ParseUnary() {
    if (depth_ == kDepthMax) {
      return Fail(at_, absl::StrCat("more than ", kDepthMax, " levels of brackets and signs"));
    }
    ++depth_;
    int node = -1;
    if (Peek() == '-') {
      const size_t position = at_++;
      const int operand = ParseUnary();
      node = AddOperation(Kind::kNegate, position, operand, -1);
    } else {
      node = ParsePrimary();
    }
    --depth_;
    return node;
  }

  int ParsePrimary() {
    const char c = Peek();
    if (c == '(') {
      ++at_;
      const int node = ParseSum();
      Expect(')');
      return node;
    }
    if (absl::ascii_isdigit(c) || c == '.') return ParseNumber();
    if (absl::ascii_isalpha(c) || c == '_') return ParseName();
    return Unexpected();
  }

  int ParseNumber() {
    const size_t begin = at_;
    while (at_ < text_.size() && (absl::ascii_isdigit(text_[at_]) || text_[at_] == '.')) ++at_;
    const absl::string_view digits = text_.substr(begin, at_ - begin);
    double number = 0;
    const bool glued = at_ < text_.size() && IsNameLetter(text_[at_]);
    if (digits.size() > 18 || glued || !absl::SimpleAtod(digits, &number)) {
      return Fail(begin, "not a number: digits with at most one point");
    }
    return Add({.kind = Kind::kNumber, .position = begin, .number = number});
  }

  std::string TakeName() {
    const size_t begin = at_;
    while (at_ < text_.size() && IsNameLetter(text_[at_])) ++at_;
    return std::string(text_.substr(begin, at_ - begin));
  }

  int ParseName() {
    const size_t position = at_;
    std::string name = TakeName();
    if (Peek() != '(') return ParseKpi({.position = position, .name = std::move(name)});
    if (name == "min" || name == "max") {
      return ParseExtreme(name == "min" ? Kind::kMin : Kind::kMax, position);
    }
    if (!IsStatistic(name)) {
      return Fail(position,
                  absl::StrCat("unknown function \"", name,
                               "\"; known: mean, total, count, p50, p90, lower, upper, min, "
                               "max"));
    }
    ++at_;
    if (!absl::ascii_isalpha(Peek())) {
      return Fail(at_, absl::StrCat(name, " takes the name of a KPI"));
    }
    const size_t kpi_position = at_;
    std::string kpi = TakeName();
    const int node = ParseKpi({.position = kpi_position,
                               .name = std::move(kpi),
                               .function = std::move(name),
                               .function_position = position});
    Expect(')');
    return node;
  }

  int ParseExtreme(Kind kind, size_t position) {
    ++at_;
    int node = ParseSum();
    int count = 1;
    while (!failed_ && Take(',')) {
      const int right = ParseSum();
      node = AddOperation(kind, position, node, right);
      ++count;
    }
    Expect(')');
    if (!failed_ && count < 2) return Fail(position, "min and max need two values or more");
    return node;
  }

  int ParseKpi(FormulaSyntax node) {
    node.kind = Kind::kKpi;
    if (!Take('[')) return Add(std::move(node));
    const size_t open = at_ - 1;
    do {
      AtEnd();
      const size_t begin = at_;
      while (at_ < text_.size() && text_[at_] != ',' && text_[at_] != ']') ++at_;
      const absl::string_view part = absl::StripAsciiWhitespace(text_.substr(begin, at_ - begin));
      if (part.empty()) return Fail(begin, "a window, \"30d ago\" or a level is missing here");
      node.parts.push_back({std::string(part), begin});
    } while (Take(','));
    if (!Take(']')) return Fail(open, "the bracket is not closed");
    return Add(std::move(node));
  }

  absl::string_view text_;
  size_t at_ = 0;
  int depth_ = 0;
  bool failed_ = false;
  FormulaError error_;
  std::vector<FormulaSyntax> nodes_;
};

}  // namespace

FormulaResult ParseFormula(absl::string_view text) { return Parser(text).Parse(); }

bool IsFormulaFunction(absl::string_view name) {
  return IsStatistic(name) || name == "min" || name == "max";
}

}  // namespace takt
