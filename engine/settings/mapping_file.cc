#include "engine/settings/mapping_file.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "absl/strings/str_cat.h"
#include "engine/settings/files.h"
#include "engine/settings/mapping_parts.h"
#include "engine/settings/nearest.h"
#include "engine/settings/problems.h"
#include "engine/settings/tree.h"

namespace takt {
namespace {

constexpr size_t kOrderPathsMax = 2;

class MappingReader {
 public:
  MappingReader(const Node& root, Problems& problems, MappingFile& file)
      : root_(root), problems_(problems), file_(file), parts_(FormatOf(root), problems) {}

  void Read() {
    if (!parts_.CheckKeys(root_, {"format", "delimiter", "columns", "as_of", "explode", "unwrap",
                                  "otherwise", "rules"})) {
      return;
    }
    ReadHead();
    const Node* rules = root_.Get("rules");
    if (rules == nullptr || rules->kind != Node::Kind::kList || rules->items.empty()) {
      Error(problems_, root_, "needs rules: a list of at least one rule");
      return;
    }
    for (const Node& rule : rules->items) file_.rules.push_back(ReadRule(rule));
  }

 private:
  static MappingFile::Format FormatOf(const Node& root) {
    const Node* format = root.Get("format");
    return format != nullptr && format->text == "csv" ? MappingFile::Format::kCsv
                                                      : MappingFile::Format::kJson;
  }

  void ReadHead() {
    file_.format = FormatOf(root_);
    if (const Node* format = root_.Get("format")) {
      if (format->text != "json" && format->text != "csv") {
        Error(problems_, *format, UnknownName("format", format->text, {"json", "csv"}));
      }
    }
    if (const Node* delimiter = root_.Get("delimiter")) {
      file_.delimiter = delimiter->text.size() == 1 ? delimiter->text[0] : '\t';
      const bool tab = delimiter->text == "tab";
      if (!tab && (delimiter->text.size() != 1 || delimiter->text == "\"")) {
        Error(problems_, *delimiter, "must be one character, not a quote, or the word tab");
      }
    }
    if (const Node* columns = root_.Get("columns")) file_.columns = parts_.Texts(*columns);
    if (const Node* as_of = root_.Get("as_of")) file_.as_of = parts_.Text(*as_of);
    if (const Node* explode = root_.Get("explode")) file_.explode = ExplodePath(*explode);
    if (const Node* unwrap = root_.Get("unwrap")) file_.unwrap = parts_.Path(*unwrap);
    ReadOtherwise();
    for (const char* key : {"explode", "unwrap"}) {
      const Node* node = root_.Get(key);
      if (node != nullptr && file_.format == MappingFile::Format::kCsv) {
        Error(problems_, *node, "has no meaning for rows of CSV");
      }
    }
  }

  void ReadOtherwise() {
    const Node* otherwise = root_.Get("otherwise");
    if (otherwise == nullptr || otherwise->text == "dead_letter") return;
    file_.otherwise = MappingFile::Otherwise::kFilter;
    if (otherwise->text != "filter") {
      Error(problems_, *otherwise, UnknownName("word", otherwise->text, {"filter", "dead_letter"}));
    }
  }

  // As any path; $ is all of the value.
  MappingPath ExplodePath(const Node& node) {
    if (!node.IsScalar() || node.text != "$") return parts_.Path(node);
    MappingPath path;
    path.root = MappingPath::Root::kValue;
    path.text = "$";
    return path;
  }

