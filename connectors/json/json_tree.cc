#include "connectors/json/json_tree.h"

#include <utility>

#include "absl/strings/numbers.h"
#include "connectors/json/json_input.h"

namespace takt {
namespace {

namespace od = simdjson::ondemand;

constexpr size_t kNodesMax = 65536;

}  // namespace

// Walks a document once and appends its nodes.
class JsonTree::Builder {
 public:
  explicit Builder(std::vector<JsonNode>& nodes) : nodes_(nodes) {}

  // Appends `value`, which is a document or a value of one.
  template <typename T>
  JsonVerdict Add(T& value, absl::string_view key, int depth) {
    if (depth > kJsonDepthMax) {
      return JsonVerdict::Refuse(Reason::kTooLarge, "nested deeper than 32 levels");
    }
    if (nodes_.size() == kNodesMax) {
      return JsonVerdict::Refuse(Reason::kTooLarge, "more than 65536 values");
    }
    const uint32_t place = static_cast<uint32_t>(nodes_.size());
    nodes_.push_back({JsonNode::Kind::kNull, false, place + 1, key, {}});
    JsonVerdict verdict = Fill(value, place, depth);
    nodes_[place].end = static_cast<uint32_t>(nodes_.size());
    return verdict;
  }

 private:
  template <typename T>
  JsonVerdict Fill(T& value, uint32_t place, int depth) {
    od::json_type type;
    if (value.type().get(type)) return ReadNumber(Token(value), &nodes_[place].text);
    JsonNode& node = nodes_[place];
    switch (type) {
      case od::json_type::object:
        return FillObject(value, place, depth);
      case od::json_type::array:
        return FillArray(value, place, depth);
      case od::json_type::number:
        node.kind = JsonNode::Kind::kNumber;
        return ReadNumber(Token(value), &node.text);
      case od::json_type::string:
        node.kind = JsonNode::Kind::kText;
        return String(value, &node.text);
      case od::json_type::boolean:
        node.kind = JsonNode::Kind::kBool;
        return JsonVerdict::Of(value.get_bool().get(node.flag));
      case od::json_type::null: {
        bool unused;
        return JsonVerdict::Of(value.is_null().get(unused));
      }
    }
    return JsonVerdict::Refuse(Reason::kMalformed, "no JSON value");
  }

  template <typename T>
  JsonVerdict FillObject(T& value, uint32_t place, int depth) {
    nodes_[place].kind = JsonNode::Kind::kObject;
    od::object object;
    if (const auto error = value.get_object().get(object)) return JsonVerdict::Of(error);
    for (auto result : object) {
      od::field field;
      if (const auto error = std::move(result).get(field)) return JsonVerdict::Of(error);
      absl::string_view key;
      JsonVerdict verdict = ReadKey(field, &key);
      if (!verdict.ok()) return verdict;
      verdict = Add(field.value(), key, depth + 1);
      if (!verdict.ok()) return verdict;
    }
    return HasTwice(place) ? JsonVerdict::Refuse(Reason::kMalformed, "a key is there twice")
                           : JsonVerdict{};
  }

  template <typename T>
  JsonVerdict FillArray(T& value, uint32_t place, int depth) {
    nodes_[place].kind = JsonNode::Kind::kArray;
    od::array array;
    if (const auto error = value.get_array().get(array)) return JsonVerdict::Of(error);
    for (auto result : array) {
      od::value element;
      if (const auto error = std::move(result).get(element)) return JsonVerdict::Of(error);
      JsonVerdict verdict = Add(element, {}, depth + 1);
      if (!verdict.ok()) return verdict;
    }
    return {};
  }

  bool HasTwice(uint32_t object) {
    keys_.Clear();
    for (uint32_t child = object + 1; child < nodes_.size(); child = nodes_[child].end) {
      keys_.Add(nodes_[child].key);
    }
    return keys_.HasTwice();
  }

  static JsonVerdict String(od::value& value, absl::string_view* text) {
    return ReadString(value, text);
  }
  static JsonVerdict String(od::document& document, absl::string_view* text) {
    std::string_view unescaped;
    const auto error = document.get_string().get(unescaped);
    *text = View(unescaped);
    return JsonVerdict::Of(error);
  }
  static std::string_view Token(od::value& value) { return value.raw_json_token(); }
  static std::string_view Token(od::document& document) {
    std::string_view token;
    return document.raw_json_token().get(token) ? std::string_view() : token;
  }

  std::vector<JsonNode>& nodes_;
  KeySet keys_;
};

JsonTree::JsonTree() : input_(std::make_unique<JsonInput>()) {}
JsonTree::~JsonTree() = default;

std::optional<Rejection> JsonTree::Parse(absl::string_view value) {
  nodes_.clear();
  od::document document;
  JsonVerdict verdict = input_->Open(value, &document);
  if (verdict.ok()) verdict = Builder(nodes_).Add(document, {}, 0);
  if (verdict.ok() && document.current_location().error() != simdjson::OUT_OF_BOUNDS) {
    verdict = JsonVerdict::Refuse(Reason::kMalformed, "bytes after the record");
  }
  if (verdict.ok()) return std::nullopt;
  nodes_.clear();
  return verdict.ToRejection("");
}

uint32_t JsonTree::Child(uint32_t node, absl::string_view key) const {
  const bool is_array = nodes_[node].kind == JsonNode::Kind::kArray;
  if (!is_array && nodes_[node].kind != JsonNode::Kind::kObject) return kNone;
  uint32_t number = 0;
  if (is_array && !absl::SimpleAtoi(key, &number)) return kNone;
  for (uint32_t child = node + 1; child < nodes_[node].end; child = nodes_[child].end) {
    if (is_array ? number-- == 0 : nodes_[child].key == key) return child;
  }
  return kNone;
}

uint32_t JsonTree::FirstChild(uint32_t node) const {
  return nodes_[node].end > node + 1 ? node + 1 : kNone;
}

uint32_t JsonTree::NextChild(uint32_t parent, uint32_t child) const {
  const uint32_t next = nodes_[child].end;
  return next < nodes_[parent].end ? next : kNone;
}

}  // namespace takt
