#include "connectors/grafana/dashboard.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "connectors/grafana/panel_json.h"

namespace takt {
namespace {

constexpr int kColumns = 24;
constexpr int kSchemaVersion = 39;

void WriteDatasource(JsonWriter& json) {
  json.Key("datasource").Object([&] {
    json.Member("type", "prometheus").Member("uid", "${datasource}");
  });
}

void WriteCurrent(const DashboardVariable& variable, JsonWriter& json) {
  json.Key("current").Object([&] {
    if (variable.several) {
      json.Member("selected", true);
      json.Key("text").Array([&] { json.Value("All"); });
      json.Key("value").Array([&] { json.Value("$__all"); });
      return;
    }
    const std::string& text =
        variable.options.empty() ? variable.current : variable.options.front();
    json.Member("selected", true).Member("text", text).Member("value", text);
  });
}

void WriteFixed(const DashboardVariable& variable, JsonWriter& json) {
  std::string query;
  for (const std::string& option : variable.options) {
    absl::StrAppend(&query, query.empty() ? "" : ",", option);
  }
  json.Member("type", "custom").Member("query", query);
  json.Key("options").Array([&] {
    for (const std::string& option : variable.options) {
      json.Object([&] {
        json.Member("selected", option == variable.options.front());
        json.Member("text", option).Member("value", option);
      });
    }
  });
}

void WriteQueried(const DashboardVariable& variable, JsonWriter& json) {
  json.Member("type", "query").Member("definition", variable.query);
  json.Key("query").Object([&] {
    json.Member("qryType", 1).Member("query", variable.query).Member("refId", variable.name);
  });
  WriteDatasource(json);
  json.Key("options").Array([] {});
  json.Member("refresh", 2).Member("regex", "").Member("sort", 1);  // at each change of the range
  if (variable.several) json.Member("allValue", ".*");
}

void WriteVariable(const DashboardVariable& variable, JsonWriter& json) {
  json.Object([&] {
    json.Member("name", variable.name).Member("label", variable.label);
    json.Member("hide", variable.hidden ? 2 : 0).Member("skipUrlSync", false);
    json.Member("multi", variable.several).Member("includeAll", variable.several);
    WriteCurrent(variable, json);
    if (variable.query.empty()) {
      WriteFixed(variable, json);
    } else {
      WriteQueried(variable, json);
    }
  });
}

void WriteVariables(const DashboardHead& head, JsonWriter& json) {
  json.Key("templating").Object([&] {
    json.Key("list").Array([&] {
      json.Object([&] {
        json.Member("name", "datasource").Member("label", "Data Source");
        json.Member("type", "datasource").Member("query", "prometheus");
        json.Member("hide", head.dark ? 2 : 0);  // nothing to operate on a wall
        json.Member("multi", false).Member("includeAll", false).Member("refresh", 1);
        json.Member("regex", "").Member("skipUrlSync", false);
        json.Key("current").Object([] {}).Key("options").Array([] {});
      });
      for (const DashboardVariable& variable : head.variables) WriteVariable(variable, json);
    });
  });
}

// A changed configuration changes what KPIs mean, so it is drawn through all graphs.
void WriteAnnotations(JsonWriter& json) {
  json.Key("annotations").Object([&] {
    json.Key("list").Array([&] {
      json.Object([&] {
        json.Member("name", "Configuration changes").Member("enable", true);
        json.Member("hide", false).Member("iconColor", "purple");
        WriteDatasource(json);
        json.Member("expr",
                    "max by (hash) (takt_config_info) unless "
                    "max by (hash) (takt_config_info offset 2m)");
        json.Member("step", "60s").Member("titleFormat", "Another configuration");
        json.Member("textFormat", "{{hash}}").Member("useValueForTime", false);
      });
    });
  });
}

}  // namespace

std::string JsonText(const std::string& text) {
  std::string json;
  AppendJsonText(text, &json);
  return json;
}

void Dashboard::Place(int width, int height) {
  if (x_ + width > kColumns || (x_ > 0 && height != line_height_)) {
    y_ += line_height_;
    x_ = 0;
  }
  line_height_ = height;
}

void Dashboard::WritePosition(int width, int height) {
  panels_.Member("id", ++id_).Key("gridPos").Object([&] {
    panels_.Member("x", x_).Member("y", y_).Member("w", width).Member("h", height);
  });
  x_ += width;
}

void Dashboard::Row(const std::string& title) {
  if (x_ > 0) y_ += line_height_;
  x_ = 0;
  line_height_ = 1;
  panels_.Object([&] {
    WritePosition(kColumns, 1);
    panels_.Member("type", "row").Member("title", title).Member("collapsed", false);
    panels_.Key("panels").Array([] {});
  });
}

void Dashboard::Add(const Panel& panel) {
  Place(panel.width, panel.height);
  panels_.Object([&] {
    WritePosition(panel.width, panel.height);
    WriteDatasource(panels_);
    WritePanel(panel, panels_);
  });
}

std::string Dashboard::Finish() && {
  const std::string panels = std::move(panels_).Finish();
  JsonWriter json;
  json.Object([&] {
    json.Member("uid", head_.uid).Member("title", head_.title);
    json.Member("description", head_.description);
    json.Key("tags").Array([&] { json.Value("takt"); });
    json.Member("schemaVersion", kSchemaVersion).Member("version", 1);
    json.Member("editable", false).Member("graphTooltip", 1).Member("liveNow", false);
    json.Member("style", head_.dark ? "dark" : "light").Member("timezone", head_.time_zone);
    json.Member("refresh", head_.refresh);
    json.Key("time").Object([&] { json.Member("from", head_.from).Member("to", "now"); });
    json.Key("timepicker").Object([&] { json.Member("hidden", head_.dark); });
    WriteVariables(head_, json);
    WriteAnnotations(json);
    json.Key("links").Array([] {});
    json.Key("panels").Raw(absl::StrCat("[", panels, "]"));
  });
  return Indented(std::move(json).Finish());
}

}  // namespace takt
