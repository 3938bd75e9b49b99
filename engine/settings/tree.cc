#include "engine/settings/tree.h"

#include <algorithm>
#include <sstream>
#include <utility>

#include "absl/container/flat_hash_map.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "engine/base/utf8.h"
#include "yaml-cpp/depthguard.h"
#include "yaml-cpp/eventhandler.h"
#include "yaml-cpp/exceptions.h"
#include "yaml-cpp/parser.h"

namespace takt {
namespace {

constexpr size_t kFileBytesMax = 4 << 20;

// Builds the tree from the parser's events. Maps hold their keys and values in turn until they end.
class TreeBuilder final : public YAML::EventHandler {
 public:
  TreeBuilder(const std::string& content, int file, Problems& problems)
      : lines_(absl::StrSplit(content, '\n')), file_(file), problems_(problems) {}

  Node Take() { return std::move(root_); }

  void OnDocumentStart(const YAML::Mark&) override {}
  void OnDocumentEnd() override {}
  void OnNull(const YAML::Mark& mark, YAML::anchor_t) override {
    Node node;
    node.place = At(mark);
    Put(std::move(node));
  }
  void OnAlias(const YAML::Mark& mark, YAML::anchor_t) override {
    Node node;
    node.place = At(mark);
    node.bad = true;
    problems_.Error(node.place, "", "aliases (*name) are not supported: write the value out");
    Put(std::move(node));
  }
  void OnScalar(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t,
                const std::string& value) override {
    Node node;
    node.kind = Node::Kind::kScalar;
    node.text = value;
    node.quoted = tag == "!";
    node.place = At(mark);
    node.literal = StandsInFile(node);
    Put(std::move(node));
  }
  void OnSequenceStart(const YAML::Mark& mark, const std::string&, YAML::anchor_t,
                       YAML::EmitterStyle::value) override {
    Open(Node::Kind::kList, mark);
  }
  void OnSequenceEnd() override { Close(); }
  void OnMapStart(const YAML::Mark& mark, const std::string&, YAML::anchor_t,
                  YAML::EmitterStyle::value) override {
    Open(Node::Kind::kMap, mark);
  }
  void OnMapEnd() override {
    Pair(open_.back());
    Close();
  }

 private:
  Place At(const YAML::Mark& mark) const { return {file_, mark.line + 1, mark.column + 1}; }

  bool StandsInFile(const Node& node) const {
    const size_t line = static_cast<size_t>(node.place.line - 1);
    if (line >= lines_.size()) return false;
    const size_t begin = static_cast<size_t>(node.place.column - 1) + (node.quoted ? 1 : 0);
    return begin <= lines_[line].size() &&
           absl::StartsWith(absl::string_view(lines_[line]).substr(begin), node.text);
  }

  void Open(Node::Kind kind, const YAML::Mark& mark) {
    Node node;
    node.kind = kind;
    node.place = At(mark);
    open_.push_back(std::move(node));
  }
  void Close() {
    Node node = std::move(open_.back());
    open_.pop_back();
    Put(std::move(node));
  }
  void Put(Node node) {
    if (open_.empty()) {
      root_ = std::move(node);
    } else {
      open_.back().items.push_back(std::move(node));
    }
  }

  // Turns the keys and values of a map that ends into entries.
  void Pair(Node& map) {
    std::vector<Node> entries;
    absl::flat_hash_map<std::string, int> first_lines;
    for (size_t i = 0; i + 1 < map.items.size(); i += 2) {
      const Node& key = map.items[i];
      Node value = std::move(map.items[i + 1]);
      if (!IsUsableKey(key)) {
        value.key = "?";
        value.key_place = key.place;
        value.bad = true;
        entries.push_back(std::move(value));
        continue;
      }
      const auto [found, is_new] = first_lines.try_emplace(key.text, key.place.line);
      if (!is_new) {
        problems_.Error(key.place, key.text,
                        absl::StrCat("the key \"", key.text,
                                     "\" stands twice; the first is on line ", found->second));
        continue;
      }
      value.key = key.text;
      value.key_place = key.place;
      entries.push_back(std::move(value));
    }
    map.items = std::move(entries);
  }

  bool IsUsableKey(const Node& key) {
    if (key.bad) return false;
    if (key.kind != Node::Kind::kScalar || key.text.empty()) {
      problems_.Error(key.place, "", "a key must be a name");
      return false;
    }
    if (key.text == "<<" && !key.quoted) {
      problems_.Error(key.place, "", "merge keys (<<) are not supported: write the entries out");
      return false;
    }
    return true;
  }

