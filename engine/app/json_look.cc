#include "engine/app/json_look.h"

#include "absl/strings/numbers.h"

namespace takt {

std::string JsonLook::Text(uint32_t node, absl::string_view key) const {
  const uint32_t at = At(node, key);
  if (at == JsonTree::kNone) return "";
  return std::string(tree_[at].text);
}

std::optional<double> JsonLook::Number(uint32_t node, absl::string_view key) const {
  const uint32_t at = At(node, key);
  double number = 0;
  if (at == JsonTree::kNone || tree_[at].kind != JsonNode::Kind::kNumber) return std::nullopt;
  if (!absl::SimpleAtod(tree_[at].text, &number)) return std::nullopt;
  return number;
}

bool JsonLook::Flag(uint32_t node, absl::string_view key) const {
  const uint32_t at = At(node, key);
  return at != JsonTree::kNone && tree_[at].kind == JsonNode::Kind::kBool && tree_[at].flag;
}

void JsonLook::ForEach(uint32_t array, absl::FunctionRef<void(uint32_t)> visit) const {
  if (array == JsonTree::kNone || tree_[array].kind != JsonNode::Kind::kArray) return;
  for (uint32_t at = tree_.FirstChild(array); at != JsonTree::kNone;
       at = tree_.NextChild(array, at)) {
    visit(at);
  }
}

}  // namespace takt
