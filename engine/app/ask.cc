#include "engine/app/ask.h"

#include <cstdio>
#include <fstream>
#include <sstream>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/strip.h"
#include "connectors/json/json_tree.h"
#include "engine/app/commands.h"
#include "engine/app/moment_text.h"

namespace takt {
namespace {

absl::StatusOr<std::string> ReadPassword(const std::string& path) {
  if (path.empty()) return "";
  std::ifstream file(path);
  std::stringstream content;
  content << file.rdbuf();
  if (!file) return absl::InvalidArgumentError(absl::StrCat("cannot read \"", path, "\""));
  return std::string(absl::StripSuffix(content.str(), "\n"));
}

// The text of {"error": "..."}, or the first line of what came.
std::string ErrorText(const std::string& body) {
  JsonTree tree;
  if (!tree.Parse(body).has_value()) {
    const uint32_t error = tree.Child(0, "error");
    if (error != JsonTree::kNone) return std::string(tree[error].text);
  }
  return Shown(absl::string_view(body).substr(0, body.find('\n')));
}

}  // namespace

absl::StatusOr<HttpAnswer> AskEngine(const ServerAddress& address, const std::string& path,
                                     std::vector<std::pair<std::string, std::string>> query) {
  HttpAsk ask;
  ask.url = absl::StrCat(absl::StrContains(address.url, "://") ? "" : "http://",
                         absl::StripSuffix(address.url, "/"), path);
  ask.query = std::move(query);
  ask.user = address.user;
  ask.ca_file = address.ca_file;
  const absl::StatusOr<std::string> password = ReadPassword(address.password_file);
  if (!password.ok()) return password.status();
  ask.password = *password;
  return HttpGet(ask);
}

int FailAsk(const char* command, const absl::StatusOr<HttpAnswer>& answer) {
  if (!answer.ok()) {
    const bool wrong = absl::IsInvalidArgument(answer.status());
    absl::FPrintF(stderr, "%s: %s%s\n", command, std::string(answer.status().message()),
                  wrong ? "" : "; is the engine running, with its second listener? see --server");
    return wrong ? kExitWrong : kExitFailed;
  }
  absl::FPrintF(stderr, "%s: %s\n", command, ErrorText(answer->body));
  return answer->status == 400 || answer->status == 404 ? kExitWrong : kExitFailed;
}

}  // namespace takt
