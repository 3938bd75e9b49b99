// Looking things up in JSON that an engine answered.
//
// Threads: one. Texts live as long as the JsonLook.
#pragma once

#include <functional>
#include <optional>
#include <string>

#include "absl/functional/function_ref.h"
#include "absl/strings/string_view.h"
#include "connectors/json/json_tree.h"

namespace takt {

class JsonLook {
 public:
  // False: it is no JSON, or too much of it.
  bool Parse(absl::string_view text) { return !tree_.Parse(text).has_value(); }

  uint32_t root() const { return 0; }
  uint32_t At(uint32_t node, absl::string_view key) const {
    return node == JsonTree::kNone ? node : tree_.Child(node, key);
  }
  // Empty where there is none; numbers as written.
  std::string Text(uint32_t node, absl::string_view key) const;
  std::optional<double> Number(uint32_t node, absl::string_view key) const;
  bool Flag(uint32_t node, absl::string_view key) const;
  void ForEach(uint32_t array, absl::FunctionRef<void(uint32_t)> visit) const;

 private:
  JsonTree tree_;
};

}  // namespace takt
