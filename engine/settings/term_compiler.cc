#include "engine/settings/term_compiler.h"

#include <algorithm>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "engine/settings/condition_compiler.h"
#include "engine/settings/measure.h"
#include "engine/settings/moment_compiler.h"
#include "engine/settings/nearest.h"
#include "engine/settings/values.h"

namespace takt {
namespace {

constexpr absl::string_view kOncePerWindow = "window";

Period PeriodNamed(absl::string_view name) {
  if (name == "day") return Period::kDay;
  if (name == "week") return Period::kWeek;
  if (name == "month") return Period::kMonth;
  if (name == "quarter") return Period::kQuarter;
  if (name == "year") return Period::kYear;
  if (name == "fiscal_quarter") return Period::kFiscalQuarter;
  return Period::kFiscalYear;
}

class TermCompiler {
 public:
  TermCompiler(KpiCompilation& kpis, KpiId id, const Node& verb)
      : kpis_(kpis),
        compilation_(kpis.compilation),
        id_(id),
        node_(*kpis.works[id].node),
        verb_(verb) {}

  bool Compile() {
    const std::optional<WrittenMeasure> measure = ReadMeasure(compilation_, verb_);
    if (!measure.has_value()) return false;
    rows_ = measure->rows;
    term_.object = rows_.object;
    term_.rows = rows_.source;
    if (const Node* where = node_.Get("where")) {
      term_.where = CompileConditions(compilation_, rows_, *where);
    }
    kpis_.works[id_].rows = rows_;
    const bool visits = rows_.source == RowSource::kVisit;
    kpis_.works[id_].noun = visits ? "visit" : compilation_.object(rows_.object).name;
    if (verb_.key == "level") return CompileLevel(*measure);
    if (measure->age) {
      return Fail(verb_, "`age` is a level: {level: visit.age, while: open}");
    }
    if (verb_.key == "durations") return CompileDurations();
    return CompileCount(*measure);
  }

 private:
  bool Fail(const Node& node, std::string text) {
    Error(compilation_.problems, node, std::move(text));
    return false;
  }

  std::optional<MomentId> MomentAt(const Node& node, absl::string_view text) {
    return FindMoment(compilation_, rows_, node, text);
  }

  // The moments of a key; by default the first one, which is `created` or `entered`.
  bool ReadMoments(const char* key, std::vector<MomentId>& moments) {
    if (!node_.Has(key)) {
      moments = {0};
      return true;
    }
    const Node* list = node_.Get(key);
    if (list == nullptr) return false;
    for (const Node* each : list->Many()) {
      const auto moment = MomentAt(*each, each->text);
      if (!moment.has_value()) return false;
      if (std::find(moments.begin(), moments.end(), *moment) == moments.end()) {
        moments.push_back(*moment);
      }
    }
    std::sort(moments.begin(), moments.end());
    return !moments.empty();
  }

  bool ReadOptionalMoment(const char* key, std::optional<MomentId>& moment) {
    if (!node_.Has(key)) return true;
    const Node* entry = node_.Get(key);
    if (entry == nullptr) return false;
    moment = MomentAt(*entry, entry->text);
    return moment.has_value();
  }

  bool ReadWithin() {
    const Node* within = node_.Get("within");
    if (within == nullptr) return !node_.Has("within");
    const std::vector<std::string> words =
        absl::StrSplit(within->text, absl::ByAnyChar(" \t"), absl::SkipEmpty());
    if (words.size() != 3 || words[1] != "of") {
      return Fail(*within, absl::StrCat("\"", within->text, "\" is not like \"90d of created\""));
    }
    const absl::StatusOr<absl::Duration> length = ParseDuration(words[0]);
    if (!length.ok()) return Fail(*within, std::string(length.status().message()));
    const auto moment = MomentAt(*within, words[2]);
    if (!moment.has_value()) return false;
    term_.within = *length;
    term_.within_of = *moment;
    return true;
  }

  bool ReadCredit() {
    const Node* credit = node_.Get("credit");
    if (credit == nullptr) return !node_.Has("credit");
    if (credit->text == "current") {
      term_.credit = Credit::kCurrent;
      return true;
    }
    const std::vector<std::string> parts = absl::StrSplit(credit->text, absl::MaxSplits('.', 1));
    const auto object = compilation_.definition.object_ids.find(parts[0]);
    if (object == compilation_.definition.object_ids.end()) {
      std::vector<std::string> names = NamesOf(compilation_.definition.objects);
      names.push_back("current");
      return Fail(*credit, UnknownName("object", parts[0], names));
    }
    if (verb_.key == "level" || rows_.source != RowSource::kEntity) {
      return Fail(*credit, "credit to a linked object goes with count and sum of entities");
    }
    if (parts.size() == 2 && !IsRoot(parts[1])) {
      return Fail(*credit, absl::StrCat("no dimension starts from the field \"", parts[1], "\""));
    }
    term_.credit = Credit::kOrigin;
    for (const MomentId moment : term_.at) {
      if (!HandOn(moment, object->second)) {
        const Object& owner = compilation_.object(rows_.object);
        return Fail(*credit, absl::StrCat("the moment \"", owner.moments[moment].name, "\" of ",
                                          owner.name, " does not come from \"", parts[0], "\""));
      }
    }
    return true;
  }

  bool IsRoot(const std::string& field) const {
    for (const Dimension& dimension : compilation_.definition.dimensions) {
      if (dimension.of == field || dimension.name == field) return true;
    }
    return false;
  }

