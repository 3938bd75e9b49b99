#include "tests/house/code.h"

#include <cctype>
#include <utility>

namespace takt::house {
namespace {

bool IsWordCharacter(char c) {
  return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_';
}

std::string Joined(const File& file) {
  std::string text;
  for (const std::string& line : file.lines) text += line + "\n";
  return text;
}

void Blank(std::string& text, size_t from, size_t to) {
  for (size_t i = from; i < to && i < text.size(); ++i) {
    if (text[i] != '\n') text[i] = ' ';
  }
}

// The position after a literal that begins at `at` with a quote.
size_t EndOfQuoted(const std::string& text, size_t at) {
  const char quote = text[at];
  for (size_t i = at + 1; i < text.size(); ++i) {
    if (text[i] == '\\') {
      ++i;
    } else if (text[i] == quote || text[i] == '\n') {
      return i + 1;
    }
  }
  return text.size();
}

size_t EndOfRawString(const std::string& text, size_t quote) {
  const size_t open = text.find('(', quote);
  if (open == std::string::npos) return text.size();
  const std::string close = ")" + text.substr(quote + 1, open - quote - 1) + "\"";
  const size_t end = text.find(close, open);
  return end == std::string::npos ? text.size() : end + close.size();
}

size_t EndOfDirective(const std::string& text, size_t at) {
  size_t end = text.find('\n', at);
  while (end != std::string::npos && end > 0 && text[end - 1] == '\\')
    end = text.find('\n', end + 1);
  return end == std::string::npos ? text.size() : end;
}

bool BeginsLine(const std::string& text, size_t at) {
  while (at > 0 && (text[at - 1] == ' ' || text[at - 1] == '\t')) --at;
  return at == 0 || text[at - 1] == '\n';
}

// Blanks what begins at `at`, if it is no code, and returns the position after it; `at` itself if
// it is code.
size_t BlankNonCode(std::string& text, size_t at) {
  const char c = text[at];
  size_t end = at;
  if (c == '/' && text[at + 1] == '/') {
    end = text.find('\n', at);
    Blank(text, at, end);
  } else if (c == '/' && text[at + 1] == '*') {
    const size_t close = text.find("*/", at + 2);
    end = close == std::string::npos ? text.size() : close + 2;
    Blank(text, at, end);
  } else if (c == '#' && BeginsLine(text, at)) {
    end = EndOfDirective(text, at);
    Blank(text, at, end);
  } else if (c == '"') {
    const bool is_raw = at > 0 && text[at - 1] == 'R' && (at < 2 || !IsWordCharacter(text[at - 2]));
    end = is_raw ? EndOfRawString(text, at) : EndOfQuoted(text, at);
    Blank(text, at + 1, end - 1);
  } else if (c == '\'' && (at == 0 || !IsWordCharacter(text[at - 1]))) {
    end = EndOfQuoted(text, at);
    Blank(text, at + 1, end - 1);
  }
  return end;
}

std::string BlankedText(const File& file) {
  std::string text = Joined(file);
  for (size_t at = 0; at < text.size();) {
    const size_t end = BlankNonCode(text, at);
    at = end == at ? at + 1 : end;
  }
  return text;
}

size_t MatchingBrace(const std::string& text, size_t open) {
  int depth = 0;
  for (size_t i = open; i < text.size(); ++i) {
    if (text[i] == '{') ++depth;
    if (text[i] == '}' && --depth == 0) return i;
  }
  return text.size();
}

// Walks a head, the text between two statements, and knows at each position how deep it stands.
class HeadReader {
 public:
  explicit HeadReader(const std::string& head) : head_(head) {}

