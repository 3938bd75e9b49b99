#include "engine/settings/formula_compiler.h"

#include <utility>
#include <variant>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "engine/settings/dimension_compiler.h"
#include "engine/settings/formula.h"
#include "engine/settings/nearest.h"

namespace takt {
namespace {

using SyntaxKind = FormulaSyntax::Kind;
using NodeKind = FormulaNode::Kind;

NodeKind KindOf(SyntaxKind kind) {
  switch (kind) {
    case SyntaxKind::kNumber:
      return NodeKind::kNumber;
    case SyntaxKind::kKpi:
      return NodeKind::kKpi;
    case SyntaxKind::kNegate:
      return NodeKind::kNegate;
    case SyntaxKind::kAdd:
      return NodeKind::kAdd;
    case SyntaxKind::kSubtract:
      return NodeKind::kSubtract;
    case SyntaxKind::kMultiply:
      return NodeKind::kMultiply;
    case SyntaxKind::kDivide:
      return NodeKind::kDivide;
    case SyntaxKind::kMin:
      return NodeKind::kMin;
    case SyntaxKind::kMax:
      return NodeKind::kMax;
  }
  return NodeKind::kNumber;
}

absl::string_view Operator(SyntaxKind kind) {
  if (kind == SyntaxKind::kAdd) return "+";
  if (kind == SyntaxKind::kSubtract) return "-";
  return kind == SyntaxKind::kMin ? "min" : "max";
}

Statistic StatisticNamed(absl::string_view name) {
  if (name == "mean") return Statistic::kMean;
  if (name == "total") return Statistic::kTotal;
  if (name == "count") return Statistic::kCount;
  if (name == "p50") return Statistic::kP50;
  if (name == "p90") return Statistic::kP90;
  if (name == "lower") return Statistic::kLower;
  if (name == "upper") return Statistic::kUpper;
  return Statistic::kValue;
}

class FormulaCompiler {
 public:
  FormulaCompiler(KpiCompilation& kpis, const Node& formula) : kpis_(kpis), formula_(formula) {}

  bool Compile(KpiId id) {
    FormulaResult result = ParseFormula(formula_.text);
    if (const auto* error = std::get_if<FormulaError>(&result)) {
      Report(error->position, error->text);
      return false;
    }
    bool uses_kpi = false;
    for (const FormulaSyntax& syntax : std::get<std::vector<FormulaSyntax>>(result)) {
      FormulaNode node{.kind = KindOf(syntax.kind), .number = syntax.number};
      node.left = syntax.left;
      node.right = syntax.right;
      uses_kpi = uses_kpi || syntax.kind == SyntaxKind::kKpi;
      units_.push_back(syntax.kind == SyntaxKind::kKpi ? CompileKpi(syntax, node) : UnitOf(syntax));
      nodes_.push_back(std::move(node));
    }
    if (!uses_kpi) Report(0, "a formula needs at least one KPI");
    if (failed_) return false;
    Kpi& kpi = kpis_.kpi(id);
    kpi.kind = KpiKind::kFormula;
    kpi.windowed = windowed_;
    kpi.unit = units_.back();
    kpi.formula = std::move(nodes_);
    return true;
  }

 private:
  void Report(size_t position, std::string text) {
    failed_ = true;
    Place place = formula_.place;
    if (formula_.literal) place.column += static_cast<int>(position) + (formula_.quoted ? 1 : 0);
    kpis_.problems().Error(place, formula_.path, std::move(text));
  }

  Unit UnitOf(const FormulaSyntax& syntax) {
    if (syntax.left < 0) return {};
    const Unit& left = units_[static_cast<size_t>(syntax.left)];
    if (syntax.right < 0) return left;
    const Unit& right = units_[static_cast<size_t>(syntax.right)];
    if (syntax.kind == SyntaxKind::kMultiply) return Combine(left, right, 1);
    if (syntax.kind == SyntaxKind::kDivide) return Combine(left, right, -1);
    // Zero fits every unit: max(x, 0).
    if (IsZero(syntax.left)) return right;
    if (!IsZero(syntax.right) && !(left == right) && !failed_) {
      Report(syntax.position, absl::StrCat("\"", Operator(syntax.kind), "\" needs equal units: ",
                                           UnitText(left), " and ", UnitText(right)));
    }
    return left;
  }

