// A dashboard as Grafana's JSON model has it (schema 39, Grafana 10.4 and newer; older ones read it too): what
// all of ours have in common, so that one who adds a panel says what it shows and no more.
//
// Panels flow: left to right, a new line where one does not fit or is of another height. Every panel has
// title, description and unit; undefined values are a dash, which is told apart from zero.
//
// Threads: one at a time.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "engine/kpi/json_writer.h"

namespace takt {

struct PanelQuery {
  std::string expr;
  std::string legend;  // of a line; the name of a value or column
  bool instant = false;
  bool table = false;  // a row for each series, its labels as columns; instant
};

struct FieldProperty {
  std::string id;    // "unit", "custom.lineWidth"
  std::string json;  // its value
};

struct FieldOverride {
  std::string query;  // "A", "B" ...: the place of the query
  std::vector<FieldProperty> properties;
};

struct Threshold {
  std::optional<double> from;  // none: the base
  std::string colour;
};

enum class PanelKind : uint8_t { kStat, kTimeSeries, kTable };

struct Panel {
  PanelKind kind = PanelKind::kTimeSeries;
  std::string title;
  std::string description;
  std::string unit;
  int width = 8;
  int height = 8;
  std::vector<PanelQuery> queries;
  std::vector<FieldOverride> overrides;
  std::vector<Threshold> thresholds;
  std::optional<int> decimals;
  std::optional<double> max;         // of bars
  bool coloured_background = false;  // of a stat
  int value_pixels = 0;              // of a stat; 0: as it fits
  std::string joined_by;             // kTable: the label that rows of several queries meet at
  std::vector<std::string> hidden;   // kTable: columns that are labels
  std::string sorted_by;             // kTable: a column
  bool ascending = false;
  int rows_max = 0;  // kTable: 0: all
};

struct DashboardVariable {
  std::string name;
  std::string label;
  std::string query;                 // PromQL's label_values(...); empty: of fixed values
  std::vector<std::string> options;  // fixed values, the first is the default
  std::string current;               // the default of a query
  bool several = false;              // any number, and "All"
  bool hidden = false;               // set by the address alone
};

struct DashboardHead {
  std::string uid;
  std::string title;
  std::string description;
  std::string from = "now-7d";
  std::string refresh = "1m";
  std::string time_zone;
  bool dark = false;
  std::vector<DashboardVariable> variables;  // beside `datasource`
};

class Dashboard {
 public:
  explicit Dashboard(DashboardHead head) : head_(std::move(head)) {}
  void Row(const std::string& title);
  void Add(const Panel& panel);
  std::string Finish() &&;  // laid out for people

 private:
  void Place(int width, int height);
  void WritePosition(int width, int height);

  DashboardHead head_;
  JsonWriter panels_;
  int id_ = 0;
  int x_ = 0;
  int y_ = 0;
  int line_height_ = 0;
};

// JSON of a text and of a number, for FieldProperty.
std::string JsonText(const std::string& text);

}  // namespace takt
