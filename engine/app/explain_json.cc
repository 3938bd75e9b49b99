#include "engine/app/explain_json.h"

#include <utility>

#include "engine/app/change_text.h"
#include "engine/app/moment_text.h"
#include "engine/base/bytes.h"
#include "engine/kpi/evaluate.h"
#include "engine/model/change_codec.h"

namespace takt {
namespace {

constexpr size_t kPlacesShown = 3;
constexpr int kLinksDeep = 3;

class Renderer {
 public:
  Renderer(const Definition& definition, const Explanation& explanation, const SourcePlaces* places)
      : definition_(definition),
        found_(explanation),
        question_(explanation.question),
        places_(places) {}

  std::string Render() && {
    json_.Object([&] {
      WriteHead();
      WriteValues();
      json_.Key("steps").Array([&] {
        for (size_t i = 0; i < found_.plan.plan.columns.size(); ++i) WriteStep(i);
      });
      json_.Key("parts").Array([&] {
        for (size_t i = 0; i < found_.parts.size(); ++i) {
          json_.Object([&] { WritePart(i); });
        }
      });
      json_.Member("entities_looked_at", found_.entities);
      json_.Member("places_known", places_ != nullptr);
    });
    return std::move(json_).Finish() + "\n";
  }

 private:
  const Kpi& KpiOf(size_t column) const {
    return definition_.kpis[found_.plan.plan.columns[column].kpi];
  }

  void WriteGroup(size_t column) {
    json_.Key("group").Object([&] {
      for (const auto& [dimension, value] : found_.plan.groups[column]) {
        json_.Member(definition_.dimensions[dimension].label,
                     definition_.dimensions[dimension].values[value]);
      }
    });
  }

  void WriteSpan(size_t column) {
    const SpanPlan& span = found_.plan.plan.spans[found_.plan.plan.columns[column].span];
    json_.Key("window");
    if (span.window.has_value()) {
      json_.Value(span.window->label);
    } else {
      json_.Null();
    }
  }

  void WriteHead() {
    const size_t value = found_.plan.plan.columns.size() - 1;
    const Kpi& kpi = KpiOf(value);
    json_.Member("kpi", kpi.name);
    json_.Member("level", definition_.levels[question_.value.level].name);
    WriteGroup(value);
    WriteSpan(value);
    json_.Member("unit", UnitText(kpi.unit));
    json_.Member("currency", kpi.unit.powers.contains("money") ? definition_.currency.code : "");
    json_.Member("definition", kpi.help).Member("expression", ExpressionText(definition_, kpi));
    if (question_.moves) {
      json_.Member("from", MomentText(question_.moments[kBefore]));
      json_.Member("to", MomentText(question_.moments[kAfter]));
    } else {
      json_.Member("now", MomentText(question_.moments[kAfter]));
    }
  }

  void WriteBoth(double before, double after) {
    if (!question_.moves) {
      json_.Member("value", after);
      return;
    }
    json_.Member("before", before).Member("after", after).Member("difference", after - before);
  }

  void WriteValues() {
    const size_t value = found_.plan.plan.columns.size() - 1;
    const Kpi& kpi = KpiOf(value);
    json_.Key("values").Array([&] {
      for (const SeriesPart& part : SeriesPartsOf(kpi)) {
        json_.Object([&] {
          json_.Member("part", part.part);
          WriteBoth(StatisticOf(found_.columns[kBefore][value], kpi.kind, part.statistic),
                    StatisticOf(found_.columns[kAfter][value], kpi.kind, part.statistic));
        });
      }
    });
  }

  void WriteStep(size_t column) {
    const std::string expression = ExpressionText(definition_, KpiOf(column));
    const ColumnPlan::Source source = found_.plan.plan.columns[column].source;
    const bool is_step =
        source == ColumnPlan::Source::kShare || source == ColumnPlan::Source::kFormula;
    if (!is_step) return;
    json_.Object([&] {
      json_.Member("kpi", KpiOf(column).name).Member("expression", expression);
      WriteSpan(column);
      WriteGroup(column);
      WriteBoth(found_.columns[kBefore][column].value, found_.columns[kAfter][column].value);
    });
  }

  const char* RoleOf(size_t part) const {
    const ColumnPlan& value = found_.plan.plan.columns.back();
    const int column = found_.plan.leaves[part].column;
    if (value.source != ColumnPlan::Source::kShare) return "term";
    return column == value.numerator ? "numerator" : "denominator";
  }

  void WriteMinute(const char* name, Minute minute) {
    json_.Key(name);
    if (minute == kMinuteMin) {
      json_.Null();
    } else {
      json_.Value(MomentText(EventTime{int64_t{minute} * kMicrosPerMinute}));
    }
  }

