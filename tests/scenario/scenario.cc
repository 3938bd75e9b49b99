#include "tests/scenario/scenario.h"

#include <cmath>
#include <limits>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"
#include "absl/time/time.h"
#include "engine/base/status_macros.h"

namespace takt::scenario {
namespace {

bool IsCount(absl::string_view name) {
  for (const absl::string_view count :
       {"duplicates", "conflicts", "corrections", "incomplete", "dead_letters"}) {
    if (name == count) return true;
  }
  return false;
}

// Words are parted by blanks outside of quotes; braces of series hold none.
std::vector<std::string> Words(absl::string_view line) {
  std::vector<std::string> words;
  bool quoted = false;
  bool open = false;
  for (const char c : line) {
    if (c == '"') quoted = !quoted;
    if ((c == ' ' || c == '\t') && !quoted) {
      open = false;
      continue;
    }
    if (!open) words.emplace_back();
    open = true;
    words.back() += c;
  }
  return words;
}

absl::StatusOr<absl::Time> ReadTime(const std::string& text) {
  absl::Time time;
  std::string error;
  for (const char* format : {"%Y-%m-%d%ET%H:%M:%E*S%Ez", "%Y-%m-%d"}) {
    if (absl::ParseTime(format, text, &time, &error)) return time;
  }
  return absl::InvalidArgumentError(absl::StrCat("no time: ", text));
}

std::string JsonText(absl::string_view text) {
  std::string quoted = "\"";
  for (const char c : text) {
    if (c == '"' || c == '\\') quoted += '\\';
    quoted += c;
  }
  return quoted + "\"";
}

// null, true, false as such; everything else as text, as most exports write it.
std::string JsonValue(absl::string_view text) {
  if (text == "null" || text == "true" || text == "false") return std::string(text);
  if (text.size() >= 2 && text.front() == '"' && text.back() == '"') {
    text = text.substr(1, text.size() - 2);
  }
  return JsonText(text);
}

absl::StatusOr<Send> ReadEvent(const std::vector<std::string>& words) {
  if (words.size() < 3) return absl::InvalidArgumentError("an event has an object, an id and at=");
  std::string head =
      absl::StrCat("{\"object\":", JsonText(words[0]), ",\"id\":", JsonText(words[1]));
  std::string fields;
  for (size_t i = 2; i < words.size(); ++i) {
    const std::pair<std::string, std::string> pair =
        absl::StrSplit(words[i], absl::MaxSplits('=', 1));
    const auto& [key, value] = pair;
    if (words[i] == "record" || words[i] == "delete" || words[i] == "undelete") {
      absl::StrAppend(&head, ",\"op\":", JsonText(words[i]));
    } else if (words[i].find('=') == std::string::npos) {
      return absl::InvalidArgumentError(absl::StrCat("not understood: ", words[i]));
    } else if (key == "at") {
      TAKT_ASSIGN_OR_RETURN(const absl::Time time, ReadTime(value));
      absl::StrAppend(&head, ",\"time\":", absl::ToUnixMicros(time));
    } else if (key == "event") {
      absl::StrAppend(&head, ",\"event_id\":", JsonText(value));
    } else if (key == "order") {
      absl::StrAppend(&head, ",\"order\":[", value, "]");
    } else {
      absl::StrAppend(&fields, fields.empty() ? "" : ",", JsonText(key), ":", JsonValue(value));
    }
  }
  return Send{.record = absl::StrCat(head, ",\"fields\":{", fields, "}}"),
              .entity = absl::StrCat(words[0], "/", words[1])};
}

// D{1..3} is D1, D2, D3: an event for each, in this order.
absl::StatusOr<std::vector<std::string>> IdsOf(const std::string& id) {
  const size_t open = id.find('{');
  if (open == std::string::npos) return std::vector<std::string>{id};
  const size_t close = id.find('}', open);
  const size_t dots = id.find("..", open);
  int first = 0;
  int last = 0;
  const bool read = close != std::string::npos && dots < close &&
                    absl::SimpleAtoi(id.substr(open + 1, dots - open - 1), &first) &&
                    absl::SimpleAtoi(id.substr(dots + 2, close - dots - 2), &last);
  if (!read || first > last || last - first >= 10000) {
    return absl::InvalidArgumentError(absl::StrCat("no ids such as D{1..3}: ", id));
  }
  std::vector<std::string> ids;
  for (int i = first; i <= last; ++i) {
    ids.push_back(absl::StrCat(id.substr(0, open), i, id.substr(close + 1)));
  }
  return ids;
}

// Half a unit of the last digit written.
double ToleranceOf(absl::string_view number) {
  const size_t point = number.find('.');
  if (point == number.npos) return 1e-9;
  return 0.5000001 * std::pow(10.0, -static_cast<double>(number.size() - point - 1));
}

absl::StatusOr<Expect> ReadExpect(const std::vector<std::string>& words) {
  if (words.size() < 3) return absl::InvalidArgumentError("expect: a series and a value");
  Expect expect{.series = words[1], .is_count = IsCount(words[1])};
  if (words[2] == "absent") {
    expect.absent = true;
  } else if (words[2] == "NaN") {
    expect.value = std::numeric_limits<double>::quiet_NaN();
  } else if (!absl::SimpleAtod(words[2], &expect.value)) {
    return absl::InvalidArgumentError(absl::StrCat("no value: ", words[2]));
  }
  expect.tolerance = ToleranceOf(words[2]);
  if (words.size() > 3 && !absl::SimpleAtod(words[3], &expect.tolerance)) {
    return absl::InvalidArgumentError(absl::StrCat("no tolerance: ", words[3]));
  }
  return expect;
}

class Reader {
 public:
  explicit Reader(absl::string_view text) : lines_(absl::StrSplit(text, '\n')) {}

