#include "engine/kpi/json_writer.h"

#include <cmath>
#include <utility>

#include "absl/strings/str_cat.h"
#include "engine/base/utf8.h"
#include "engine/kpi/number_text.h"

namespace takt {
namespace {

constexpr size_t kCharacterBytesMax = 4;

void AppendByte(char c, std::string* out) {
  constexpr char kHex[] = "0123456789abcdef";
  const auto byte = static_cast<unsigned char>(c);
  if (c == '"' || c == '\\') {
    out->push_back('\\');
    out->push_back(c);
  } else if (byte < 0x20) {
    absl::StrAppend(out, "\\u00", byte < 0x10 ? "0" : "1", std::string(1, kHex[byte & 0xf]));
  } else {
    out->push_back(c);
  }
}

// The bytes of the character that `text` begins with; 0 when they are none.
size_t CharacterBytes(absl::string_view text) {
  for (size_t bytes = 1; bytes <= kCharacterBytesMax && bytes <= text.size(); ++bytes) {
    if (ClassifyText(text.substr(0, bytes)) != TextClass::kInvalid) return bytes;
  }
  return 0;
}

}  // namespace

void AppendJsonText(absl::string_view text, std::string* out) {
  out->push_back('"');
  if (ClassifyText(text) != TextClass::kInvalid) {
    for (const char c : text) AppendByte(c, out);
  } else {
    while (!text.empty()) {
      const size_t bytes = CharacterBytes(text);
      if (bytes == 0) out->append("\xef\xbf\xbd");
      for (size_t i = 0; i < bytes; ++i) AppendByte(text[i], out);
      text.remove_prefix(bytes == 0 ? 1 : bytes);
    }
  }
  out->push_back('"');
}

std::string Indented(absl::string_view json) {
  std::string out;
  size_t depth = 0;
  const auto new_line = [&] { out.append("\n").append(2 * depth, ' '); };
  for (size_t i = 0; i < json.size(); ++i) {
    const char c = json[i];
    if (c == '"') {
      const size_t begin = i++;
      while (json[i] != '"') i += json[i] == '\\' ? 2 : 1;
      out.append(json.data() + begin, i + 1 - begin);
    } else if (c == '{' || c == '[') {
      out.push_back(c);
      if (json[i + 1] == '}' || json[i + 1] == ']') {
        out.push_back(json[++i]);
      } else {
        ++depth;
        new_line();
      }
    } else if (c == '}' || c == ']') {
      --depth;
      new_line();
      out.push_back(c);
    } else if (c == ',') {
      out.push_back(c);
      new_line();
    } else {
      out.append(c == ':' ? ": " : std::string(1, c));
    }
  }
  return out + "\n";
}

void JsonWriter::Separate() {
  if (comma_) out_.push_back(',');
  comma_ = true;
}

JsonWriter& JsonWriter::Object(absl::FunctionRef<void()> members) {
  Separate();
  out_.push_back('{');
  comma_ = false;
  members();
  out_.push_back('}');
  comma_ = true;
  return *this;
}

JsonWriter& JsonWriter::Array(absl::FunctionRef<void()> elements) {
  Separate();
  out_.push_back('[');
  comma_ = false;
  elements();
  out_.push_back(']');
  comma_ = true;
  return *this;
}

JsonWriter& JsonWriter::Key(absl::string_view name) {
  Separate();
  AppendJsonText(name, &out_);
  out_.push_back(':');
  comma_ = false;
  return *this;
}

JsonWriter& JsonWriter::Value(absl::string_view text) {
  Separate();
  AppendJsonText(text, &out_);
  return *this;
}

JsonWriter& JsonWriter::Value(bool value) {
  Separate();
  out_.append(value ? "true" : "false");
  return *this;
}

JsonWriter& JsonWriter::Value(double number) {
  if (!std::isfinite(number)) return Null();
  Separate();
  AppendNumber(number, &out_);
  return *this;
}

JsonWriter& JsonWriter::Null() {
  Separate();
  out_.append("null");
  return *this;
}

JsonWriter& JsonWriter::Raw(absl::string_view json) {
  Separate();
  out_.append(json.data(), json.size());
  return *this;
}

JsonWriter& JsonWriter::Signed(int64_t number) {
  Separate();
  absl::StrAppend(&out_, number);
  return *this;
}

JsonWriter& JsonWriter::Unsigned(uint64_t number) {
  Separate();
  absl::StrAppend(&out_, number);
  return *this;
}

std::string JsonWriter::Finish() && { return std::move(out_); }

}  // namespace takt
