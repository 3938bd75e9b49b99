#include "tests/oracle/json.h"

#include <cstdint>
#include <cstdlib>
#include <optional>
#include <set>

namespace takt::oracle {
namespace {

constexpr size_t kBytesMax = 1 << 20;
constexpr int kDepthMax = 32;

// The code point at `at`, which is moved behind it; -1: not UTF-8.
int32_t TakeCodePoint(absl::string_view text, size_t& at) {
  const auto byte = [&](size_t i) { return static_cast<uint8_t>(text[i]); };
  const uint8_t lead = byte(at);
  const int length = lead < 0x80 ? 1 : lead < 0xc2 ? 0 : lead < 0xe0 ? 2 : lead < 0xf0 ? 3 : 4;
  if (length == 0 || lead > 0xf4 || at + length > text.size()) return -1;
  int32_t code = length == 1 ? lead : lead & (0x7f >> length);
  for (int i = 1; i < length; ++i) {
    if ((byte(at + i) & 0xc0) != 0x80) return -1;
    code = code << 6 | (byte(at + i) & 0x3f);
  }
  at += length;
  const bool overlong = (length == 3 && code < 0x800) || (length == 4 && code < 0x10000);
  const bool surrogate = code >= 0xd800 && code < 0xe000;
  return overlong || surrogate || code > 0x10ffff ? -1 : code;
}

void AppendUtf8(uint32_t code, std::string& text) {
  const auto add = [&](uint32_t byte) { text.push_back(static_cast<char>(byte)); };
  if (code < 0x80) return add(code);
  if (code < 0x800) {
    add(0xc0 | code >> 6);
  } else if (code < 0x10000) {
    add(0xe0 | code >> 12);
    add(0x80 | (code >> 6 & 0x3f));
  } else {
    add(0xf0 | code >> 18);
    add(0x80 | (code >> 12 & 0x3f));
    add(0x80 | (code >> 6 & 0x3f));
  }
  add(0x80 | (code & 0x3f));
}

class Parser {
 public:
  explicit Parser(absl::string_view text) : text_(text) {}

  std::variant<Json, Reason> Document() {
    Json json;
    if (!Value(json, 0)) return reason_;
    SkipBlanks();
    if (at_ != text_.size()) return Reason::kMalformed;
    return json;
  }

 private:
  bool Refuse(Reason reason) {
    reason_ = reason;
    return false;
  }
  void SkipBlanks() {
    while (at_ < text_.size() && absl::string_view(" \t\r\n").find(text_[at_]) != text_.npos) ++at_;
  }
  bool Take(char c) {
    SkipBlanks();
    if (at_ == text_.size() || text_[at_] != c) return false;
    ++at_;
    return true;
  }
  bool TakeWord(absl::string_view word) {
    if (text_.substr(at_, word.size()) != word) return false;
    at_ += word.size();
    return true;
  }

  bool Value(Json& json, int depth) {
    if (depth > kDepthMax) return Refuse(Reason::kTooLarge);
    SkipBlanks();
    if (at_ == text_.size()) return Refuse(Reason::kMalformed);
    switch (text_[at_]) {
      case '{':
        return Object(json, depth);
      case '[':
        return Array(json, depth);
      case '"':
        json.kind = Json::Kind::kText;
        return Text(json.text);
      default:
        break;
    }
    if (TakeWord("null")) return true;
    json.kind = Json::Kind::kBool;
    json.flag = TakeWord("true");
    if (json.flag || TakeWord("false")) return true;
    json.kind = Json::Kind::kNumber;
    return Number(json.text);
  }

  bool Object(Json& json, int depth) {
    json.kind = Json::Kind::kObject;
    std::set<std::string> keys;
    Take('{');
    if (Take('}')) return true;
    do {
      SkipBlanks();
      std::pair<std::string, Json> member;
      if (!Text(member.first)) return false;
      if (!Take(':')) return Refuse(Reason::kMalformed);
      if (!Value(member.second, depth + 1)) return false;
      if (!keys.insert(member.first).second) return Refuse(Reason::kMalformed);
      json.members.push_back(std::move(member));
    } while (Take(','));
    return Take('}') || Refuse(Reason::kMalformed);
  }

  bool Array(Json& json, int depth) {
    json.kind = Json::Kind::kArray;
    Take('[');
    if (Take(']')) return true;
    do {
      json.elements.emplace_back();
      if (!Value(json.elements.back(), depth + 1)) return false;
    } while (Take(','));
    return Take(']') || Refuse(Reason::kMalformed);
  }

