#include "engine/settings/mapping_parts.h"

#include <algorithm>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/str_split.h"
#include "absl/time/time.h"
#include "engine/settings/nearest.h"

namespace takt {
namespace {

using Root = MappingPath::Root;

constexpr std::pair<const char*, MappingOutcome> kOutcomes[] = {
    {"patch", MappingOutcome::kPatch},   {"record", MappingOutcome::kRecord},
    {"delete", MappingOutcome::kDelete}, {"undelete", MappingOutcome::kUndelete},
    {"filter", MappingOutcome::kFilter}, {"dead_letter", MappingOutcome::kDeadLetter}};

constexpr std::pair<const char*, MappingTimeForm> kForms[] = {
    {"s", MappingTimeForm::kSeconds},
    {"ms", MappingTimeForm::kMillis},
    {"us", MappingTimeForm::kMicros},
    {"days", MappingTimeForm::kDays},
    {"iso", MappingTimeForm::kIso},
    {"date", MappingTimeForm::kIso},
    {"spreadsheet_days", MappingTimeForm::kSpreadsheetDays}};

template <typename Table>
std::vector<std::string> Names(const Table& table) {
  std::vector<std::string> names;
  for (const auto& entry : table) names.push_back(entry.first);
  return names;
}

// Splits "/a~1b/c" by the rules of JSON pointers.
std::vector<std::string> PointerSegments(absl::string_view text) {
  std::vector<std::string> segments = absl::StrSplit(text.substr(1), '/');
  for (std::string& segment : segments) {
    segment = absl::StrReplaceAll(segment, {{"~1", "/"}});
    segment = absl::StrReplaceAll(segment, {{"~0", "~"}});
  }
  return segments;
}

// The root that `text` names, and what of it is left; kDocument and all of it where it names none.
Root RootOf(absl::string_view text, absl::string_view* rest) {
  constexpr std::pair<const char*, Root> kRoots[] = {{"value", Root::kValue},
                                                     {"item", Root::kItem},
                                                     {"key", Root::kKey},
                                                     {"headers", Root::kHeader}};
  constexpr std::pair<const char*, Root> kWhole[] = {{"topic", Root::kTopic},
                                                     {"record_time", Root::kRecordTime},
                                                     {"as_of", Root::kAsOf},
                                                     {"item", Root::kItem},
                                                     {"key", Root::kKey}};
  *rest = "";
  for (const auto& [name, root] : kWhole) {
    if (text == name) return root;
  }
  for (const auto& [name, root] : kRoots) {
    const std::string prefix = absl::StrCat(name, ".");
    if (absl::StartsWith(text, prefix)) {
      *rest = text.substr(prefix.size());
      return root;
    }
  }
  *rest = text;
  return Root::kDocument;
}

}  // namespace

bool MappingParts::CheckKeys(const Node& node, const std::vector<std::string>& keys) {
  if (!node.IsMap()) {
    Report(node, absl::StrCat("must be a map of ", absl::StrJoin(keys, ", ")));
    return false;
  }
  for (const Node& item : node.items) {
    if (std::find(keys.begin(), keys.end(), item.key) == keys.end()) {
      KeyError(problems_, item, UnknownName("key", item.key, keys));
    }
  }
  return true;
}

std::string MappingParts::Text(const Node& node) {
  if (!node.IsScalar() || node.text.empty()) Report(node, "must be a text");
  return node.text;
}

std::vector<std::string> MappingParts::Texts(const Node& node) {
  std::vector<std::string> texts;
  // A text of nothing is meant here: it is how an empty cell or property is written.
  if (node.IsScalar()) return {node.text};
  if (node.kind != Node::Kind::kList) Report(node, "must be a text or a list of texts");
  for (const Node& item : node.items) {
    if (!item.IsScalar()) Report(item, "must be a text");
    texts.push_back(item.text);
  }
  return texts;
}

MappingPath MappingParts::Path(const Node& node) {
  MappingPath path;
  path.text = Text(node);
  if (absl::StartsWith(path.text, "/") && format_ == MappingFile::Format::kJson) {
    path.segments = PointerSegments(path.text);
    return path;
  }
  absl::string_view rest;
  path.root = RootOf(path.text, &rest);
  const bool in_json = path.root == Root::kKey || format_ == MappingFile::Format::kJson;
  if (rest.empty()) return path;
  if (path.root == Root::kHeader || !in_json) {
    path.segments = {std::string(rest)};
    return path;
  }
  path.segments = absl::StrSplit(rest, '.');
  for (const std::string& segment : path.segments) {
    if (segment.empty()) {
      Report(node, absl::StrCat("the path \"", path.text, "\" has an empty part"));
      break;
    }
  }
  return path;
}

std::vector<MappingPath> MappingParts::Paths(const Node& node) {
  std::vector<MappingPath> paths;
  for (const Node* item : node.Many()) paths.push_back(Path(*item));
  if (paths.empty()) Report(node, "must be a path or a list of paths");
  return paths;
}

std::vector<MappingTest> MappingParts::Tests(const Node& node) {
  std::vector<MappingTest> tests;
  if (!node.IsMap()) Report(node, "must be a map of path: value");
  for (const Node& item : node.items) tests.push_back(Test(item));
  return tests;
}

MappingTest MappingParts::Test(const Node& node) {
  MappingTest test;
  Node path = node;
  path.kind = Node::Kind::kScalar;
  path.text = node.key;
  path.place = node.key_place;
  test.path = Path(path);
  if (!node.IsMap()) {
    test.texts = Texts(node);
    return test;
  }
  if (!CheckKeys(node, {"present", "not"})) return test;
  if (const Node* unwanted = node.Get("not")) {
    test.kind = MappingTest::Kind::kNotIn;
    test.texts = Texts(*unwanted);
    return test;
  }
  const Node* present = node.Get("present");
  if (present == nullptr || (present->text != "true" && present->text != "false")) {
    Report(node, "must be {present: true}, {present: false} or {not: value}");
    return test;
  }
  test.kind = present->text == "true" ? MappingTest::Kind::kPresent : MappingTest::Kind::kAbsent;
  return test;
}

void MappingParts::UnitForms(const Node& node, MappingTimeUnit& unit) {
  for (const Node* item : node.Many()) {
    const auto* found = std::find_if(std::begin(kForms), std::end(kForms),
                                     [&](const auto& form) { return item->text == form.first; });
    if (found == std::end(kForms)) {
      Report(*item, UnknownName("unit", item->text, Names(kForms)));
    } else {
      unit.forms.push_back(found->second);
    }
  }
  if (node.Many().empty()) Report(node, "must be a unit or a list of units");
}

// The keys unit, format and zone of `node`.
MappingTimeUnit MappingParts::Unit(const Node& node) {
  MappingTimeUnit unit;
  if (const Node* forms = node.Get("unit")) UnitForms(*forms, unit);
  if (const Node* format = node.Get("format")) {
    unit.format = Text(*format);
    unit.forms.push_back(MappingTimeForm::kFormat);
  }
  if (const Node* zone = node.Get("zone"); zone != nullptr && zone->text != "org") {
    unit.zone = Text(*zone);
    absl::TimeZone known;
    if (!absl::LoadTimeZone(unit.zone, &known)) {
      Report(*zone, absl::StrCat("no time zone \"", unit.zone, "\" on this machine (tzdata)"));
    }
  }
  if (unit.forms.empty()) unit.forms.push_back(MappingTimeForm::kIso);
  return unit;
}

MappingTime MappingParts::Time(const Node& node) {
  MappingTime time;
  if (!node.IsMap()) {
    time.from = Paths(node);
    time.unit.forms = {MappingTimeForm::kIso};
    return time;
  }
  CheckKeys(node, {"from", "unit", "format", "zone"});
  if (const Node* from = node.Get("from")) {
    time.from = Paths(*from);
  } else {
    Report(node, "needs from: the path of the time");
  }
  time.unit = Unit(node);
  return time;
}

MappingOutcome MappingParts::Outcome(const Node& node) {
  for (const auto& [name, outcome] : kOutcomes) {
    if (node.IsScalar() && node.text == name) return outcome;
  }
  Report(node, UnknownName("op", node.text, Names(kOutcomes)));
  return MappingOutcome::kPatch;
}

MappingOp MappingParts::Op(const Node& node) {
  MappingOp op;
  if (!node.IsMap()) {
    op.otherwise = Outcome(node);
    return op;
  }
  CheckKeys(node, {"from", "map", "default"});
  op.otherwise = MappingOutcome::kDeadLetter;
  if (const Node* from = node.Get("from")) {
    op.from = Path(*from);
  } else {
    Report(node, "needs from: the path of the operation");
  }
  if (const Node* map = node.Get("map"); map != nullptr && map->IsMap()) {
    for (const Node& item : map->items) op.outcomes.emplace_back(item.key, Outcome(item));
  } else {
    Report(node, "needs map: what each operation means");
  }
  if (const Node* otherwise = node.Get("default")) op.otherwise = Outcome(*otherwise);
  return op;
}

}  // namespace takt
