#include "connectors/http/board.h"

#include <map>
#include <memory>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"

namespace takt {
namespace {

constexpr char kPolicy[] =
    "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src data:; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

const char* ContentType(absl::string_view name) {
  if (absl::EndsWith(name, ".html")) return "text/html; charset=utf-8";
  if (absl::EndsWith(name, ".css")) return "text/css; charset=utf-8";
  return "text/javascript; charset=utf-8";
}

std::map<std::string, HttpResponse> MakeAnswers() {
  std::map<std::string, HttpResponse> answers;
  for (const EmbeddedFile& file : BoardFiles()) {
    const std::string path = file.name == "index.html" ? "/" : absl::StrCat("/board/", file.name);
    answers[path] = {200,
                     ContentType(file.name),
                     std::make_shared<const std::string>(file.content),
                     {{"Content-Security-Policy", kPolicy},
                      {"Referrer-Policy", "no-referrer"},
                      {"Cross-Origin-Opener-Policy", "same-origin"}}};
  }
  return answers;
}

}  // namespace

std::optional<HttpResponse> BoardFile(const std::string& path) {
  static const auto& answers = *new std::map<std::string, HttpResponse>(MakeAnswers());
  const auto answer = answers.find(path);
  if (answer == answers.end()) return std::nullopt;
  return answer->second;
}

}  // namespace takt
