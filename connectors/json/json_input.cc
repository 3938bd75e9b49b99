#include "connectors/json/json_input.h"

#include <algorithm>
#include <cstring>

#include "absl/numeric/bits.h"
#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "connectors/json/json_frame.h"

namespace takt {
namespace {

namespace od = simdjson::ondemand;

constexpr size_t kFewKeys = 16;
constexpr size_t kShownBytesMax = 80;

bool IsDigit(char c) { return c >= '0' && c <= '9'; }

size_t SkipDigits(std::string_view token, size_t at) {
  while (at < token.size() && IsDigit(token[at])) ++at;
  return at;
}

// Where the number at the front of `token` ends, by the grammar of RFC 8259; 0 when there is none.
size_t NumberEnd(std::string_view token) {
  size_t at = !token.empty() && token[0] == '-' ? 1 : 0;
  const size_t whole = at;
  at = SkipDigits(token, at);
  if (at == whole || (token[whole] == '0' && at > whole + 1)) return 0;
  if (at < token.size() && token[at] == '.') {
    const size_t fraction = at + 1;
    at = SkipDigits(token, fraction);
    if (at == fraction) return 0;
  }
  if (at < token.size() && (token[at] == 'e' || token[at] == 'E')) {
    size_t exponent = at + 1;
    if (exponent < token.size() && (token[exponent] == '+' || token[exponent] == '-')) ++exponent;
    at = SkipDigits(token, exponent);
    if (at == exponent) return 0;
  }
  return at;
}

uint64_t BytesThatAre(char c, uint64_t word) {
  constexpr uint64_t kOnes = 0x0101010101010101;
  const uint64_t zeros = word ^ (kOnes * static_cast<uint8_t>(c));
  return (zeros - kOnes) & ~zeros & (kOnes << 7);
}

// The text from `begin` to its closing quote; false when an escape comes first. The first stage of
// the parser has seen the closing quote, and reading beyond it ends in the padding.
bool FindPlainEnd(const char* begin, absl::string_view* text) {
  const char* at = begin;
  uint64_t found = 0;
  while (true) {
    uint64_t word;
    std::memcpy(&word, at, sizeof(word));
    found = BytesThatAre('"', word) | BytesThatAre('\\', word);
    if (found != 0) break;
    at += sizeof(word);
  }
  // The lowest byte that is marked is marked rightly; borrows reach only higher ones.
  at += absl::countr_zero(found) / 8;
  *text = absl::string_view(begin, static_cast<size_t>(at - begin));
  return *at == '"';
}

bool IsNoNumberButMeantAsOne(std::string_view token) {
  if (!token.empty() && token[0] == '-') token.remove_prefix(1);
  return token.substr(0, 3) == "NaN" || token.substr(0, 3) == "Inf" || token.substr(0, 3) == "nan";
}

JsonVerdict SkipObject(od::value value, int depth) {
  od::object object;
  if (const auto error = value.get_object().get(object)) return JsonVerdict::Of(error);
  KeySet keys;
  for (auto result : object) {
    od::field field;
    if (const auto error = std::move(result).get(field)) return JsonVerdict::Of(error);
    absl::string_view key;
    JsonVerdict verdict = ReadKey(field, &key);
    if (!verdict.ok()) return verdict;
    keys.Add(key);
    verdict = SkipValue(field.value(), depth + 1);
    if (!verdict.ok()) return verdict;
  }
  if (keys.HasTwice()) return JsonVerdict::Refuse(Reason::kMalformed, "a key is there twice");
  return {};
}

JsonVerdict SkipArray(od::value value, int depth) {
  od::array array;
  if (const auto error = value.get_array().get(array)) return JsonVerdict::Of(error);
  for (auto result : array) {
    od::value element;
    if (const auto error = std::move(result).get(element)) return JsonVerdict::Of(error);
    const JsonVerdict verdict = SkipValue(element, depth + 1);
    if (!verdict.ok()) return verdict;
  }
  return {};
}

}  // namespace

JsonVerdict JsonVerdict::OfError(simdjson::error_code error) {
  const char* const text = simdjson::error_message(error);
  if (error == simdjson::UTF8_ERROR) return Refuse(Reason::kInvalidUtf8, text);
  if (error == simdjson::CAPACITY || error == simdjson::DEPTH_ERROR) {
    return Refuse(Reason::kTooLarge, text);
  }
  // Every other error says in its own words that this is not JSON, or not of the needed shape.
  return Refuse(Reason::kMalformed, text);
}

Rejection JsonVerdict::ToRejection(absl::string_view key) const {
  const absl::string_view shown = key.substr(0, kShownBytesMax);
  return {reason, key.empty() ? why : absl::StrCat(absl::CHexEscape(shown), ": ", why)};
}

JsonVerdict JsonInput::Open(absl::string_view value, od::document* document) {
  if (value.empty()) return JsonVerdict::Refuse(Reason::kEmptyValue, "no bytes");
  if (value.size() > kJsonBytesMax) {
    return JsonVerdict::Refuse(Reason::kTooLarge, "more than 1 MiB");
  }
  if (!StripJsonFrame(&value)) {
    return JsonVerdict::Refuse(Reason::kUnsupportedFrame,
                               "schema registry frame without JSON behind it");
  }
  if (value.size() >= 3 && value.substr(0, 3) == "\xef\xbb\xbf") {
    return JsonVerdict::Refuse(Reason::kMalformed, "byte order mark");
  }
  const size_t needed = value.size() + simdjson::SIMDJSON_PADDING;
  if (padded_.size() < needed) padded_.resize(needed);
  std::memcpy(padded_.data(), value.data(), value.size());
  // What an earlier, longer record left in the padding is never looked at as content.
  const auto error = parser_.iterate(padded_.data(), value.size(), padded_.size()).get(*document);
  return error ? JsonVerdict::Of(error) : JsonVerdict{};
}

JsonVerdict ReadNumber(std::string_view token, absl::string_view* number) {
  const size_t end = NumberEnd(token);
  const bool only_blanks_follow = token.find_first_not_of(" \t\r\n", end) == std::string_view::npos;
  if (end > 0 && only_blanks_follow) {
    *number = View(token.substr(0, end));
    return {};
  }
  const Reason reason = IsNoNumberButMeantAsOne(token) ? Reason::kBadNumber : Reason::kMalformed;
  return JsonVerdict::Refuse(reason, "no JSON number");
}

JsonVerdict ReadString(od::value& value, absl::string_view* text) {
  const std::string_view token = value.raw_json_token();
  if (FindPlainEnd(token.data() + 1, text)) return {};
  std::string_view unescaped;
  if (const auto error = value.get_string().get(unescaped)) return JsonVerdict::Of(error);
  *text = View(unescaped);
  return {};
}

JsonVerdict ReadKey(od::field& field, absl::string_view* key) {
  if (FindPlainEnd(field.key().raw(), key)) return {};
  std::string_view unescaped;
  if (const auto error = field.unescaped_key().get(unescaped)) return JsonVerdict::Of(error);
  *key = View(unescaped);
  return {};
}

JsonVerdict SkipValue(od::value value, int depth) {
  if (depth > kJsonDepthMax) {
    return JsonVerdict::Refuse(Reason::kTooLarge, "nested deeper than 32 levels");
  }
  od::json_type type;
  if (const auto error = value.type().get(type)) {
    absl::string_view unused;
    return ReadNumber(value.raw_json_token(), &unused);
  }
  switch (type) {
    case od::json_type::object:
      return SkipObject(value, depth);
    case od::json_type::array:
      return SkipArray(value, depth);
    case od::json_type::number: {
      absl::string_view unused;
      return ReadNumber(value.raw_json_token(), &unused);
    }
    case od::json_type::string: {
      absl::string_view unused;
      return ReadString(value, &unused);
    }
    case od::json_type::boolean: {
      bool unused;
      return JsonVerdict::Of(value.get_bool().get(unused));
    }
    case od::json_type::null: {
      bool unused;
      return JsonVerdict::Of(value.is_null().get(unused));
    }
  }
  return JsonVerdict::Refuse(Reason::kMalformed, "no JSON value");
}

bool KeySet::HasTwice() {
  if (keys_.size() <= kFewKeys) {
    for (size_t i = 1; i < keys_.size(); ++i) {
      for (size_t j = 0; j < i; ++j) {
        if (keys_[i] == keys_[j]) return true;
      }
    }
    return false;
  }
  std::sort(keys_.begin(), keys_.end());
  return std::adjacent_find(keys_.begin(), keys_.end()) != keys_.end();
}

}  // namespace takt
