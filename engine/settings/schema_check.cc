#include <filesystem>

#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "engine/settings/nearest.h"
#include "engine/settings/schema.h"
#include "engine/settings/schema_tree.h"
#include "engine/settings/values.h"
#include "engine/time/window.h"

namespace takt {
namespace {

std::string Found(const Node& node) {
  switch (node.kind) {
    case Node::Kind::kNull:
      return "nothing";
    case Node::Kind::kScalar:
      return "a single value";
    case Node::Kind::kList:
      return "a list";
    case Node::Kind::kMap:
      return "a map";
  }
  return "";
}

std::string Expected(Shape shape) {
  switch (shape) {
    case Shape::kOne:
      return "a single value";
    case Shape::kOneOrMore:
      return "a value or a list of values";
    case Shape::kMap:
      return "a map";
    case Shape::kOneOrMap:
      return "a value or a map";
    case Shape::kOneOrMoreOrMap:
      return "a value, a list of values or a map";
  }
  return "";
}

absl::Status Wrong(const Node& node, absl::string_view expected) {
  return absl::InvalidArgumentError(absl::StrCat("\"", node.text, "\" is not ", expected));
}

absl::Status CheckText(const Node& node) {
  for (const char c : node.text) {
    if (static_cast<unsigned char>(c) < ' ' && c != '\n') {
      return absl::InvalidArgumentError("a text with control characters");
    }
  }
  return absl::OkStatus();
}

absl::Status CheckReference(const Node& node) {
  for (const absl::string_view part : absl::StrSplit(node.text, '.')) {
    if (!IsFieldName(part)) return Wrong(node, "a name, or object.name");
  }
  return absl::OkStatus();
}

absl::Status CheckChoice(const Node& node, const SchemaRow& row) {
  const std::vector<std::string> choices = absl::StrSplit(row.choices, '|');
  for (const std::string& choice : choices) {
    if (choice == node.text) return absl::OkStatus();
  }
  const std::string nearest = NearestName(node.text, choices);
  return absl::InvalidArgumentError(
      absl::StrCat("\"", node.text, "\" is not one of ", absl::StrJoin(choices, ", "),
                   nearest.empty() ? "" : absl::StrCat("; did you mean \"", nearest, "\"?")));
}

absl::Status CheckAddress(const Node& node) {
  if (node.text.empty()) return absl::OkStatus();
  const size_t colon = node.text.rfind(':');
  int port = -1;
  if (colon == std::string::npos || colon == 0 ||
      !absl::SimpleAtoi(absl::string_view(node.text).substr(colon + 1), &port) || port < 0 ||
      port > 65535) {
    return Wrong(node, "an address such as 127.0.0.1:9464");
  }
  return absl::OkStatus();
}

absl::Status CheckFile(const Node& node, const Problems& problems) {
  const std::string path = ResolvePath(problems.FileName(node.place.file), node.text);
  std::error_code ignored;
  if (std::filesystem::is_regular_file(path, ignored)) return absl::OkStatus();
  return absl::InvalidArgumentError(absl::StrCat("there is no file \"", path, "\""));
}

absl::Status CheckInteger(const Node& node) {
  int64_t value = 0;
  if (absl::SimpleAtoi(node.text, &value)) return absl::OkStatus();
  return Wrong(node, "a whole number");
}

absl::Status CheckBool(const Node& node) {
  if (!node.quoted && (node.text == "true" || node.text == "false")) return absl::OkStatus();
  return Wrong(node, node.quoted ? "true or false: leave the quotes out" : "true or false");
}

absl::Status CheckScalar(const Node& node, const SchemaRow& row, const Problems& problems) {
  switch (row.type) {
    case ValueType::kText:
    case ValueType::kFormula:
    case ValueType::kValue:
    case ValueType::kPath:
      return CheckText(node);
    case ValueType::kName:
      return IsName(node.text) ? absl::OkStatus() : Wrong(node, PlaceholderWords("<name>"));
    case ValueType::kField:
      return IsFieldName(node.text) ? absl::OkStatus() : Wrong(node, PlaceholderWords("<field>"));
    case ValueType::kReference:
      return CheckReference(node);
    case ValueType::kBool:
      return CheckBool(node);
    case ValueType::kInteger:
      return CheckInteger(node);
    case ValueType::kDuration:
      return ParseDuration(node.text).status();
    case ValueType::kBytes:
      return ParseBytes(node.text).status();
    case ValueType::kShare:
      return ParseShare(node.text).status();
    case ValueType::kWindow:
      return ParseWindow(node.text).status();
    case ValueType::kDate:
      return ParseDate(node.text).status();
    case ValueType::kMonth:
      return ParseMonth(node.text).status();
    case ValueType::kCurrency:
      return CurrencyDecimals(node.text).status();
    case ValueType::kFile:
      return CheckFile(node, problems);
    case ValueType::kAddress:
      return CheckAddress(node);
    case ValueType::kChoice:
      return CheckChoice(node, row);
  }
  return absl::OkStatus();
}

class Checker {
 public:
  explicit Checker(Problems& problems) : problems_(problems) {}

