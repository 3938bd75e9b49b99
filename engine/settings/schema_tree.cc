#include "engine/settings/schema_tree.h"

#include "absl/strings/match.h"
#include "absl/strings/str_split.h"
#include "engine/settings/values.h"

namespace takt {
namespace {

bool IsPlaceholder(absl::string_view key) { return absl::StartsWith(key, "<"); }

bool HasForm(absl::string_view placeholder, absl::string_view key) {
  if (placeholder == "<name>") return IsName(key);
  if (placeholder == "<field>") return IsFieldName(key);
  if (placeholder == "<dotted>") return absl::StrContains(key, '.');
  for (const char c : key) {
    if (static_cast<unsigned char>(c) < ' ') return false;
  }
  return key.size() <= 128;
}

std::unique_ptr<SchemaNode> Build() {
  auto root = std::make_unique<SchemaNode>();
  for (const SchemaRow& row : SchemaTable()) {
    SchemaNode* node = root.get();
    for (const absl::string_view key : absl::StrSplit(row.path, '.')) {
      SchemaNode* next = nullptr;
      for (auto& [name, child] : node->children) {
        if (name == key) next = child.get();
      }
      if (next == nullptr) {
        node->children.emplace_back(std::string(key), std::make_unique<SchemaNode>());
        next = node->children.back().second.get();
      }
      node = next;
    }
    node->row = &row;
  }
  return root;
}

}  // namespace

const SchemaNode* SchemaNode::Child(absl::string_view key) const {
  const SchemaNode* fallback = nullptr;
  for (const auto& [name, child] : children) {
    if (name == key && !IsPlaceholder(name)) return child.get();
    if (IsPlaceholder(name) && HasForm(name, key)) fallback = child.get();
  }
  return fallback;
}

const SchemaNode* SchemaNode::Placeholder() const {
  for (const auto& [name, child] : children) {
    if (IsPlaceholder(name)) return child.get();
  }
  return nullptr;
}

std::vector<std::string> SchemaNode::Names() const {
  std::vector<std::string> names;
  for (const auto& [name, child] : children) {
    if (!IsPlaceholder(name)) names.push_back(name);
  }
  return names;
}

const SchemaNode& SchemaRoot() {
  static const SchemaNode* const kRoot = Build().release();
  return *kRoot;
}

std::string PlaceholderPattern(absl::string_view placeholder) {
  if (placeholder == "<name>") return "^[a-z][a-z0-9_]{0,63}$";
  if (placeholder == "<field>") return "^[A-Za-z_][A-Za-z0-9_]{0,127}$";
  if (placeholder == "<dotted>") return "\\\\.";
  return "^.{1,128}$";
}

std::string PlaceholderWords(absl::string_view placeholder) {
  if (placeholder == "<name>") return "a name of a-z, digits and _ that begins with a letter";
  if (placeholder == "<field>") return "a field: letters, digits and _";
  if (placeholder == "<dotted>") return "a property with a dot in its name";
  return "a text of at most 128 characters";
}

bool TakesMap(Shape shape) {
  return shape == Shape::kMap || shape == Shape::kOneOrMap || shape == Shape::kOneOrMoreOrMap;
}
bool TakesOne(Shape shape) { return shape != Shape::kMap; }
bool TakesMore(Shape shape) {
  return shape == Shape::kOneOrMore || shape == Shape::kOneOrMoreOrMap;
}

}  // namespace takt
