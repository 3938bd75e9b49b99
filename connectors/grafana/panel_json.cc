#include "connectors/grafana/panel_json.h"

#include <string>
#include <utility>

#include "absl/strings/str_cat.h"

namespace takt {
namespace {

const char* TypeName(PanelKind kind) {
  switch (kind) {
    case PanelKind::kStat:
      return "stat";
    case PanelKind::kTimeSeries:
      return "timeseries";
    case PanelKind::kTable:
      return "table";
  }
  return "";
}

std::string RefId(size_t place) { return std::string(1, static_cast<char>('A' + place)); }

void WriteQueries(const Panel& panel, JsonWriter& json) {
  json.Key("targets").Array([&] {
    for (size_t place = 0; place < panel.queries.size(); ++place) {
      const PanelQuery& query = panel.queries[place];
      const bool instant = query.instant || query.table;
      json.Object([&] {
        json.Member("refId", RefId(place)).Member("expr", query.expr);
        json.Key("datasource").Object([&] {
          json.Member("type", "prometheus").Member("uid", "${datasource}");
        });
        json.Member("legendFormat", query.legend.empty() ? "__auto" : query.legend);
        json.Member("instant", instant).Member("range", !instant);
        json.Member("format", query.table ? "table" : "time_series");
      });
    }
  });
}

// Not a number and no value are a dash: neither is zero.
void WriteMappings(JsonWriter& json) {
  json.Key("mappings").Array([&] {
    json.Object([&] {
      json.Member("type", "special").Key("options").Object([&] {
        json.Member("match", "null+nan").Key("result").Object([&] {
          json.Member("index", 0).Member("text", "–");
        });
      });
    });
  });
}

void WriteThresholds(const Panel& panel, JsonWriter& json) {
  json.Key("thresholds").Object([&] {
    json.Member("mode", "absolute").Key("steps").Array([&] {
      if (panel.thresholds.empty()) {
        json.Object([&] { json.Member("color", "text").Key("value").Null(); });
      }
      for (const Threshold& each : panel.thresholds) {
        json.Object([&] { json.Member("color", each.colour).Member("value", each.from); });
      }
    });
  });
}

void WriteCustom(const Panel& panel, JsonWriter& json) {
  if (panel.kind == PanelKind::kTimeSeries) {
    json.Key("custom").Object([&] {
      json.Member("drawStyle", "line").Member("lineWidth", 2).Member("fillOpacity", 0);
      json.Member("showPoints", "never").Member("spanNulls", false);
      json.Member("axisSoftMin", 0);
    });
  } else if (panel.kind == PanelKind::kTable) {
    json.Key("custom").Object([&] { json.Member("align", "auto").Member("filterable", false); });
  }
}

// The rows of a table are of all queries; there the column's name tells.
void WriteMatcher(const Panel& panel, const std::string& query, JsonWriter& json) {
  if (panel.kind != PanelKind::kTable) {
    json.Member("id", "byFrameRefID").Member("options", query);
  } else {
    json.Member("id", "byName").Member("options", panel.queries[query[0] - 'A'].legend);
  }
}

void WriteFields(const Panel& panel, JsonWriter& json) {
  json.Key("fieldConfig").Object([&] {
    json.Key("defaults").Object([&] {
      json.Member("unit", panel.unit).Member("noValue", "–");
      if (panel.decimals.has_value()) json.Member("decimals", *panel.decimals);
      if (panel.max.has_value()) json.Member("max", *panel.max);
      json.Key("color").Object([&] {
        json.Member("mode",
                    panel.kind == PanelKind::kTimeSeries ? "palette-classic" : "thresholds");
      });
      WriteMappings(json);
      WriteThresholds(panel, json);
      WriteCustom(panel, json);
    });
    json.Key("overrides").Array([&] {
      for (const FieldOverride& each : panel.overrides) {
        json.Object([&] {
          json.Key("matcher").Object([&] { WriteMatcher(panel, each.query, json); });
          json.Key("properties").Array([&] {
            for (const FieldProperty& property : each.properties) {
              json.Object([&] { json.Member("id", property.id).Key("value").Raw(property.json); });
            }
          });
        });
      }
    });
  });
}

void WriteReduce(JsonWriter& json) {
  json.Key("reduceOptions").Object([&] {
    // The last value even where it is undefined: an older number must not stand in for it.
    json.Key("calcs").Array([&] { json.Value("last"); });
    json.Member("fields", "").Member("values", false);
  });
}

void WriteStatOptions(const Panel& panel, JsonWriter& json) {
  WriteReduce(json);
  const bool several = panel.queries.size() > 1;
  json.Member("colorMode", panel.coloured_background ? "background" : "value");
  json.Member("graphMode", panel.queries.front().instant ? "none" : "area");
  json.Member("justifyMode", "auto").Member("orientation", "horizontal");
  json.Member("textMode", several ? "value_and_name" : "value").Member("wideLayout", true);
  if (panel.value_pixels > 0) {
    json.Key("text").Object([&] {
      json.Member("titleSize", panel.value_pixels / 3).Member("valueSize", panel.value_pixels);
    });
  }
}

void WriteOptions(const Panel& panel, JsonWriter& json) {
  json.Key("options").Object([&] {
    switch (panel.kind) {
      case PanelKind::kStat:
        WriteStatOptions(panel, json);
        break;
      case PanelKind::kTimeSeries:
        json.Key("legend").Object([&] {
          json.Member("displayMode", "list").Member("placement", "bottom");
          json.Member("showLegend", true).Key("calcs").Array([] {});
        });
        json.Key("tooltip").Object([&] { json.Member("mode", "multi").Member("sort", "desc"); });
        break;
      case PanelKind::kTable:
        json.Member("showHeader", true).Member("cellHeight", "sm");
        json.Key("footer").Object([&] { json.Member("show", false); });
        break;
    }
  });
}

void WriteTransformation(const char* id, const std::string& options, JsonWriter& json) {
  json.Object([&] { json.Member("id", id).Key("options").Raw(options); });
}

// Which columns go, and what the others are called.
std::string OrganizeOptions(const Panel& panel) {
  JsonWriter json;
  json.Object([&] {
    json.Key("excludeByName").Object([&] {
      json.Member("Time", true);
      for (size_t place = 1; place <= panel.queries.size(); ++place) {
        json.Member(absl::StrCat("Time ", place), true);
      }
      for (const std::string& each : panel.hidden) json.Member(each, true);
    });
    json.Key("renameByName").Object([&] {
      for (size_t place = 0; place < panel.queries.size(); ++place) {
        const bool several = panel.queries.size() > 1;
        json.Member(several ? absl::StrCat("Value #", RefId(place)) : "Value",
                    panel.queries[place].legend);
      }
    });
  });
  return std::move(json).Finish();
}

// Rows of several queries meet at their label; times and what nobody looks at goes.
void WriteTransformations(const Panel& panel, JsonWriter& json) {
  if (panel.kind != PanelKind::kTable) return;
  json.Key("transformations").Array([&] {
    if (!panel.joined_by.empty()) {
      WriteTransformation(
          "joinByField",
          absl::StrCat("{\"byField\":", JsonText(panel.joined_by), ",\"mode\":\"outer\"}"), json);
    }
    WriteTransformation("organize", OrganizeOptions(panel), json);
    if (!panel.sorted_by.empty()) {
      WriteTransformation("sortBy",
                          absl::StrCat("{\"sort\":[{\"field\":", JsonText(panel.sorted_by),
                                       ",\"desc\":", panel.ascending ? "false" : "true", "}]}"),
                          json);
    }
    if (panel.rows_max > 0) {
      WriteTransformation("limit", absl::StrCat("{\"limitField\":", panel.rows_max, "}"), json);
    }
  });
}

}  // namespace

void WritePanel(const Panel& panel, JsonWriter& json) {
  json.Member("type", TypeName(panel.kind)).Member("title", panel.title);
  json.Member("description", panel.description).Member("transparent", false);
  WriteQueries(panel, json);
  WriteFields(panel, json);
  WriteOptions(panel, json);
  WriteTransformations(panel, json);
}

}  // namespace takt