  void CheckMap(Node& node, const SchemaNode& schema) {
    for (Node& entry : node.items) {
      if (entry.bad) continue;
      const SchemaNode* child = schema.Child(entry.key);
      if (child == nullptr) {
        UnknownKey(entry, schema);
      } else {
        Check(entry, *child);
      }
    }
  }

 private:
  void Check(Node& node, const SchemaNode& schema) {
    const SchemaRow& row = *schema.row;
    if (row.support == Support::kCheckedOnly) {
      problems_.Warn(node.key_place, node.path, "checked, not evaluated by this version");
    }
    if (node.IsMap() && TakesMap(row.shape)) return CheckMap(node, schema);
    if (node.kind == Node::Kind::kNull) return CheckNull(node, row);
    if (node.IsScalar() && TakesOne(row.shape)) return CheckOne(node, row);
    if (node.kind == Node::Kind::kList && TakesMore(row.shape)) return CheckList(node, row);
    Bad(node, absl::StrCat("expected ", Expected(row.shape), ", found ", Found(node)));
  }

  void CheckNull(Node& node, const SchemaRow& row) {
    if (node.bad || TakesMap(row.shape)) return;
    if (row.type == ValueType::kValue || row.type == ValueType::kShare) return;
    node.bad = true;
    problems_.Error(node.key_place, node.path, "has no value");
  }

  void CheckOne(Node& node, const SchemaRow& row) {
    const absl::Status status = CheckScalar(node, row, problems_);
    if (!status.ok()) Bad(node, std::string(status.message()));
  }

  void CheckList(Node& node, const SchemaRow& row) {
    if (node.items.empty()) Bad(node, "the list is empty");
    for (Node& item : node.items) {
      if (item.IsScalar()) {
        CheckOne(item, row);
      } else if (item.bad) {
        continue;
      } else if (item.kind != Node::Kind::kNull || row.type != ValueType::kValue) {
        Bad(item, absl::StrCat("expected a single value, found ", Found(item)));
      }
    }
  }

  void UnknownKey(Node& entry, const SchemaNode& schema) {
    entry.bad = true;
    const std::vector<std::string> names = schema.Names();
    std::string text;
    if (names.empty()) {
      for (const auto& [name, child] : schema.children) {
        text = absl::StrCat("\"", entry.key, "\" is not ", PlaceholderWords(name));
      }
    } else {
      text = UnknownName("key", entry.key, names);
    }
    problems_.Error(entry.key_place, entry.path, text);
  }

  void Bad(Node& node, std::string text) {
    node.bad = true;
    Error(problems_, node, std::move(text));
  }

  Problems& problems_;
};

}  // namespace

std::string ResolvePath(absl::string_view config_file, absl::string_view path) {
  const std::filesystem::path given{std::string(path)};
  if (path.empty() || given.is_absolute()) return std::string(path);
  const std::filesystem::path folder =
      std::filesystem::path{std::string(config_file)}.parent_path();
  return (folder / given).lexically_normal().string();
}

void CheckAgainstSchema(Node& root, Problems& problems) {
  if (root.kind == Node::Kind::kNull) return;
  if (!root.IsMap()) {
    root.bad = true;
    Error(problems, root, absl::StrCat("expected a map of sections, found ", Found(root)));
    root = Node();
    return;
  }
  Checker(problems).CheckMap(root, SchemaRoot());
}

}  // namespace takt