  absl::StatusOr<Scenario> Read() {
    for (at_ = 0; at_ < lines_.size(); ++at_) {
      const absl::Status status = ReadLine(absl::StripAsciiWhitespace(lines_[at_]));
      if (!status.ok()) {
        return absl::InvalidArgumentError(absl::StrCat("line ", at_ + 1, ": ", status.message()));
      }
    }
    return std::move(scenario_);
  }

 private:
  absl::Status ReadLine(absl::string_view line) {
    if (line.empty() || line[0] == '#') return absl::OkStatus();
    if (absl::ConsumePrefix(&line, "raw ")) {
      Add(Send{.record = std::string(line), .entity = std::string(line)});
      return absl::OkStatus();
    }
    const std::vector<std::string> words = Words(line);
    const std::string& verb = words[0];
    if (verb == "config") return ReadBlock(&scenario_.config);
    if (verb == "restart") {
      Add(Restart{});
    } else if (verb == "expect") {
      TAKT_ASSIGN_OR_RETURN(Expect expect, ReadExpect(words));
      Add(std::move(expect));
    } else if (words.size() == 2) {
      return ReadPair(verb, words[1]);
    } else {
      std::vector<std::string> event = words;
      TAKT_ASSIGN_OR_RETURN(const std::vector<std::string> ids, IdsOf(words[1]));
      for (const std::string& id : ids) {
        event[1] = id;
        TAKT_ASSIGN_OR_RETURN(Send send, ReadEvent(event));
        Add(std::move(send));
      }
    }
    return absl::OkStatus();
  }

  absl::Status ReadPair(const std::string& verb, const std::string& word) {
    if (verb == "use") {
      scenario_.uses.push_back(word);
    } else if (verb == "file") {
      scenario_.files.emplace_back(word, "");
      return ReadBlock(&scenario_.files.back().second);
    } else if (verb == "now") {
      TAKT_ASSIGN_OR_RETURN(const absl::Time time, ReadTime(word));
      Add(Now{.now = EventTime::From(time)});
    } else if (verb == "duplicate") {
      return Duplicate(word);
    } else {
      return absl::InvalidArgumentError(absl::StrCat("not understood: ", verb));
    }
    return absl::OkStatus();
  }

  absl::Status Duplicate(const std::string& word) {
    int count = 0;
    const bool has_last =
        !scenario_.lines.empty() && std::holds_alternative<Send>(scenario_.lines.back().what);
    if (!has_last || !absl::SimpleAtoi(word, &count)) {
      return absl::InvalidArgumentError("duplicate: how often the event above comes again");
    }
    const Send last = std::get<Send>(scenario_.lines.back().what);
    for (int i = 0; i < count; ++i) Add(last);
    return absl::OkStatus();
  }

  absl::Status ReadBlock(std::string* block) {
    for (++at_; at_ < lines_.size(); ++at_) {
      if (absl::StripAsciiWhitespace(lines_[at_]) == "end") return absl::OkStatus();
      absl::StrAppend(block, lines_[at_], "\n");
    }
    return absl::InvalidArgumentError("a block without its line `end`");
  }

  template <typename T>
  void Add(T what) {
    scenario_.lines.push_back({.number = static_cast<int>(at_) + 1, .what = std::move(what)});
  }

  std::vector<std::string> lines_;
  size_t at_ = 0;
  Scenario scenario_;
};

}  // namespace

absl::StatusOr<Scenario> ParseScenario(const std::string& name, absl::string_view text) {
  absl::StatusOr<Scenario> scenario = Reader(text).Read();
  if (!scenario.ok()) {
    return absl::InvalidArgumentError(absl::StrCat(name, ": ", scenario.status().message()));
  }
  scenario->name = name;
  return scenario;
}

}  // namespace takt::scenario
