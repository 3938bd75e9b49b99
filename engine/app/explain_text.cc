#include "engine/app/explain_text.h"

#include <algorithm>
#include <cmath>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "engine/app/change_text.h"
#include "engine/app/explain_json.h"
#include "engine/app/moment_text.h"
#include "engine/base/bytes.h"
#include "engine/kpi/evaluate.h"
#include "engine/kpi/value_text.h"
#include "engine/model/change_codec.h"
#include "engine/model/change_kind_name.h"

namespace takt {
namespace {

constexpr int kLinksDeep = 3;

class TextRenderer {
 public:
  TextRenderer(const Definition& definition, const Explanation& explanation,
               const SourcePlaces* places)
      : definition_(definition),
        found_(explanation),
        question_(explanation.question),
        places_(places) {}

  std::string Render() && {
    WriteHead();
    for (size_t i = 0; i < found_.parts.size(); ++i) WritePart(i);
    return std::move(out_);
  }

 private:
  const Kpi& KpiOf(size_t column) const {
    return definition_.kpis[found_.plan.plan.columns[column].kpi];
  }

  std::string LocalText(absl::Time time) const {
    return absl::FormatTime("%Y-%m-%d %H:%M", time, definition_.calendar.zone());
  }
  std::string MinuteText(Minute minute) const {
    if (minute == kMinuteMin) return "the beginning";
    return LocalText(absl::FromUnixMicros(int64_t{minute} * kMicrosPerMinute));
  }

  std::string PlaceText(size_t column) const {
    std::string text = KpiOf(column).name;
    for (const auto& [dimension, value] : found_.plan.groups[column]) {
      absl::StrAppend(&text, ", ", definition_.dimensions[dimension].name, " ",
                      definition_.dimensions[dimension].values[value]);
    }
    if (found_.plan.groups[column].empty()) absl::StrAppend(&text, ", company");
    const SpanPlan& span = found_.plan.plan.spans[found_.plan.plan.columns[column].span];
    if (span.window.has_value()) absl::StrAppend(&text, ", ", span.window->label);
    return text;
  }

  // "+3", "-1.2 %"; of the whole value.
  std::string SignedText(const Kpi& kpi, double value) const {
    const std::string text = ValueText(kpi, value);
    return value > 0 ? absl::StrCat("+", text) : text;
  }

  std::string ValuesText(const Kpi& kpi, double before, double after) const {
    if (!question_.moves) return ValueText(kpi, after);
    return absl::StrCat(ValueText(kpi, before), " -> ", ValueText(kpi, after), " (",
                        SignedText(kpi, after - before), ")");
  }

  void WriteHead() {
    const size_t value = found_.plan.plan.columns.size() - 1;
    const Kpi& kpi = KpiOf(value);
    absl::StrAppend(&out_, PlaceText(value));
    if (question_.moves) {
      absl::StrAppend(&out_, ", from ", LocalText(question_.moments[kBefore].ToTime()), " to ");
    } else {
      absl::StrAppend(&out_, ", as of ");
    }
    absl::StrAppend(&out_, LocalText(question_.moments[kAfter].ToTime()), " (",
                    definition_.calendar.zone_name(), ")\n");
    for (size_t i = 0; i <= value; ++i) {
      const std::string expression = ExpressionText(definition_, KpiOf(i));
      if (i != value && expression.empty()) continue;
      absl::StrAppend(
          &out_, "  ", KpiOf(i).name, expression.empty() ? "" : " = ", expression, " = ",
          ValuesText(KpiOf(i), found_.columns[kBefore][i].value, found_.columns[kAfter][i].value),
          "\n");
    }
    for (const SeriesPart& part : SeriesPartsOf(kpi)) {
      if (part.part[0] == '\0' || kpi.kind == KpiKind::kShare) continue;
      const double before = StatisticOf(found_.columns[kBefore][value], kpi.kind, part.statistic);
      const double after = StatisticOf(found_.columns[kAfter][value], kpi.kind, part.statistic);
      const bool counts = part.statistic == Statistic::kCount;
      absl::StrAppend(&out_, "  ", part.part, " ",
                      counts ? absl::StrFormat("%.0f", after) : ValuesText(kpi, before, after),
                      "\n");
    }
  }

  std::string Contributing(const ExplainedPart& part) const {
    const Term& term = definition_.terms[part.wanted.term];
    const bool facts = term.kind == TermKind::kDurations || term.kind == TermKind::kOutcomes;
    const std::string noun = facts ? "outcomes" : definition_.objects[term.object].name + "s";
    const uint64_t count = question_.moves ? part.moved : part.contributing[kAfter];
    return absl::StrCat(count, " ", noun, question_.moves ? " moved" : "");
  }

