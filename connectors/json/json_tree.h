// A JSON document as nodes in the order in which they stand, for readers that look up paths:
// strings unescaped, numbers as written. It is checked whole while it is read, with the limits and
// reasons of json_decoder.h, and at most 65,536 nodes.
//
// Threads: one. Nodes and their texts live until the next Parse. Cost: about 1 ns per byte;
// allocates only while it grows.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <vector>

#include "absl/strings/string_view.h"
#include "engine/model/reason.h"

namespace takt {

struct JsonNode {
  enum class Kind : uint8_t { kNull, kText, kNumber, kBool, kObject, kArray };
  Kind kind = Kind::kNull;
  bool flag = false;       // kBool
  uint32_t end = 0;        // the place behind this node and all below it
  absl::string_view key;   // of a member of an object
  absl::string_view text;  // kText, kNumber
};

class JsonInput;

class JsonTree {
 public:
  JsonTree();
  ~JsonTree();

  // Reads `value`, which may carry a Confluent frame. After a rejection there are no nodes.
  [[nodiscard]] std::optional<Rejection> Parse(absl::string_view value);

  // The root is node 0.
  const JsonNode& operator[](uint32_t node) const { return nodes_[node]; }
  // The member `key` of an object, or the element of that number of an array; kNone otherwise.
  static constexpr uint32_t kNone = UINT32_MAX;
  uint32_t Child(uint32_t node, absl::string_view key) const;
  // The children of a node in turn: from FirstChild by NextChild, until kNone.
  uint32_t FirstChild(uint32_t node) const;
  uint32_t NextChild(uint32_t parent, uint32_t child) const;

 private:
  class Builder;

  std::unique_ptr<JsonInput> input_;
  std::vector<JsonNode> nodes_;
};

}  // namespace takt
