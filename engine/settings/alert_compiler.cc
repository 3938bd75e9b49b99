#include "engine/settings/alert_compiler.h"

#include <algorithm>
#include <set>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "engine/settings/alert_condition.h"
#include "engine/settings/alert_say.h"
#include "engine/settings/dimension_compiler.h"
#include "engine/settings/nearest.h"

namespace takt {
namespace {

constexpr size_t kAlertsMax = 1000;

class AlertReader {
 public:
  AlertReader(KpiCompilation& kpis, const Node& node) : kpis_(kpis), node_(node) {}

  // Nothing where something is wrong, or where used files name levels that this organisation lacks.
  std::optional<Alert> Read() {
    alert_.name = node_.key;
    const bool told = ReadReceiver();
    const bool condition = CompileCondition(kpis_, node_, alert_);
    const bool levels = alert_.kind == AlertKind::kGoal || ReadPer();
    if (!told || !condition || !levels || node_.HasBad()) return std::nullopt;
    if (alert_.per.empty() || !CompileSay(kpis_, node_, alert_) || !ReadDetails()) {
      return std::nullopt;
    }
    return std::move(alert_);
  }

 private:
  bool ReadReceiver() {
    const Node* page = node_.Find("page");
    const Node* ticket = node_.Find("ticket");
    if ((page == nullptr) == (ticket == nullptr)) {
      KeyError(kpis_.problems(), page == nullptr ? node_ : *ticket,
               "say who is told: one of `page` (acts today) and `ticket` (reads a digest)");
      return false;
    }
    const Node& told = page != nullptr ? *page : *ticket;
    if (told.bad) return false;
    alert_.severity = page != nullptr ? Severity::kPage : Severity::kTicket;
    alert_.receiver = told.text;
    std::vector<std::string> names;
    if (const Node* receivers = kpis_.compilation.root.Get("receivers")) {
      for (const Node& each : receivers->items) names.push_back(each.key);
    }
    if (std::find(names.begin(), names.end(), told.text) != names.end()) return true;
    Error(kpis_.problems(), told,
          names.empty() ? absl::StrCat("no receiver \"", told.text,
                                       "\": name those of your Alertmanager under `receivers`")
                        : UnknownName("receiver", told.text, names));
    return false;
  }

  bool ReadPer() {
    const Node* per = node_.Get("per");
    if (per == nullptr) {
      alert_.per = {0};
      return !node_.Has("per");
    }
    bool all = true;
    for (const Node* each : per->Many()) {
      const std::optional<LevelId> level = FindLevel(kpis_.compilation, *each);
      if (!level.has_value()) {
        all = all && kpis_.problems().IsUsed(each->place.file);
      } else if (std::find(alert_.per.begin(), alert_.per.end(), *level) == alert_.per.end()) {
        alert_.per.push_back(*level);
      }
    }
    return all;
  }

  // Links are made of it, so what it leads to has to be there.
  bool ReadDetails() {
    const Node* details = node_.Get("details");
    if (details == nullptr) return !node_.Has("details");
    const std::optional<KpiId> id = kpis_.Use(details->text, details->place, details->path);
    if (!id.has_value()) return false;
    const Kpi& kpi = kpis_.kpi(*id);
    const auto has_level = [&](LevelId level) {
      return std::find(kpi.per.begin(), kpi.per.end(), level) != kpi.per.end();
    };
    const auto is_window = [&](const Window& window) {
      return alert_.window.has_value() && window.label == alert_.window->label;
    };
    const bool windows = !kpi.windowed || std::any_of(kpi.over.begin(), kpi.over.end(), is_window);
    if (kpi.exported && kpi.split.empty() && windows &&
        std::all_of(alert_.per.begin(), alert_.per.end(), has_level)) {
      alert_.details = *id;
      return true;
    }
    Error(kpis_.problems(), *details,
          absl::StrCat("\"", kpi.name, "\" has no value for each group of the alert over ",
                       alert_.window.has_value() ? alert_.window->label : "no window",
                       ": add that to its `over` and `per`"));
    return false;
  }

  KpiCompilation& kpis_;
  const Node& node_;
  Alert alert_;
};

void AskForRows(const Node& node, const Alert& alert, RowDemand& demand) {
  for (const LevelId level : alert.per) {
    demand.AddWatched(node, alert.kpi, {alert.window, level});
    if (alert.baseline.has_value()) demand.AddWatched(node, alert.kpi, {alert.baseline, level});
    if (alert.short_window.has_value()) {
      demand.AddWatched(node, alert.kpi, {alert.short_window, level});
    }
    if (alert.kind != AlertKind::kCusum) continue;
    const Window outcomes{.kind = Window::Kind::kLast, .count = 1, .label = "last 1"};
    demand.AddWatched(node, alert.kpi, {outcomes, level});
  }
}

}  // namespace

void CompileAlerts(KpiCompilation& kpis, RowDemand& demand) {
  const Node* section = kpis.compilation.root.Get("alerts");
  if (section == nullptr) return;
  std::set<std::string> rules;
  for (const Node& entry : section->items) {
    if (entry.bad) continue;
    if (kpis.definition().alerts.size() == kAlertsMax) {
      return KeyError(kpis.problems(), entry, absl::StrCat("more than ", kAlertsMax, " alerts"));
    }
    std::optional<Alert> alert = AlertReader(kpis, entry).Read();
    if (!alert.has_value()) continue;
    if (!rules.insert(RuleName(*alert)).second) {
      KeyError(kpis.problems(), entry,
               absl::StrCat("the Prometheus rule ", RuleName(*alert),
                            " would also be that of another alert"));
      continue;
    }
    AskForRows(entry, *alert, demand);
    kpis.definition().alerts.push_back(*std::move(alert));
  }
}

}  // namespace takt
