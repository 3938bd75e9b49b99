#include "engine/settings/watch_values.h"

#include <cmath>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "engine/settings/values.h"

namespace takt {
namespace {

bool IsTime(const Kpi& kpi) {
  return kpi.unit.powers == std::map<std::string, int>{{"seconds", 1}};
}

std::optional<double> FiniteNumber(absl::string_view text) {
  double number = 0;
  if (!absl::SimpleAtod(text, &number) || !std::isfinite(number)) return std::nullopt;
  return number;
}

std::optional<double> NumberOrPercent(absl::string_view text) {
  const bool percent = absl::ConsumeSuffix(&text, "%");
  const std::optional<double> number = FiniteNumber(text);
  if (!number.has_value()) return std::nullopt;
  return percent ? *number / 100 : *number;
}

}  // namespace

std::optional<KpiId> FindWatchedKpi(KpiCompilation& kpis, const Node& node) {
  const Node* kpi = node.Get("kpi");
  if (!node.Has("kpi")) KeyError(kpis.problems(), node, "needs `kpi`");
  if (kpi == nullptr) return std::nullopt;
  return kpis.Use(kpi->text, kpi->place, kpi->path);
}

bool ReadWatchedWindow(KpiCompilation& kpis, KpiId id, const Node& node,
                       std::optional<Window>& window) {
  const Kpi& kpi = kpis.kpi(id);
  const Node* over = node.Get("over");
  if (!kpi.windowed) {
    if (over == nullptr) return !node.Has("over");
    Error(kpis.problems(), *over,
          absl::StrCat("\"", kpi.name, "\" is of now and has no window: leave `over` out"));
    return false;
  }
  if (!node.Has("over")) {
    KeyError(kpis.problems(), node,
             absl::StrCat("needs `over`: the window of \"", kpi.name, "\", such as 28d"));
    return false;
  }
  const absl::StatusOr<Window> parsed =
      over == nullptr ? absl::InvalidArgumentError("") : ParseWindow(over->text);
  if (!parsed.ok()) return false;
  const bool parts = kpi.kind == KpiKind::kShare || kpi.kind == KpiKind::kFormula;
  if (parsed->kind == Window::Kind::kLast && !parts) {
    Error(kpis.problems(), *over, absl::StrCat("\"", over->text, "\" goes with shares"));
    return false;
  }
  window = *parsed;
  return true;
}

absl::StatusOr<double> ParseAmountOf(const Kpi& kpi, absl::string_view text) {
  if (IsTime(kpi)) {
    const absl::StatusOr<absl::Duration> length = ParseDuration(text);
    if (length.ok()) return absl::ToDoubleSeconds(*length);
    return absl::InvalidArgumentError(
        absl::StrCat("\"", text, "\" is not a length of time such as 60d"));
  }
  const std::optional<double> number = NumberOrPercent(text);
  if (kpi.kind == KpiKind::kShare) {
    if (number.has_value() && *number >= 0 && *number <= 1) return *number;
    return absl::InvalidArgumentError(
        absl::StrCat("\"", text, "\" is not a share from 0 to 1, such as 24% or 0.24"));
  }
  const bool percent = absl::EndsWith(text, "%");
  if (number.has_value() && (!percent || kpi.unit.powers.empty())) return *number;
  return absl::InvalidArgumentError(
      absl::StrCat("\"", text, "\" is not a number in ", UnitText(kpi.unit), ", such as 1500"));
}

std::optional<double> ReadAmount(KpiCompilation& kpis, KpiId kpi, const Node& node,
                                 absl::string_view key) {
  const Node* entry = node.Get(key);
  if (entry == nullptr) return std::nullopt;
  const absl::StatusOr<double> amount = ParseAmountOf(kpis.kpi(kpi), entry->text);
  if (amount.ok()) return *amount;
  Error(kpis.problems(), *entry, std::string(amount.status().message()));
  return std::nullopt;
}

std::optional<double> ParseFactor(absl::string_view text) {
  const std::optional<double> factor = NumberOrPercent(text);
  if (!factor.has_value() || *factor <= 0) return std::nullopt;
  return factor;
}

}  // namespace takt
