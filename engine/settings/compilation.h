// What the parts of the compiler share while one configuration becomes a Definition.
//
// The compiler goes over the configuration twice. The first pass finds out which fields are mentioned
// and how (their types follow from use) and in which order objects need each other; its problems are
// dropped. The second pass knows both and makes the Definition.
//
// Threads: one. The tree must outlive the compilation.
#pragma once

#include <map>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "engine/definition/definition.h"
#include "engine/settings/tree.h"

namespace takt {

// What the first pass hands to the second.
struct Learned {
  std::vector<std::string> object_order;
  std::map<std::string, std::map<std::string, FieldType>> field_types;  // object -> field -> type
};

// How a configuration uses a field; the type follows where neither a declaration nor the name tells.
enum class FieldUse : uint8_t { kMention, kText, kNumber, kBool, kTime };

// The rows that a KPI speaks of: entities of an object, their visits or their reaches.
struct RowsOf {
  ObjectId object = 0;
  RowSource source = RowSource::kEntity;
};

struct Compilation {
  const Node& root;
  Problems& problems;
  Definition definition;

  // Field types that are given (built in or declared), and the uses of the others.
  std::set<std::pair<ObjectId, FieldId>> fixed_types;
  std::map<std::pair<ObjectId, FieldId>, std::set<FieldUse>> uses;
  // Where each object and moment was written; built-in ones have no node.
  std::vector<const Node*> object_nodes;
  std::map<std::pair<ObjectId, MomentId>, const Node*> moment_nodes;
  // Levels that used files mention and this organisation lacks; each is told once.
  std::set<std::string> levels_left_out;

  Object& object(ObjectId id) { return definition.objects[id]; }
  // The named part of the object's configuration; nullptr when absent.
  const Node* ObjectPart(ObjectId id, absl::string_view key) const;
  // The field of that name, added when it is new.
  FieldId MentionField(ObjectId object, const std::string& name, FieldUse use);
  Learned Learn() const;
};

// The type that a field's name alone gives it.
std::optional<FieldType> WellKnownType(absl::string_view field);

std::vector<std::string> NamesOf(const std::vector<Object>& objects);
std::vector<std::string> NamesOf(const std::vector<Moment>& moments);
std::vector<std::string> NamesOf(const std::vector<State>& states);

// The rows that `node` names ("deal", "visit", "deal.reach"), reported when there are none.
std::optional<RowsOf> FindRows(Compilation& compilation, const Node& node, absl::string_view text);
std::string RowsText(const Compilation& compilation,
                     const RowsOf& rows);  // "deal", "visits of deal"

// A moment of rows or of an object by the text of `node`, reported when there is none.
std::optional<MomentId> FindMoment(Compilation& compilation, const RowsOf& rows, const Node& node,
                                   absl::string_view text);

}  // namespace takt
