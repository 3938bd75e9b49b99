#include "engine/settings/kpi_compiler.h"

#include <algorithm>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "engine/settings/formula.h"
#include "engine/settings/formula_compiler.h"
#include "engine/settings/kpi_export.h"
#include "engine/settings/nearest.h"
#include "engine/settings/term_compiler.h"

namespace takt {
namespace {

constexpr size_t kKpisMax = 2000;
constexpr size_t kChainMax = 200;

struct VerbKeys {
  const char* verb;
  const char* keys;
};
// What goes with each verb, beside split, per and help, which go with all.
constexpr VerbKeys kVerbs[] = {
    {"count", "at where within dated before once_per credit over"},
    {"sum", "at where within dated before once_per credit view over"},
    {"durations", "from to where credit over"},
    {"level", "while where credit"},
    {"share", "of over cohorts"},
    {"formula", "over"},
};

bool Lists(absl::string_view words, absl::string_view word) {
  for (const absl::string_view each : absl::StrSplit(words, ' ')) {
    if (each == word) return true;
  }
  return false;
}

bool SameTerm(const Term& a, const Term& b) {
  return a.kind == b.kind && a.object == b.object && a.rows == b.rows && a.where == b.where &&
         a.measure == b.measure && a.credit == b.credit && a.at == b.at && a.dated == b.dated &&
         a.within == b.within && a.within_of == b.within_of && a.before == b.before &&
         a.once_per == b.once_per && a.as_posted == b.as_posted && a.from == b.from &&
         a.success == b.success && a.states == b.states && a.recent == b.recent;
}

// The verb's entry; nullptr, reported, when there is none or more than one.
const Node* VerbOf(Problems& problems, const Node& node) {
  const Node* found = nullptr;
  for (const VerbKeys& verb : kVerbs) {
    const Node* entry = node.Find(verb.verb);
    if (entry == nullptr) continue;
    if (found != nullptr) {
      KeyError(problems, *entry,
               absl::StrCat("`", entry->key, "` does not go with `", found->key, "`"));
      return nullptr;
    }
    found = entry;
  }
  if (found == nullptr && !node.HasBad()) {
    KeyError(problems, node, "say one of count, sum, durations, level, share or formula");
  }
  return found;
}

void CheckKeys(Problems& problems, const Node& node, const std::string& verb) {
  for (const Node& entry : node.items) {
    if (entry.bad || entry.key == verb || Lists("split per help", entry.key)) continue;
    std::vector<std::string> partners;
    bool fits = false;
    for (const VerbKeys& each : kVerbs) {
      if (!Lists(each.keys, entry.key)) continue;
      partners.push_back(each.verb);
      fits = fits || each.verb == verb;
    }
    if (fits) continue;
    const bool window = entry.key == "over" && verb == "level";
    KeyError(problems, entry,
             window ? "a level has no window: leave `over` out, `per` is enough to export it"
                    : absl::StrCat("`", entry.key, "` does not go with ", verb, "; it goes with ",
                                   absl::StrJoin(partners, ", ")));
  }
}

bool CheckName(Problems& problems, const Node& node) {
  if (IsFormulaFunction(node.key)) {
    KeyError(problems, node, absl::StrCat("\"", node.key, "\" is a function of formulas"));
    return false;
  }
  for (const char* ending : {"_total", "_count", "_sum", "_bucket"}) {
    if (!absl::EndsWith(node.key, ending)) continue;
    KeyError(problems, node,
             absl::StrCat("the ending ", ending, " is kept for other kinds of series"));
    return false;
  }
  return true;
}

// A share of two KPIs that are counted in the same unit.
void CompileShare(KpiCompilation& kpis, KpiId id, const Node& node) {
  const Node* share = node.Get("share");
  const Node* of = node.Get("of");
  if (!node.Has("of"))
    KeyError(kpis.problems(), node, "`share` needs `of`: the KPI that is the whole");
  if (share == nullptr || of == nullptr) {
    kpis.works[id].broken = true;
    return;
  }
  const auto numerator = kpis.Use(share->text, share->place, share->path);
  const auto denominator = kpis.Use(of->text, of->place, of->path);
  kpis.works[id].broken = true;
  if (!numerator.has_value() || !denominator.has_value()) return;
  for (const auto& [part, at] : {std::pair(*numerator, share), std::pair(*denominator, of)}) {
    const KpiKind kind = kpis.kpi(part).kind;
    if (kind != KpiKind::kCount && kind != KpiKind::kSum && kind != KpiKind::kLevel) {
      return Error(kpis.problems(), *at,
                   "a share is of counts, sums or levels; use a formula for the others");
    }
  }
  const Kpi& above = kpis.kpi(*numerator);
  const Kpi& below = kpis.kpi(*denominator);
  if (above.windowed != below.windowed) {
    return Error(kpis.problems(), *of,
                 absl::StrCat("\"", share->text, "\" and \"", of->text,
                              "\" must both have windows, or be levels both"));
  }
  if (!(above.unit == below.unit)) {
    return Error(kpis.problems(), *of,
                 absl::StrCat("a share needs equal units: ", share->text, " is in ",
                              UnitText(above.unit), ", ", of->text, " in ", UnitText(below.unit)));
  }
  kpis.works[id].broken = false;
  Kpi& kpi = kpis.kpi(id);
  kpi.kind = KpiKind::kShare;
  kpi.numerator = *numerator;
  kpi.denominator = *denominator;
  kpi.windowed = above.windowed;
}

void CompileVerb(KpiCompilation& kpis, KpiId id, const Node& verb) {
  if (verb.key == "share") {
    CompileShare(kpis, id, *kpis.works[id].node);
  } else if (verb.key == "formula") {
    kpis.works[id].broken = !CompileFormula(kpis, id, verb);
  } else {
    kpis.works[id].broken = !CompileTerm(kpis, id, verb);
  }
}

}  // namespace

TermId KpiCompilation::AddTerm(Term term) {
  std::vector<Term>& terms = definition().terms;
  for (size_t i = 0; i < terms.size(); ++i) {
    if (SameTerm(terms[i], term)) return static_cast<TermId>(i);
  }
  terms.push_back(std::move(term));
  return static_cast<TermId>(terms.size() - 1);
}

std::optional<KpiId> KpiCompilation::Use(const std::string& name, const Place& place,
                                         absl::string_view path) {
  const auto found = definition().kpi_ids.find(name);
  if (found == definition().kpi_ids.end()) {
    std::vector<std::string> names;
    for (const Kpi& each : definition().kpis) names.push_back(each.name);
    problems().Error(place, path, UnknownName("KPI", name, names));
    return std::nullopt;
  }
  const KpiId id = found->second;
  if (works[id].progress == KpiWork::Progress::kOpen) {
    std::string circle = "a circle of KPIs: ";
    for (auto at = std::find(way.begin(), way.end(), id); at != way.end(); ++at) {
      absl::StrAppend(&circle, kpi(*at).name, " -> ");
    }
    problems().Error(place, path, absl::StrCat(circle, name));
    return std::nullopt;
  }
  if (way.size() > kChainMax) {
    problems().Error(place, path, absl::StrCat("a chain of more than ", kChainMax, " KPIs"));
    return std::nullopt;
  }
  Compile(id);
  if (works[id].broken) return std::nullopt;
  return id;
}

void KpiCompilation::Compile(KpiId id) {
  if (works[id].progress != KpiWork::Progress::kNew) return;
  works[id].progress = KpiWork::Progress::kOpen;
  way.push_back(id);
  const Node& node = *works[id].node;
  works[id].broken = true;
  const Node* verb = node.bad || !CheckName(problems(), node) ? nullptr : VerbOf(problems(), node);
  if (verb != nullptr) {
    CheckKeys(problems(), node, verb->key);
    if (!verb->bad) CompileVerb(*this, id, *verb);
  }
  way.pop_back();
  works[id].progress = KpiWork::Progress::kDone;
}

void CompileKpis(Compilation& compilation) {
  KpiCompilation kpis{compilation, {}, {}};
  if (const Node* section = compilation.root.Get("kpis")) {
    for (const Node& entry : section->items) {
      if (entry.bad && !entry.IsMap()) continue;
      if (kpis.works.size() == kKpisMax) {
        KeyError(compilation.problems, entry, absl::StrCat("more than ", kKpisMax, " KPIs"));
        break;
      }
      const auto id = static_cast<KpiId>(kpis.works.size());
      compilation.definition.kpi_ids[entry.key] = id;
      compilation.definition.kpis.push_back(Kpi{.name = entry.key});
      kpis.works.push_back({.node = &entry});
    }
  }
  for (size_t i = 0; i < kpis.works.size(); ++i) kpis.Compile(static_cast<KpiId>(i));
  ExportKpis(kpis);
}

Unit Combine(const Unit& a, const Unit& b, int sign) {
  Unit unit = a;
  for (const auto& [name, power] : b.powers) {
    int& sum = unit.powers[name];
    sum += sign * power;
    if (sum == 0) unit.powers.erase(name);
  }
  return unit;
}

}  // namespace takt
