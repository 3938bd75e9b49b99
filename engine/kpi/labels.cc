#include "engine/kpi/labels.h"

#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"

namespace takt {

std::string EscapedLabelValue(const std::string& text) {
  return absl::StrReplaceAll(text, {{"\\", "\\\\"}, {"\"", "\\\""}, {"\n", "\\n"}});
}

Labels::Labels(std::vector<Pair> pairs) {
  std::string text;
  for (const auto& [name, value] : pairs) {
    absl::StrAppend(&text, text.empty() ? "{" : ",", name, "=\"", EscapedLabelValue(value), "\"");
  }
  if (!text.empty()) text.push_back('}');
  content_ = std::make_shared<const Content>(Content{std::move(pairs), std::move(text)});
}

const std::string* Labels::Find(const std::string& name) const {
  for (const Pair& pair : content_->pairs) {
    if (pair.first == name) return &pair.second;
  }
  return nullptr;
}

}  // namespace takt
