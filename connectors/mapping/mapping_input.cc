#include "connectors/mapping/mapping_input.h"

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"

namespace takt {
namespace {

using Kind = MappingCell::Kind;
using Root = MappingPath::Root;

constexpr size_t kUnreachedMax = 100;

uint32_t Descend(const JsonTree& tree, uint32_t node, const std::vector<std::string>& segments) {
  for (const std::string& segment : segments) {
    if (node == JsonTree::kNone) return node;
    node = tree.Child(node, segment);
  }
  return node;
}

}  // namespace

MappingInput::MappingInput(const MappingFile& file, std::optional<int64_t> as_of_micros)
    : file_(file), as_of_micros_(as_of_micros), table_(file.delimiter, file.columns) {}

std::optional<Rejection> MappingInput::Open(const Record& record) {
  record_ = &record;
  key_state_ = KeyState::kUnread;
  reached_.clear();
  is_open_ = false;
  if (!is_csv()) {
    auto rejection = tree_.Parse(record.value);
    is_open_ = !rejection.has_value();
    return rejection;
  }
  if (auto rejection = table_.Open(record)) return rejection;
  is_open_ = true;
  if (columns_version_ != table_.names_version()) {
    columns_version_ = table_.names_version();
    columns_.clear();
    for (size_t i = 0; i < table_.names().size(); ++i) columns_[table_.names()[i]] = i;
  }
  return std::nullopt;
}

MappingCell MappingInput::At(const MappingPath& path, const MappingFocus& focus) {
  if (traces_ && !is_csv()) reached_.insert(NodeAt(path, focus));
  if (traces_ && is_csv() && !path.segments.empty()) {
    const auto column = columns_.find(path.segments.front());
    if (column != columns_.end()) reached_.insert(static_cast<uint32_t>(column->second));
  }
  switch (path.root) {
    case Root::kDocument:
    case Root::kValue:
      if (is_csv()) return Column(path.segments.empty() ? "" : path.segments.front());
      return CellOf(tree_, NodeAt(path, focus));
    case Root::kItem:
      return is_csv() ? MappingCell{} : CellOf(tree_, NodeAt(path, focus));
    case Root::kKey:
      return Key(path);
    case Root::kHeader:
      return Header(path);
    case Root::kTopic:
      return {Kind::kText, record_->topic};
    case Root::kRecordTime:
      if (record_->record_time_micros == 0) return {};
      return {Kind::kTime, {}, record_->record_time_micros};
    case Root::kAsOf:
      if (!as_of_micros_.has_value()) return {};
      return {Kind::kTime, {}, *as_of_micros_};
  }
  return {};
}

uint32_t MappingInput::NodeAt(const MappingPath& path, const MappingFocus& focus) const {
  uint32_t node = JsonTree::kNone;
  if (path.root == Root::kDocument) node = focus.document;
  if (path.root == Root::kValue) node = 0;
  if (path.root == Root::kItem) node = focus.item;
  return node == JsonTree::kNone ? node : Descend(tree_, node, path.segments);
}

MappingCell MappingInput::CellOf(const JsonTree& tree, uint32_t node) const {
  if (node == JsonTree::kNone) return {};
  const JsonNode& found = tree[node];
  switch (found.kind) {
    case JsonNode::Kind::kNull:
      return {Kind::kNull};
    case JsonNode::Kind::kText:
      return {Kind::kText, found.text};
    case JsonNode::Kind::kNumber:
      return {Kind::kNumber, found.text};
    case JsonNode::Kind::kBool:
      return {Kind::kBool, found.flag ? "true" : "false"};
    case JsonNode::Kind::kObject:
    case JsonNode::Kind::kArray:
      return {Kind::kNested};
  }
  return {};
}

MappingCell MappingInput::Column(const std::string& name) const {
  const auto found = columns_.find(name);
  if (found == columns_.end()) return {};
  // Exports pad cells; a blank more or less is no other stage and no other owner.
  const absl::string_view cell = absl::StripAsciiWhitespace(table_.cells()[found->second]);
  return {cell.empty() ? Kind::kAbsent : Kind::kText, cell};
}

MappingCell MappingInput::Key(const MappingPath& path) {
  if (!record_->has_key) return {};
  if (path.segments.empty()) return {Kind::kText, record_->key};
  if (key_state_ == KeyState::kUnread) {
    key_state_ = key_tree_.Parse(record_->key).has_value() ? KeyState::kNoJson : KeyState::kRead;
  }
  if (key_state_ == KeyState::kNoJson) return {};
  return CellOf(key_tree_, Descend(key_tree_, 0, path.segments));
}

MappingCell MappingInput::Header(const MappingPath& path) const {
  for (const auto& [name, value] : record_->headers) {
    if (name == path.segments.front()) return {Kind::kText, value};
  }
  return {};
}

std::vector<std::string> MappingInput::Unreached() const {
  std::vector<std::string> found;
  if (!is_open_) return found;
  if (!is_csv()) {
    AddUnreached(0, "", found);
    return found;
  }
  for (size_t i = 0; i < table_.names().size() && found.size() < kUnreachedMax; ++i) {
    if (!reached_.contains(static_cast<uint32_t>(i))) found.push_back(table_.names()[i]);
  }
  return found;
}

void MappingInput::AddUnreached(uint32_t node, const std::string& path,
                                std::vector<std::string>& found) const {
  if (found.size() >= kUnreachedMax) return;
  const uint32_t first = tree_.FirstChild(node);
  if (first == JsonTree::kNone) {
    if (!reached_.contains(node)) found.push_back(path);
    return;
  }
  const bool is_array = tree_[node].kind == JsonNode::Kind::kArray;
  size_t number = 0;
  for (uint32_t child = first; child != JsonTree::kNone; child = tree_.NextChild(node, child)) {
    const std::string name = is_array ? absl::StrCat(number++) : std::string(tree_[child].key);
    AddUnreached(child, path.empty() ? name : absl::StrCat(path, ".", name), found);
  }
}

}  // namespace takt