  bool IsZero(int node) const {
    const FormulaNode& operand = nodes_[static_cast<size_t>(node)];
    return operand.kind == NodeKind::kNumber && operand.number == 0;
  }

  Unit CompileKpi(const FormulaSyntax& syntax, FormulaNode& node) {
    const Place place = [&] {
      Place at = formula_.place;
      if (formula_.literal) {
        at.column += static_cast<int>(syntax.position) + (formula_.quoted ? 1 : 0);
      }
      return at;
    }();
    const auto id = kpis_.Use(syntax.name, place, formula_.path);
    if (!id.has_value()) {
      failed_ = true;
      return {};
    }
    node.kpi = *id;
    node.statistic = StatisticNamed(syntax.function);
    for (const FormulaSyntax::Part& part : syntax.parts) CompilePart(part, node);
    const Kpi& kpi = kpis_.kpi(*id);
    if (node.window.has_value() && !kpi.windowed) {
      Report(syntax.parts[0].position,
             absl::StrCat("\"", kpi.name, "\" is a level: it has no window"));
    }
    windowed_ = windowed_ || (kpi.windowed && !node.window.has_value());
    return StatisticUnit(syntax, node.statistic, *id);
  }

  // A window, a shift, or a level.
  void CompilePart(const FormulaSyntax::Part& part, FormulaNode& node) {
    bool again = false;
    if (absl::EndsWith(part.text, "ago")) {
      const absl::StatusOr<CivilSpan> span = ParseSpan(part.text);
      if (!span.ok()) return Report(part.position, std::string(span.status().message()));
      again = node.ago.has_value();
      node.ago = *span;
    } else if (const auto level = LevelNamed(kpis_.definition(), part.text)) {
      again = node.level.has_value();
      node.level = *level;
    } else {
      const absl::StatusOr<Window> window = ParseWindow(part.text);
      if (!window.ok()) {
        const std::vector<std::string> levels = LevelNames(kpis_.definition());
        return Report(part.position, absl::StrCat("\"", part.text,
                                                  "\" is neither a window, nor like 30d ago, nor a "
                                                  "level",
                                                  Suggestion(part.text, levels)));
      }
      again = node.window.has_value();
      node.window = *window;
    }
    if (again)
      Report(part.position, absl::StrCat("\"", part.text, "\": said twice in one bracket"));
  }

  Unit StatisticUnit(const FormulaSyntax& syntax, Statistic statistic, KpiId id) {
    const Kpi& kpi = kpis_.kpi(id);
    const bool bounds = statistic == Statistic::kLower || statistic == Statistic::kUpper;
    if (statistic == Statistic::kValue) return kpi.unit;
    if (bounds ? kpi.kind != KpiKind::kShare : kpi.kind != KpiKind::kDurations) {
      Report(syntax.function_position,
             absl::StrCat(syntax.function, " is of ", bounds ? "a share" : "durations", ", and \"",
                          kpi.name, "\" is none"));
    }
    if (statistic != Statistic::kCount) return kpi.unit;
    Unit unit;
    unit.powers[kpis_.works[id].noun] = 1;
    return unit;
  }

  KpiCompilation& kpis_;
  const Node& formula_;
  bool failed_ = false;
  bool windowed_ = false;
  std::vector<FormulaNode> nodes_;
  std::vector<Unit> units_;
};

}  // namespace

bool CompileFormula(KpiCompilation& kpis, KpiId id, const Node& formula) {
  return FormulaCompiler(kpis, formula).Compile(id);
}

}  // namespace takt
