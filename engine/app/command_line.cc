#include "engine/app/command_line.h"

#include "absl/strings/numbers.h"

namespace takt {
namespace {

// "90", "30s", "5m" or "2h" to a duration.
std::string ReadDuration(const std::string& text, absl::Duration* length) {
  double seconds = 0;
  const bool bare = text.find_first_not_of("0123456789.") == std::string::npos;
  const bool read = bare ? absl::SimpleAtod(text, &seconds) : absl::ParseDuration(text, length);
  if (bare) *length = absl::Seconds(seconds);
  if (read && *length > absl::ZeroDuration() && *length < absl::InfiniteDuration()) return "";
  return "\"" + text + "\" is no duration; write it like 30s, 5m or 2h";
}

}  // namespace

void AddDuration(CLI::App* command, const std::string& name, absl::Duration& into,
                 const std::string& help) {
  command->add_option_function<std::string>(
      name,
      [&into, name](const std::string& text) {
        const std::string problem = ReadDuration(text, &into);
        if (!problem.empty()) throw CLI::ValidationError(name, problem);
      },
      help);
}

void AddLogin(CLI::App* command, ServerAddress& server) {
  command->add_option("--user", server.user, "For basic authentication");
  command->add_option("--password-file", server.password_file, "File that holds the password");
  command->add_option("--ca", server.ca_file, "Certificates to trust, PEM; default: the system's");
}

void AddServer(CLI::App* command, ServerAddress& server) {
  command->add_option("--server", server.url, "The engine's second listener")
      ->capture_default_str();
  AddLogin(command, server);
}

}  // namespace takt
