// The command line: each command with its options, help and examples, added group by group. A command is
// chosen by parsing and run afterwards.
//
// Only these files and main.cc include CLI11 (7 s to compile each).
//
// Threads: main.
#pragma once

#include <CLI/CLI.hpp>

#include <functional>
#include <map>
#include <memory>
#include <string>

#include "absl/strings/str_cat.h"
#include "absl/time/time.h"
#include "engine/app/ask.h"
#include "engine/app/commands.h"

namespace takt {

using ChosenCommand = std::function<int()>;  // what main runs; empty: none was chosen yet

void AddRunningCommands(CLI::App& app, ChosenCommand& chosen);   // run, demo
void AddCheckingCommands(CLI::App& app, ChosenCommand& chosen);  // check, map, plan
void AddAskingCommands(CLI::App& app, ChosenCommand& chosen);    // explain, status, tap
void AddMakingCommands(CLI::App& app, ChosenCommand& chosen);    // init, events, generate, size

// A command of these options: `add` puts it on the command line, `run` does it. `chosen` must outlive `app`.
template <typename Options>
void AddCommand(CLI::App& app, ChosenCommand& chosen, CLI::App* (*add)(CLI::App&, Options&),
                int (*run)(const Options&)) {
  const auto options = std::make_shared<Options>();
  add(app, *options)->callback([&chosen, options, run] {
    chosen = [options, run] { return run(*options); };
  });
}

// An option that takes "90", "30s", "5m" or "2h".
void AddDuration(CLI::App* command, const std::string& name, absl::Duration& into,
                 const std::string& help);
// How to log in to an engine, and, with AddServer, where it is.
void AddLogin(CLI::App* command, ServerAddress& server);
void AddServer(CLI::App* command, ServerAddress& server);

// Takes a name for its value. CLI11's own prints the values beside the names, and those of a small
// enumeration are control characters: a message ended at the first NUL.
template <typename Value>
CLI::Validator OneOf(const std::map<std::string, Value>& values) {
  std::string names;
  for (const auto& [name, value] : values) absl::StrAppend(&names, names.empty() ? "" : "|", name);
  const auto take = [&values, names](std::string& text) -> std::string {
    const auto found = values.find(CLI::detail::to_lower(text));
    if (found == values.end()) return absl::StrCat("\"", text, "\" is none of ", names);
    text = std::to_string(static_cast<int>(found->second));
    return "";
  };
  return CLI::Validator(take, names, "");
}

}  // namespace takt