  void WritePart(size_t i) {
    const ExplainedPart& part = found_.parts[i];
    const auto column = static_cast<size_t>(found_.plan.leaves[i].column);
    const Kpi& kpi = KpiOf(column);
    json_.Member("kpi", kpi.name).Member("role", RoleOf(i));
    WriteSpan(column);
    WriteGroup(column);
    json_.Member("unit", UnitText(kpi.unit));
    WriteMinute("begin", part.wanted.ranges[kAfter].begin);
    WriteMinute("end", part.wanted.ranges[kAfter].end);
    WriteBoth(part.measured[kBefore].value, part.measured[kAfter].value);
    if (question_.moves) {
      WriteMinute("before_begin", part.wanted.ranges[kBefore].begin);
      WriteMinute("before_end", part.wanted.ranges[kBefore].end);
      json_.Member("total_before", InUnits(found_, i, part.totals[kBefore]));
      json_.Member("total_after", InUnits(found_, i, part.totals[kAfter]));
      json_.Member("effect", part.effect).Member("moved", part.moved);
    } else {
      json_.Member("total", InUnits(found_, i, part.totals[kAfter]));
    }
    json_.Member("contributing", part.contributing[kAfter]);
    const uint64_t all = question_.moves ? part.moved : part.contributing[kAfter];
    const uint64_t listed = part.listed.size();
    json_.Member("more", all > listed ? all - listed : 0);
    json_.Key("entities").Array([&] {
      for (const ExplainedEntity& entity : part.listed) {
        json_.Object([&] { WriteEntity(i, entity); });
      }
    });
  }

  void WriteEntity(size_t part, const ExplainedEntity& entity) {
    const Contribution& one = entity.contribution;
    json_.Member("object", definition_.objects[one.object].name).Member("id", one.id);
    const double before = InUnits(found_, part, entity.amounts[kBefore]);
    const double after = InUnits(found_, part, entity.amounts[kAfter]);
    if (question_.moves) {
      json_.Member("before", before).Member("after", after).Member("effect", entity.effect);
    } else {
      json_.Member("contribution", after);
    }
    WriteMinute("dated", one.dated);
    json_.Member("changed_since", entity.changed_since);
    json_.Member("changes_searched", entity.causes.found);
    json_.Key("changes").Array([&] { WriteChanges(entity.causes); });
    json_.Key("through").Array([&] { WriteThrough(entity.causes, kLinksDeep); });
  }

  void WriteChanges(const Causes& causes) {
    for (const Cause& cause : causes.causes) {
      if (cause.change.empty()) continue;
      ByteReader reader(cause.change);
      Change change;
      if (!DecodeChange(reader, &change)) continue;  // cannot be: the ledger encoded it
      json_.Object([&] {
        WriteChangeMembers(definition_, change, json_);
        if (cause.merged) json_.Member("merged", true);
        WritePlaces(cause.change);
      });
    }
  }

  void WritePlaces(const std::string& change) {
    if (places_ == nullptr) return;
    const auto found = places_->find(change);
    const size_t count = found == places_->end() ? 0 : found->second.size();
    json_.Key("places").Array([&] {
      for (size_t i = 0; i < std::min(count, kPlacesShown); ++i) {
        const SourcePlace& place = found->second[i];
        json_.Object([&] {
          json_.Member("source", place.source).Member("topic", place.topic);
          json_.Member("partition", place.partition).Member("offset", place.offset);
          if (place.line > 0) json_.Member("line", place.line);
        });
      }
    });
    json_.Member("more_places", count > kPlacesShown ? count - kPlacesShown : 0);
  }

  void WriteThrough(const Causes& causes, int depth) {
    for (const Cause& cause : causes.causes) {
      if (!cause.change.empty()) continue;
      const Object& object = definition_.objects[cause.object];
      json_.Object([&] {
        json_.Member("object", object.name).Member("id", cause.id);
        json_.Member("link", object.links[cause.link].name);
        json_.Key("moments").Array([&] {
          for (const CausingOccurrence& one : cause.occurrences) {
            json_.Object([&] {
              json_.Member("moment", object.moments[one.moment].name);
              json_.Member("time", MomentText(one.time));
            });
          }
        });
        const auto told = found_.told.find(ToldKey(cause.object, cause.id, cause.link));
        if (told == found_.told.end()) return;
        json_.Key("changes").Array([&] { WriteChanges(told->second); });
        if (depth > 0) {
          json_.Key("through").Array([&] { WriteThrough(told->second, depth - 1); });
        }
      });
    }
  }

  const Definition& definition_;
  const Explanation& found_;
  const ExplainQuestion& question_;
  const SourcePlaces* places_;
  JsonWriter json_;
};

}  // namespace

double InUnits(const Explanation& explanation, size_t part, Int128 amount) {
  const ColumnPlan& column = explanation.plan.plan.columns[explanation.plan.leaves[part].column];
  const bool is_time =
      column.source == ColumnPlan::Source::kDurations || column.source == ColumnPlan::Source::kAge;
  return static_cast<double>(amount) / (is_time ? 1e6 : column.divisor);
}

std::string RenderExplanation(const Definition& definition, const Explanation& explanation,
                              const SourcePlaces* places) {
  return Renderer(definition, explanation, places).Render();
}

}  // namespace takt
