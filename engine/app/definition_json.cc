#include "engine/app/definition_json.h"

#include <set>
#include <utility>

#include "engine/definition/stage_kind_name.h"
#include "engine/kpi/json_writer.h"

namespace takt {
namespace {

const char* KindName(KpiKind kind) {
  switch (kind) {
    case KpiKind::kCount:
      return "count";
    case KpiKind::kSum:
      return "sum";
    case KpiKind::kLevel:
      return "level";
    case KpiKind::kAge:
      return "age";
    case KpiKind::kDurations:
      return "durations";
    case KpiKind::kShare:
      return "share";
    case KpiKind::kFormula:
      return "formula";
  }
  return "";
}

void WriteLevels(const Definition& definition, JsonWriter& json) {
  json.Key("levels").Array([&] {
    for (const Level& level : definition.levels) {
      json.Object([&] {
        json.Member("name", level.name).Key("label");
        if (!level.dimension.has_value()) {
          json.Null().Key("groups").Array([] {});
          return;
        }
        const Dimension& dimension = definition.dimensions[*level.dimension];
        json.Value(dimension.label).Key("groups").Array([&] {
          for (const std::string& value : dimension.values) json.Value(value);
        });
      });
    }
  });
}

void WriteStages(const Definition& definition, JsonWriter& json) {
  json.Key("stages").Array([&] {
    for (const takt::Object& object : definition.objects) {
      for (const Stage& stage : object.stages) {
        json.Object([&] {
          json.Member("object", object.name).Member("pipeline", stage.pipeline);
          json.Member("name", stage.name).Member("kind", StageKindName(stage.kind));
        });
      }
    }
  });
}

void WriteOperands(const Definition& definition, const Kpi& kpi, JsonWriter& json) {
  std::set<std::string> read;
  for (const FormulaNode& node : kpi.formula) {
    if (node.kind == FormulaNode::Kind::kKpi) read.insert(definition.kpis[node.kpi].name);
  }
  json.Key("reads").Array([&] {
    for (const std::string& name : read) json.Value(name);
  });
}

void WriteKpi(const Definition& definition, const Kpi& kpi, JsonWriter& json) {
  json.Member("name", kpi.name).Member("help", kpi.help).Member("kind", KindName(kpi.kind));
  json.Member("unit", UnitText(kpi.unit));
  json.Key("windows").Array([&] {
    for (const Window& window : kpi.over) {
      if (kpi.windowed) json.Value(window.label);
    }
  });
  json.Key("levels").Array([&] {
    for (const LevelId level : kpi.per) json.Value(definition.levels[level].name);
  });
  json.Key("split").Array([&] {
    for (const DimensionId dimension : kpi.split) {
      json.Value(definition.dimensions[dimension].label);
    }
  });
  if (kpi.kind == KpiKind::kShare) {
    json.Member("numerator", definition.kpis[kpi.numerator].name);
    json.Member("denominator", definition.kpis[kpi.denominator].name);
  }
  if (kpi.kind == KpiKind::kFormula) WriteOperands(definition, kpi, json);
}

}  // namespace

std::string RenderDefinition(const Definition& definition) {
  JsonWriter json;
  json.Object([&] {
    json.Member("organisation", definition.organisation);
    json.Member("time_zone", definition.calendar.zone_name());
    json.Member("fiscal_year_month", definition.calendar.fiscal_year_month());
    json.Key("currency").Object([&] {
      json.Member("code", definition.currency.code);
      json.Member("decimals", definition.currency.decimals);
    });
    WriteLevels(definition, json);
    WriteStages(definition, json);
    json.Key("kpis").Array([&] {
      for (const Kpi& kpi : definition.kpis) {
        if (kpi.exported) json.Object([&] { WriteKpi(definition, kpi, json); });
      }
    });
  });
  return std::move(json).Finish() + "\n";
}

}  // namespace takt