  // Position of the '(' that opens the parameters, or npos if the head is no function's.
  size_t Parameters() const {
    int angles = 0;
    int brackets = 0;
    const size_t begin = AfterTemplate();
    for (size_t i = begin; i < head_.size(); ++i) {
      const char c = head_[i];
      if (c == '[') ++brackets;
      if (c == ']') --brackets;
      if (brackets > 0) continue;
      if (c == '<') angles += IsOperator(begin, i) ? 0 : 1;
      if (c == '>' && angles > 0 && head_[i - 1] != '-') --angles;
      if (angles > 0) continue;
      if (c == '=' && !IsOperator(begin, i)) return std::string::npos;
      if (c != '(') continue;
      const std::string name = NameBefore(i);
      if (head_.compare(i, 2, "()") == 0 && name == "operator") {
        ++i;
        continue;
      }
      if (name.empty() && !IsOperator(begin, i)) return std::string::npos;
      if (IsSpecifier(name)) {
        i = After(i) - 1;
        continue;
      }
      return i;
    }
    return std::string::npos;
  }

  std::string NameBefore(size_t at) const {
    size_t end = at;
    while (end > 0 && std::isspace(static_cast<unsigned char>(head_[end - 1])) != 0) --end;
    size_t begin = end;
    while (begin > 0 && IsWordCharacter(head_[begin - 1])) --begin;
    return head_.substr(begin, end - begin);
  }

  int CountParameters(size_t open) const {
    const size_t close = After(open) - 1;
    int count = 0;
    int depth = 0;
    bool is_empty = true;
    for (size_t i = open + 1; i < close; ++i) {
      const char c = head_[i];
      if (c == '(' || c == '{' || c == '[' || c == '<') ++depth;
      if (c == ')' || c == '}' || c == ']' || (c == '>' && head_[i - 1] != '-')) --depth;
      if (c == ',' && depth == 0) ++count;
      if (std::isspace(static_cast<unsigned char>(c)) == 0) is_empty = false;
    }
    return is_empty ? 0 : count + 1;
  }

  // The first word after `template <...>`, if there is one.
  std::string FirstWord() const {
    size_t begin = AfterTemplate();
    while (begin < head_.size() && !IsWordCharacter(head_[begin])) ++begin;
    size_t end = begin;
    while (end < head_.size() && IsWordCharacter(head_[end])) ++end;
    return head_.substr(begin, end - begin);
  }

  // The position after the ')' that matches the '(' at `open`.
  size_t After(size_t open) const {
    int depth = 0;
    for (size_t i = open; i < head_.size(); ++i) {
      if (head_[i] == '(') ++depth;
      if (head_[i] == ')' && --depth == 0) return i + 1;
    }
    return head_.size();
  }

 private:
  size_t AfterTemplate() const {
    const size_t at = head_.find("template");
    if (at == std::string::npos || head_.find_first_not_of(" \t\n") != at) return 0;
    int depth = 0;
    for (size_t i = at; i < head_.size(); ++i) {
      if (head_[i] == '<') ++depth;
      if (head_[i] == '>' && --depth == 0) return i + 1;
    }
    return head_.size();
  }

  bool IsOperator(size_t begin, size_t at) const {
    const size_t found = head_.rfind("operator", at);
    return found != std::string::npos && found >= begin && at - found < 12;
  }

  // Macros and keywords that take parentheses before the name of a function.
  static bool IsSpecifier(const std::string& name) {
    for (const char* known :
         {"alignas", "decltype", "explicit", "noexcept", "requires", "__attribute__"}) {
      if (name == known) return true;
    }
    return StartsWith(name, "ABSL_");
  }