  bool Text(std::string& text) {
    if (at_ == text_.size() || text_[at_] != '"') return Refuse(Reason::kMalformed);
    for (++at_; at_ < text_.size(); ++at_) {
      const char c = text_[at_];
      if (c == '"') {
        ++at_;
        return true;
      }
      if (static_cast<uint8_t>(c) < 0x20) return Refuse(Reason::kMalformed);
      if (c != '\\') {
        text.push_back(c);
      } else if (!Escape(text)) {
        return Refuse(Reason::kMalformed);
      }
    }
    return Refuse(Reason::kMalformed);
  }

  bool Escape(std::string& text) {
    if (++at_ == text_.size()) return false;
    static constexpr absl::string_view kNames = "\"\\/bfnrt";
    static constexpr absl::string_view kMeanings = "\"\\/\b\f\n\r\t";
    const size_t place = kNames.find(text_[at_]);
    if (place != kNames.npos) {
      text.push_back(kMeanings[place]);
      return true;
    }
    std::optional<uint32_t> code = Hex();
    if (!code.has_value() || (*code >= 0xdc00 && *code < 0xe000)) return false;
    if (*code >= 0xd800 && *code < 0xdc00) {
      ++at_;
      if (at_ >= text_.size() || text_[at_] != '\\') return false;
      ++at_;
      const std::optional<uint32_t> low = Hex();
      if (!low.has_value() || *low < 0xdc00 || *low >= 0xe000) return false;
      code = 0x10000 + ((*code - 0xd800) << 10) + (*low - 0xdc00);
    }
    AppendUtf8(*code, text);
    return true;
  }

  // uXXXX at the place; leaves the place on its last digit.
  std::optional<uint32_t> Hex() {
    const absl::string_view digits = text_.substr(at_).substr(0, 5);
    if (digits.size() < 5 || digits[0] != 'u') return std::nullopt;
    if (digits.find_first_not_of("0123456789abcdefABCDEF", 1) != digits.npos) return std::nullopt;
    at_ += 4;
    return static_cast<uint32_t>(std::strtoul(std::string(digits.substr(1)).c_str(), nullptr, 16));
  }

  size_t Digits() {
    const size_t before = at_;
    while (at_ < text_.size() && text_[at_] >= '0' && text_[at_] <= '9') ++at_;
    return at_ - before;
  }

  bool Number(std::string& number) {
    const size_t begin = at_;
    TakeWord("-");
    const absl::string_view word = text_.substr(at_, 3);
    if (word == "NaN" || word == "Inf" || word == "nan") return Refuse(Reason::kBadNumber);
    const size_t whole = at_;
    const size_t count = Digits();
    if (count == 0 || (count > 1 && text_[whole] == '0')) return Refuse(Reason::kMalformed);
    if (TakeWord(".") && Digits() == 0) return Refuse(Reason::kMalformed);
    if (TakeWord("e") || TakeWord("E")) {
      if (!TakeWord("+")) TakeWord("-");
      if (Digits() == 0) return Refuse(Reason::kMalformed);
    }
    number = std::string(text_.substr(begin, at_ - begin));
    return true;
  }

  absl::string_view text_;
  size_t at_ = 0;
  Reason reason_ = Reason::kMalformed;
};

}  // namespace

const Json* Json::Find(absl::string_view key) const {
  for (const auto& [name, value] : members) {
    if (name == key) return &value;
  }
  return nullptr;
}

std::variant<Json, Reason> ParseJson(absl::string_view document) {
  if (document.size() > kBytesMax) return Reason::kTooLarge;
  if (!IsUtf8(document)) return Reason::kInvalidUtf8;
  return Parser(document).Document();
}

bool IsUtf8(absl::string_view text) {
  for (size_t at = 0; at < text.size();) {
    if (TakeCodePoint(text, at) < 0) return false;
  }
  return true;
}

bool HasControls(absl::string_view text) {
  for (size_t at = 0; at < text.size();) {
    const int32_t code = TakeCodePoint(text, at);
    if (code < 0x20 || (code >= 0x7f && code < 0xa0)) return true;
    if (code == 0x200e || code == 0x200f || code == 0x61c) return true;
    if ((code >= 0x202a && code <= 0x202e) || (code >= 0x2066 && code <= 0x2069)) return true;
  }
  return false;
}

}  // namespace takt::oracle