  // Lets the links over which `moment` comes from `origin` hand on what dimensions are read from.
  bool HandOn(MomentId moment, ObjectId origin) {
    bool found = false;
    for (const auto& [object, link] : OriginsOf(compilation_.definition, rows_.object, moment)) {
      if (object != origin) continue;
      found = true;
      std::vector<FieldId>& fields = compilation_.object(object).links[link].fields;
      for (const DimensionFields& roots : compilation_.object(object).dimension_fields) {
        for (const std::optional<FieldId>& field : {roots.own, roots.root}) {
          if (field.has_value()) fields.push_back(*field);
        }
      }
      std::sort(fields.begin(), fields.end());
      fields.erase(std::unique(fields.begin(), fields.end()), fields.end());
    }
    return found;
  }

  bool CompileCount(const WrittenMeasure& measure) {
    const bool moments = ReadMoments("at", term_.at) && ReadOptionalMoment("dated", term_.dated) &&
                         ReadOptionalMoment("before", term_.before);
    if (!moments || !ReadWithin() || !ReadCredit()) return false;
    term_.measure = measure.measure;
    Kpi& kpi = kpis_.kpi(id_);
    kpi.kind = verb_.key == "sum" ? KpiKind::kSum : KpiKind::kCount;
    kpi.unit = UnitOf(measure);
    if (const Node* view = node_.Get("view")) term_.as_posted = view->text == "as_posted";
    const Node* once_per = node_.Get("once_per");
    if (once_per == nullptr) {
      kpi.term = kpis_.AddTerm(term_);
      return true;
    }
    if (once_per->text != kOncePerWindow) {
      term_.once_per = PeriodNamed(once_per->text);
      kpi.term = kpis_.AddTerm(term_);
      return true;
    }
    if (kpi.kind == KpiKind::kSum) {
      return Fail(*once_per,
                  "once_per: window goes with count; a sum may say day, week, month ...");
    }
    if (term_.dated.has_value()) {
      return Fail(*once_per,
                  "once_per: window does not go with dated: a window holds what happens in it");
    }
    term_.kind = TermKind::kLevel;
    kpis_.works[id_].distinct = term_;
    return true;
  }

  bool CompileDurations() {
    if (!node_.Has("to")) {
      KeyError(compilation_.problems, node_, "`durations` needs `to`: the moment of the end");
      return false;
    }
    std::vector<MomentId> from;
    if (!ReadMoments("from", from) || !ReadMoments("to", term_.at) || !ReadCredit()) return false;
    term_.kind = TermKind::kDurations;
    term_.from = from[0];
    Kpi& kpi = kpis_.kpi(id_);
    kpi.kind = KpiKind::kDurations;
    kpi.unit.powers["seconds"] = 1;
    kpi.term = kpis_.AddTerm(term_);
    return true;
  }

  bool ReadStates() {
    if (!node_.Has("while")) {
      if (rows_.source == RowSource::kEntity) term_.states.push_back({0, std::nullopt});
      return true;
    }
    const Node* list = node_.Get("while");
    if (list == nullptr) return false;
    for (const Node* each : list->Many()) {
      const absl::string_view text = absl::StripAsciiWhitespace(each->text);
      const size_t end = std::min(text.find(' '), text.size());
      const std::vector<std::string> names = NamesOf(compilation_.object(rows_.object).states);
      const auto found = std::find(names.begin(), names.end(), text.substr(0, end));
      if (found == names.end()) {
        const std::string what = absl::StrCat("state of ", compilation_.object(rows_.object).name);
        return Fail(*each, UnknownName(what, text.substr(0, end), names));
      }
      StateUse use{static_cast<StateId>(found - names.begin()), std::nullopt};
      if (end < text.size()) {
        const absl::StatusOr<CivilSpan> span = ParseSpan(text.substr(end + 1));
        if (!span.ok() || !absl::EndsWith(text, "ago")) {
          return Fail(*each, absl::StrCat("\"", each->text, "\" is not like \"active 365d ago\""));
        }
        use.ago = *span;
      }
      term_.states.push_back(use);
    }
    return !term_.states.empty();
  }

  bool CompileLevel(const WrittenMeasure& measure) {
    if (!ReadStates() || !ReadCredit()) return false;
    term_.kind = TermKind::kLevel;
    term_.measure = measure.measure;
    Kpi& kpi = kpis_.kpi(id_);
    kpi.kind = measure.age ? KpiKind::kAge : KpiKind::kLevel;
    kpi.windowed = false;
    kpi.unit = UnitOf(measure);
    kpi.term = kpis_.AddTerm(term_);
    if (measure.age) {
      term_.measure.kind = MeasureKind::kStart;
      kpi.start_term = kpis_.AddTerm(term_);
    }
    return true;
  }

  Unit UnitOf(const WrittenMeasure& measure) const {
    Unit unit;
    if (measure.age) {
      unit.powers["seconds"] = 1;
    } else if (measure.measure.kind == MeasureKind::kOne) {
      unit.powers[kpis_.works[id_].noun] = 1;
    } else {
      const Field& field = compilation_.object(rows_.object).fields[measure.measure.field];
      unit.powers[field.type == FieldType::kMoney ? "money" : field.name] = 1;
    }
    return unit;
  }

  KpiCompilation& kpis_;
  Compilation& compilation_;
  KpiId id_;
  const Node& node_;
  const Node& verb_;
  RowsOf rows_;
  Term term_;
};

}  // namespace

bool CompileTerm(KpiCompilation& kpis, KpiId id, const Node& verb) {
  return TermCompiler(kpis, id, verb).Compile();
}

}  // namespace takt