  void WritePart(size_t i) {
    const ExplainedPart& part = found_.parts[i];
    const auto column = static_cast<size_t>(found_.plan.leaves[i].column);
    const Kpi& kpi = KpiOf(column);
    const Kpi& whole = KpiOf(found_.plan.plan.columns.size() - 1);
    absl::StrAppend(&out_, "\n", PlaceText(column), ": ",
                    ValuesText(kpi, part.measured[kBefore].value, part.measured[kAfter].value),
                    ", ", Contributing(part));
    if (question_.moves) {
      absl::StrAppend(&out_, ", moved ", whole.name, " by ", SignedText(whole, part.effect), "\n");
    } else {
      absl::StrAppend(&out_, ", ", MinuteText(part.wanted.ranges[kAfter].begin), " to ",
                      MinuteText(part.wanted.ranges[kAfter].end), "\n");
    }
    for (const ExplainedEntity& entity : part.listed) WriteEntity(i, entity);
    const uint64_t all = question_.moves ? part.moved : part.contributing[kAfter];
    if (all > part.listed.size()) {
      absl::StrAppend(&out_, "  ... ", all - part.listed.size(), " more\n");
    }
  }

  std::string AmountText(size_t part, Int128 amount) const {
    const Kpi& kpi = KpiOf(static_cast<size_t>(found_.plan.leaves[part].column));
    const double value = InUnits(found_, part, amount);
    const ColumnPlan::Source source =
        found_.plan.plan.columns[found_.plan.leaves[part].column].source;
    if (source == ColumnPlan::Source::kOutcomesShare) return absl::StrFormat("%.0f", value);
    return ValueText(kpi, value);
  }

  void WriteEntity(size_t part, const ExplainedEntity& entity) {
    const Contribution& one = entity.contribution;
    const Kpi& whole = KpiOf(found_.plan.plan.columns.size() - 1);
    std::string amount = AmountText(part, entity.amounts[kAfter]);
    if (question_.moves) {
      amount = absl::StrCat(AmountText(part, entity.amounts[kBefore]), " -> ", amount);
    }
    absl::StrAppend(&out_, "  ", definition_.objects[one.object].name, " ", one.id, "  ", amount,
                    "  ", MinuteText(one.dated));
    if (question_.moves) absl::StrAppend(&out_, "  ", SignedText(whole, entity.effect));
    if (entity.changed_since) absl::StrAppend(&out_, "  (changed since)");
    if (entity.causes.too_long)
      absl::StrAppend(&out_, "  (its history is too long to look through)");
    out_.push_back('\n');
    WriteCauses(entity.causes, 6, kLinksDeep);
  }

  void WriteCauses(const Causes& causes, int indent, int depth) {
    const std::string blank(static_cast<size_t>(indent), ' ');
    for (const Cause& cause : causes.causes) {
      if (!cause.change.empty()) {
        ByteReader reader(cause.change);
        Change change;
        if (!DecodeChange(reader, &change)) continue;  // cannot be: the ledger encoded it
        absl::StrAppend(&out_, blank, MomentText(change.time), " ", ChangeKindName(change.kind),
                        " ", cause.merged ? absl::StrCat("(merged ", cause.id, ") ") : "",
                        FieldsText(definition_, change), PlacesText(cause.change), "\n");
        continue;
      }
      const Object& object = definition_.objects[cause.object];
      absl::StrAppend(&out_, blank, "by its ", object.name, " ", cause.id, ":");
      for (const CausingOccurrence& occurrence : cause.occurrences) {
        absl::StrAppend(&out_, " ", object.moments[occurrence.moment].name, " ",
                        MomentText(occurrence.time));
      }
      out_.push_back('\n');
      const auto told = found_.told.find(ToldKey(cause.object, cause.id, cause.link));
      if (told != found_.told.end() && depth > 0) WriteCauses(told->second, indent + 2, depth - 1);
    }
  }

  std::string PlacesText(const std::string& change) const {
    if (places_ == nullptr) return "";
    const auto found = places_->find(change);
    if (found == places_->end() || found->second.empty()) return "";
    const SourcePlace& place = found->second.front();
    std::string text = absl::StrCat("  [", place.source, " ", place.topic);
    if (place.line > 0) {
      absl::StrAppend(&text, ":", place.line);
    } else {
      absl::StrAppend(&text, "/", place.partition, " @", place.offset);
    }
    if (found->second.size() > 1) absl::StrAppend(&text, ", ", found->second.size() - 1, " more");
    return text + "]";
  }

  const Definition& definition_;
  const Explanation& found_;
  const ExplainQuestion& question_;
  const SourcePlaces* places_;
  std::string out_;
};

}  // namespace

std::string RenderExplanationText(const Definition& definition, const Explanation& explanation,
                                  const SourcePlaces* places) {
  return TextRenderer(definition, explanation, places).Render();
}

}  // namespace takt
