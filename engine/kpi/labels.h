// The labels of one sample, in order, and their text as it stands on a page. Made once for every series
// of a definition and shared by all its snapshots, so a snapshot of 100,000 samples copies pointers and a
// page of them copies ready text.
//
// Threads: immutable; shared by reference count.
#pragma once

#include <initializer_list>
#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace takt {

class Labels {
 public:
  using Pair = std::pair<std::string, std::string>;  // name, value

  Labels() : Labels(std::vector<Pair>()) {}
  Labels(std::initializer_list<Pair> pairs) : Labels(std::vector<Pair>(pairs)) {}
  Labels(std::vector<Pair> pairs);  // NOLINT(google-explicit-constructor): a list of labels is one

  std::vector<Pair>::const_iterator begin() const { return content_->pairs.begin(); }
  std::vector<Pair>::const_iterator end() const { return content_->pairs.end(); }
  size_t size() const { return content_->pairs.size(); }
  bool empty() const { return content_->pairs.empty(); }
  const Pair& operator[](size_t place) const { return content_->pairs[place]; }
  const std::vector<Pair>& pairs() const { return content_->pairs; }

  // The value of label `name`; nullptr where there is none.
  const std::string* Find(const std::string& name) const;

  // {window="28d",sales_region="north"} with values escaped for Prometheus; empty without labels.
  const std::string& text() const { return content_->text; }

  friend bool operator==(const Labels& a, const Labels& b) {
    return a.content_ == b.content_ || a.pairs() == b.pairs();
  }

 private:
  struct Content {
    std::vector<Pair> pairs;
    std::string text;
  };
  std::shared_ptr<const Content> content_;
};

// `text` with backslash, double quote and line feed escaped, as in a label value.
std::string EscapedLabelValue(const std::string& text);

}  // namespace takt
