// The schema table as a tree by keys, for whoever walks a configuration or writes the schema out.
//
// Threads: constant after the first call.
#pragma once

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/string_view.h"
#include "engine/settings/schema.h"

namespace takt {

struct SchemaNode {
  const SchemaRow* row = nullptr;                                             // none at the root
  std::vector<std::pair<std::string, std::unique_ptr<SchemaNode>>> children;  // as in the table

  // The child for a key of a file: the one of that name, else the placeholder whose form it has.
  const SchemaNode* Child(absl::string_view key) const;
  const SchemaNode* Placeholder() const;
  std::vector<std::string> Names() const;  // of the children that are no placeholders
};

const SchemaNode& SchemaRoot();

// A placeholder's form as a regular expression of JSON Schema, and in words.
std::string PlaceholderPattern(absl::string_view placeholder);
std::string PlaceholderWords(absl::string_view placeholder);

bool TakesMap(Shape shape);
bool TakesOne(Shape shape);
bool TakesMore(Shape shape);

}  // namespace takt