  MappingRule ReadRule(const Node& node) {
    MappingRule rule;
    if (!parts_.CheckKeys(node, {"name", "match", "explode", "object", "id", "event_id", "order",
                                 "time", "op", "fields", "patch", "changes"})) {
      return rule;
    }
    if (const Node* name = node.Get("name")) rule.name = parts_.Text(*name);
    if (const Node* match = node.Get("match")) rule.match = parts_.Tests(*match);
    if (const Node* explode = node.Get("explode")) {
      rule.explode = ExplodePath(*explode);
      if (file_.format == MappingFile::Format::kCsv) {
        Error(problems_, *explode, "has no meaning for rows of CSV");
      }
    }
    if (const Node* event_id = node.Get("event_id")) rule.event_id = parts_.Paths(*event_id);
    if (const Node* order = node.Get("order")) {
      rule.order = parts_.Paths(*order);
      if (rule.order.size() > kOrderPathsMax) Error(problems_, *order, "may have two paths");
    }
    const Node* changes = node.Get("changes");
    if (changes == nullptr) {
      rule.changes.push_back(ReadChange(node, nullptr));
      return rule;
    }
    if (changes->kind != Node::Kind::kList || changes->items.empty()) {
      Error(problems_, *changes, "must be a list of at least one change");
    }
    for (const Node& change : changes->items) {
      parts_.CheckKeys(change, {"when", "object", "id", "time", "op", "fields", "patch"});
      rule.changes.push_back(ReadChange(change, &node));
    }
    return rule;
  }

  // The key of the change, else of its rule.
  static const Node* Either(const Node& change, const Node* rule, absl::string_view key) {
    const Node* own = change.Get(key);
    return own != nullptr || rule == nullptr ? own : rule->Get(key);
  }

  MappingChange ReadChange(const Node& node, const Node* rule) {
    MappingChange change;
    if (const Node* when = node.Get("when")) change.when = parts_.Tests(*when);
    if (const Node* object = Needed(node, rule, "object")) change.object = parts_.Text(*object);
    if (const Node* id = Needed(node, rule, "id")) ReadId(*id, change);
    if (const Node* time = Needed(node, rule, "time")) change.time = parts_.Time(*time);
    if (const Node* op = Either(node, rule, "op")) change.op = parts_.Op(*op);
    if (const Node* patch = Either(node, rule, "patch")) change.property = parts_.Property(*patch);
    if (const Node* fields = node.Get("fields")) change.fields = parts_.Fields(*fields);
    if (rule == nullptr || rule->Get("fields") == nullptr) return change;
    for (MappingField& shared : parts_.Fields(*rule->Get("fields"))) {
      const bool own = std::any_of(change.fields.begin(), change.fields.end(),
                                   [&](const MappingField& f) { return f.to == shared.to; });
      if (!own) change.fields.push_back(std::move(shared));
    }
    return change;
  }

  const Node* Needed(const Node& node, const Node* rule, absl::string_view key) {
    const Node* found = Either(node, rule, key);
    if (found == nullptr) Error(problems_, node, absl::StrCat("needs ", key));
    return found;
  }

  void ReadId(const Node& node, MappingChange& change) {
    if (!node.IsMap()) {
      change.id = parts_.Paths(node);
      return;
    }
    parts_.CheckKeys(node, {"join"});
    change.join_id = true;
    if (const Node* join = node.Get("join")) change.id = parts_.Paths(*join);
  }

  const Node& root_;
  Problems& problems_;
  MappingFile& file_;
  MappingParts parts_;
};

}  // namespace

bool MappingLoad::ok() const {
  return std::all_of(problems.begin(), problems.end(),
                     [](const Problem& problem) { return problem.warning; });
}

MappingLoad ParseMapping(const std::string& name, const std::string& content) {
  MappingLoad load;
  Problems problems;
  const int file = problems.AddFile(name);
  const Node root = ParseYaml(content, file, problems);
  if (!problems.HasErrors()) MappingReader(root, problems, load.file).Read();
  load.problems = problems.Sorted();
  return load;
}

MappingLoad LoadMappingFile(const std::string& path) {
  const std::optional<std::string> content = ReadWhole(path);
  if (content.has_value()) return ParseMapping(path, *content);
  MappingLoad load;
  Problem problem;
  problem.file = path;
  problem.text = "the mapping file cannot be read";
  load.problems.push_back(problem);
  return load;
}

}  // namespace takt
