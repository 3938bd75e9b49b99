// A configuration file as a tree in which every node knows where it stands. Scalars stay text; what
// they mean is decided by the schema.
//
// The YAML that is taken is plain: one document, maps, lists and scalars. A key that stands twice,
// a merge key (<<), an alias and a map as a key are refused, because each of them makes a file that
// says something else than it seems to.
//
// Threads: values. Bounds: files of at most 4 MB; depth as far as the YAML library goes.
#pragma once

#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "engine/settings/problems.h"

namespace takt {

struct Node {
  enum class Kind : uint8_t { kNull, kScalar, kList, kMap };
  Kind kind = Kind::kNull;
  std::string text;      // kScalar
  bool quoted = false;   // kScalar: written in quotes, so true and 5 are texts
  bool literal = false;  // kScalar: stands in the file letter by letter, so columns can be counted
  Place place;
  std::string key;  // of an entry of a map
  Place key_place;
  std::string path;         // "kpis.win_ratio.over[1]"
  std::vector<Node> items;  // kList, kMap
  bool bad = false;         // was reported as wrong: whoever reads it takes it as absent

  bool IsMap() const { return kind == Kind::kMap; }
  bool IsScalar() const { return kind == Kind::kScalar; }
  // The value of `key` of a map; nullptr when absent. Get leaves out what is bad, Find does not.
  const Node* Find(absl::string_view key) const;
  const Node* Get(absl::string_view key) const;
  bool Has(absl::string_view key) const { return Find(key) != nullptr; }
  // Whether an entry or item was reported: then nothing is said about what is missing beside it.
  bool HasBad() const;
  // A list's items or the scalar itself, without what is null or bad.
  std::vector<const Node*> Many() const;
};

// The first line of `content` that is not valid UTF-8, from 1; 0 when all is. Texts of settings reach
// labels and pages.
int LineThatIsNotUtf8(absl::string_view content);

// Parses `content`. Reports what is wrong to `problems`; what could be read is in the tree.
Node ParseYaml(const std::string& content, int file, Problems& problems);

// The key under its parent: "kpis" and "won" give "kpis.won".
std::string ChildPath(absl::string_view parent, absl::string_view key);

// Lays `later` over `base`: sections merge by name, objects by key, and their links, moments, states
// and fields by name; everything else is replaced whole.
void MergeTrees(Node& base, const Node& later);

inline void Error(Problems& problems, const Node& node, std::string text) {
  problems.Error(node.place, node.path, std::move(text));
}
inline void KeyError(Problems& problems, const Node& node, std::string text) {
  problems.Error(node.key.empty() ? node.place : node.key_place, node.path, std::move(text));
}

}  // namespace takt
