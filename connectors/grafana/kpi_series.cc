#include "connectors/grafana/kpi_series.h"

#include <algorithm>
#include <array>
#include <map>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "engine/cells/cell_table.h"
#include "engine/kpi/evaluate.h"

namespace takt {
namespace {

constexpr char kPreferredWindow[] = "28d";
constexpr int kSecondsPerDay = 86400;

// Currencies that Grafana has a unit for; others are written with their code.
constexpr std::array<const char*, 20> kGrafanaCurrencies = {
    "USD", "GBP", "EUR", "JPY", "BRL", "DKK", "ISK", "NOK", "SEK", "CZK",
    "CHF", "PLN", "ZAR", "INR", "KRW", "IDR", "PHP", "VND", "TRY", "MYR"};

std::string CurrencyUnit(const std::string& code) {
  const bool known = std::find(kGrafanaCurrencies.begin(), kGrafanaCurrencies.end(), code) !=
                     kGrafanaCurrencies.end();
  return known ? absl::StrCat("currency", code) : absl::StrCat("currency:", code);
}

int PowerOf(const Unit& unit, const char* of) {
  const auto power = unit.powers.find(of);
  return power == unit.powers.end() ? 0 : power->second;
}

bool IsPerSecond(const Kpi& kpi) { return PowerOf(kpi.unit, "seconds") == -1; }

bool IsAbbreviation(const std::string& word) {
  return word.size() >= 2 && word.size() <= 4 &&
         word.find_first_not_of("bcdfghjklmnpqrstvwxz") == std::string::npos;
}

}  // namespace

KpiSeries::KpiSeries(const Definition& definition)
    : definition_(definition),
      snapshot_(Evaluate(definition, CellTable(definition.calendar, definition.row_count),
                         EventTime{kEventTimeMax.micros - 1})) {
  const std::vector<std::string> windows = Windows();
  if (!windows.empty()) default_window_ = windows.front();
}

std::string KpiSeries::Title(const std::string& name) {
  std::vector<std::string> words = absl::StrSplit(name, '_');
  for (std::string& word : words) {
    if (!IsAbbreviation(word)) continue;
    for (char& c : word) c = absl::ascii_toupper(c);
  }
  std::string title = absl::StrJoin(words, " ");
  if (!title.empty()) title[0] = absl::ascii_toupper(title[0]);
  return title;
}

std::string KpiSeries::TitleOf(const Kpi& kpi) const {
  std::string title = Title(kpi.name);
  if (IsPerSecond(kpi)) absl::StrAppend(&title, " a day");
  const std::string window = WindowMatcher(kpi);
  if (!window.empty() && window.find('$') == std::string::npos) {
    absl::StrAppend(&title, " (", kpi.over.front().label, ")");
  }
  return title;
}

std::string KpiSeries::UnitOf(const Kpi& kpi) const {
  if (kpi.kind == KpiKind::kDurations) return "s";
  if (PowerOf(kpi.unit, "money") == 1) return CurrencyUnit(definition_.currency.code);
  if (kpi.unit.powers.empty()) return "percentunit";
  if (kpi.unit.powers == std::map<std::string, int>{{"seconds", 1}}) return "s";
  return "none";
}

const Family* KpiSeries::Find(const Kpi& kpi, LevelId level, const std::string& part) const {
  for (const Family& family : snapshot_->families) {
    if (&definition_.kpis[family.kpi] == &kpi && family.level == level && family.part == part) {
      return &family;
    }
  }
  return nullptr;
}

// The chosen window where the KPI has the default one, else its own first one: better another window
// than nothing, and the title says so.
std::string KpiSeries::WindowMatcher(const Kpi& kpi) const {
  if (!kpi.windowed || kpi.over.empty()) return "";
  const bool has_default = std::any_of(kpi.over.begin(), kpi.over.end(), [&](const Window& window) {
    return window.label == default_window_;
  });
  return absl::StrCat(",window=\"", has_default ? "$window" : kpi.over.front().label, "\"");
}

std::string KpiSeries::Query(const Kpi& kpi, LevelId level, const std::string& part,
                             const std::string& matchers) const {
  const Family* family = Find(kpi, level, part);
  if (family == nullptr) return "";
  return absl::StrCat("max without (instance, pod) (", family->name, "{job=~\"$job\"",
                      WindowMatcher(kpi), matchers, "})",
                      IsPerSecond(kpi) ? absl::StrCat(" * ", kSecondsPerDay) : "");
}

std::string KpiSeries::OutcomesQuery(const Kpi& kpi, LevelId level,
                                     const std::string& matchers) const {
  if (kpi.kind == KpiKind::kDurations) return Query(kpi, level, "outcomes", matchers);
  if (kpi.kind != KpiKind::kShare) return "";
  const Family* family = Find(definition_.kpis[kpi.denominator], level, "");
  if (family == nullptr) return "";
  return absl::StrCat("max without (instance, pod) (", family->name, "{job=~\"$job\"",
                      WindowMatcher(kpi), matchers, "})");
}

std::string KpiSeries::MainPart(const Kpi& kpi) {
  return kpi.kind == KpiKind::kDurations ? "p50" : "";
}

std::vector<std::string> KpiSeries::Windows() const {
  std::vector<std::pair<std::string, int>> counted;
  for (const Kpi& kpi : definition_.kpis) {
    if (!kpi.exported || !kpi.windowed) continue;
    for (const Window& window : kpi.over) {
      const auto known = std::find_if(counted.begin(), counted.end(),
                                      [&](const auto& each) { return each.first == window.label; });
      if (known == counted.end()) {
        counted.emplace_back(window.label, 1);
      } else {
        ++known->second;
      }
    }
  }
  std::stable_sort(counted.begin(), counted.end(), [](const auto& a, const auto& b) {
    if ((a.first == kPreferredWindow) != (b.first == kPreferredWindow)) {
      return a.first == kPreferredWindow;
    }
    return a.second > b.second;
  });
  std::vector<std::string> windows;
  windows.reserve(counted.size());
  for (auto& [label, count] : counted) windows.push_back(label);
  return windows;
}

bool KpiSeries::IsExportedAt(const Kpi& kpi, LevelId level) const {
  return kpi.exported && std::find(kpi.per.begin(), kpi.per.end(), level) != kpi.per.end();
}

bool KpiSeries::IsPart(KpiId kpi) const {
  return std::any_of(definition_.kpis.begin(), definition_.kpis.end(), [&](const Kpi& share) {
    return share.exported && share.kind == KpiKind::kShare &&
           (share.numerator == kpi || share.denominator == kpi);
  });
}

std::vector<const Kpi*> KpiSeries::Headlines(LevelId level) const {
  std::vector<const Kpi*> headlines;
  for (size_t id = 0; id < definition_.kpis.size(); ++id) {
    const Kpi& kpi = definition_.kpis[id];
    if (!IsExportedAt(kpi, level) || !kpi.split.empty()) continue;
    if (!IsPart(static_cast<KpiId>(id))) headlines.push_back(&kpi);
  }
  return headlines;
}

std::vector<const Kpi*> KpiSeries::SplitBy(DimensionId dimension, LevelId level) const {
  std::vector<const Kpi*> found;
  for (const Kpi& kpi : definition_.kpis) {
    if (IsExportedAt(kpi, level) && kpi.split == std::vector<DimensionId>{dimension}) {
      found.push_back(&kpi);
    }
  }
  return found;
}

std::vector<LevelId> KpiSeries::Levels() const {
  std::vector<LevelId> levels;
  for (size_t place = 0; place < definition_.levels.size(); ++place) {
    const auto level = static_cast<LevelId>(place);
    if (!AnyName(level).empty()) levels.push_back(level);
  }
  return levels;
}

std::string KpiSeries::LabelOf(LevelId level) const {
  const std::optional<DimensionId> dimension = definition_.levels[level].dimension;
  return dimension.has_value() ? definition_.dimensions[*dimension].label : "";
}

std::string KpiSeries::AnyName(LevelId level) const {
  for (const Kpi* kpi : Headlines(level)) {
    if (kpi->kind == KpiKind::kDurations) continue;
    return Find(*kpi, level, "")->name;
  }
  return "";
}

bool KpiSeries::IsOfPeople(LevelId level) const {
  const std::optional<DimensionId> dimension = definition_.levels[level].dimension;
  if (!dimension.has_value() || !definition_.dimensions[*dimension].of.empty()) return false;
  return std::any_of(definition_.dimensions.begin(), definition_.dimensions.end(),
                     [&](const Dimension& other) { return other.of_dimension == dimension; });
}

}  // namespace takt