  const std::string& head_;
};

// True if the '{' after the head opens a type, a namespace or an `extern "C"` block.
bool OpensScope(const HeadReader& reader, const std::string& head) {
  const std::string word = reader.FirstWord();
  for (const char* known : {"namespace", "class", "struct", "union", "enum"}) {
    if (word == known) return true;
  }
  if (word == "inline" && HasWord(head, "namespace")) return true;
  return word == "extern" && head.find('"') != std::string::npos &&
         head.find('(') == std::string::npos;
}

// True if a '{' that follows the head initialises a member of a constructor, as in `: value_{1}`.
bool IsMemberInitialiser(const std::string& head, size_t parameters) {
  const size_t after = HeadReader(head).After(parameters);
  const size_t colon = head.find(':', after);
  if (colon == std::string::npos || (colon + 1 < head.size() && head[colon + 1] == ':'))
    return false;
  const size_t last = head.find_last_not_of(" \t\n");
  return IsWordCharacter(head[last]) || head[last] == '>';
}

// Reads one namespace or class after the other, statement by statement.
class FunctionFinder {
 public:
  explicit FunctionFinder(const File& file) : text_(BlankedText(file)) {}

  std::vector<Function> Find() {
    for (at_ = 0; at_ < text_.size(); ++at_) {
      const char c = text_[at_];
      if (c == ';' || c == '}') {
        if (c == ';') AddDeclaration();
        Restart();
      } else if (c == '{') {
        Open();
      } else if (c == ':' && (head_ == "public" || head_ == "private" || head_ == "protected")) {
        Restart();
      } else if (!head_.empty() || std::isspace(static_cast<unsigned char>(c)) == 0) {
        AddToHead();
      }
    }
    return std::move(found_);
  }

 private:
  void Restart() { head_.clear(); }

  // Takes what stands between parentheses in one go, so that braces in there are not read as
  // bodies.
  void AddToHead() {
    if (head_.empty()) head_at_ = at_;
    const size_t end = text_[at_] == '(' ? HeadReader(text_).After(at_) : at_ + 1;
    head_ += text_.substr(at_, end - at_);
    at_ = end - 1;
  }

  void AddDeclaration() {
    if (StartsWith(head_, "using") || StartsWith(head_, "typedef") ||
        StartsWith(head_, "static_assert"))
      return;
    const HeadReader reader(head_);
    const size_t parameters = reader.Parameters();
    if (parameters != std::string::npos) Add(reader, parameters, false);
  }

  void Open() {
    const HeadReader reader(head_);
    if (OpensScope(reader, head_)) {
      Restart();
      return;
    }
    const size_t parameters = reader.Parameters();
    const size_t close = MatchingBrace(text_, at_);
    const bool is_body = parameters != std::string::npos && !IsMemberInitialiser(head_, parameters);
    at_ = close;
    if (!is_body) {
      head_ += "{}";
      return;
    }
    Add(reader, parameters, true);
    Restart();
  }

  void Add(const HeadReader& reader, size_t parameters, bool has_body) {
    const std::string name = reader.NameBefore(parameters);
    found_.push_back({.name = name.empty() ? "operator" : name,
                      .first_line = LineOf(head_at_),
                      .last_line = LineOf(at_),
                      .parameters = reader.CountParameters(parameters),
                      .has_body = has_body});
  }

  int LineOf(size_t position) const {
    int line = 1;
    for (size_t i = 0; i < position && i < text_.size(); ++i) line += text_[i] == '\n' ? 1 : 0;
    return line;
  }

  std::string text_;
  std::string head_;
  size_t head_at_ = 0;
  size_t at_ = 0;
  std::vector<Function> found_;
};

}  // namespace

std::vector<std::string> BlankedLines(const File& file) {
  return MakeFile(file.path, BlankedText(file)).lines;
}

std::vector<Function> FindFunctions(const File& file) { return FunctionFinder(file).Find(); }

bool HasWord(const std::string& line, const std::string& word) {
  for (size_t at = line.find(word); at != std::string::npos; at = line.find(word, at + 1)) {
    const size_t end = at + word.size();
    const bool begins = at == 0 || !IsWordCharacter(line[at - 1]) || !IsWordCharacter(word.front());
    const bool ends =
        end >= line.size() || !IsWordCharacter(line[end]) || !IsWordCharacter(word.back());
    if (begins && ends) return true;
  }
  return false;
}

}  // namespace takt::house