  std::vector<std::string> lines_;
  int file_;
  Problems& problems_;
  std::vector<Node> open_;
  Node root_;
};

void SetPaths(Node& node) {
  for (size_t i = 0; i < node.items.size(); ++i) {
    Node& item = node.items[i];
    item.path =
        node.IsMap() ? ChildPath(node.path, item.key) : absl::StrCat(node.path, "[", i, "]");
    SetPaths(item);
  }
}

// Whether the map at `path` is laid over the earlier one entry by entry.
bool MergesByKey(absl::string_view path) {
  const std::vector<std::string> parts = absl::StrSplit(path, '.');
  if (path.empty() || parts.size() == 1) return true;
  if (parts[0] != "objects") return false;
  if (parts.size() == 2) return true;
  return parts.size() == 3 && (parts[2] == "links" || parts[2] == "moments" ||
                               parts[2] == "states" || parts[2] == "fields");
}

}  // namespace

const Node* Node::Find(absl::string_view wanted) const {
  if (kind != Kind::kMap) return nullptr;
  for (const Node& item : items) {
    if (item.key == wanted) return &item;
  }
  return nullptr;
}

const Node* Node::Get(absl::string_view wanted) const {
  const Node* found = Find(wanted);
  return found == nullptr || found->bad || found->kind == Kind::kNull ? nullptr : found;
}

bool Node::HasBad() const {
  return bad || std::any_of(items.begin(), items.end(), [](const Node& item) { return item.bad; });
}

std::vector<const Node*> Node::Many() const {
  std::vector<const Node*> many;
  if (bad) return many;
  if (kind == Kind::kScalar) many.push_back(this);
  if (kind == Kind::kList) {
    for (const Node& item : items) {
      if (!item.bad && item.kind != Kind::kNull) many.push_back(&item);
    }
  }
  return many;
}

std::string ChildPath(absl::string_view parent, absl::string_view key) {
  return parent.empty() ? std::string(key) : absl::StrCat(parent, ".", key);
}

int LineThatIsNotUtf8(absl::string_view content) {
  if (ClassifyText(content) != TextClass::kInvalid) return 0;
  int number = 1;
  for (const absl::string_view line : absl::StrSplit(content, '\n')) {
    if (ClassifyText(line) == TextClass::kInvalid) return number;
    ++number;
  }
  return number;
}

Node ParseYaml(const std::string& content, int file, Problems& problems) {
  if (content.size() > kFileBytesMax) {
    problems.Error({file, 0, 0}, "", "the file is larger than 4 MB");
    return {};
  }
  if (const int line = LineThatIsNotUtf8(content); line != 0) {
    problems.Error({file, line, 1}, "", "this line is not valid UTF-8");
    return {};
  }
  TreeBuilder builder(content, file, problems);
  try {
    std::istringstream stream(content);
    YAML::Parser parser(stream);
    parser.HandleNextDocument(builder);
    Node root = builder.Take();
    TreeBuilder second(content, file, problems);
    if (parser.HandleNextDocument(second)) {
      problems.Error({file, second.Take().place.line, 1}, "",
                     "a second document begins here: use several files");
    }
    SetPaths(root);
    return root;
  } catch (const YAML::DeepRecursion& exception) {
    problems.Error({file, exception.mark.line + 1, exception.mark.column + 1}, "",
                   "not valid YAML: nested too deeply");
    return {};
  } catch (const YAML::Exception& exception) {
    const bool known = !exception.mark.is_null();
    problems.Error({file, known ? exception.mark.line + 1 : 0, exception.mark.column + 1}, "",
                   absl::StrCat("not valid YAML: ", exception.msg));
    return {};
  } catch (const std::exception& exception) {
    problems.Error({file, 0, 0}, "", absl::StrCat("not valid YAML: ", exception.what()));
    return {};
  }
}

void MergeTrees(Node& base, const Node& later) {
  if (later.kind == Node::Kind::kNull && base.IsMap()) return;
  if (!base.IsMap() || !later.IsMap() || !MergesByKey(later.path)) {
    base = later;
    return;
  }
  base.place = later.place;
  base.key_place = later.key_place;
  for (const Node& entry : later.items) {
    Node* found = nullptr;
    for (Node& item : base.items) {
      if (item.key == entry.key) found = &item;
    }
    if (found == nullptr) {
      base.items.push_back(entry);
    } else {
      MergeTrees(*found, entry);
    }
  }
}

}  // namespace takt
