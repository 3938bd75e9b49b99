// The program: one command of the command line, and nothing else.
#include <cstdio>

#include "engine/app/command_line.h"
#include "engine/app/serve.h"

int main(int argc, char** argv) {
  CLI::App app{"Takt keeps the KPIs of a sales organisation exact while they happen."};
  app.footer("Start with: takt demo --for 30s\n`takt <command> --help` teaches each command.");
  app.set_version_flag("--version", takt::kVersion);
  app.require_subcommand(1);
  takt::ChosenCommand chosen;
  takt::AddRunningCommands(app, chosen);
  takt::AddCheckingCommands(app, chosen);
  takt::AddAskingCommands(app, chosen);
  takt::AddMakingCommands(app, chosen);
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    // Without it CLI11 speaks of a missing subcommand, not of the one that is misspelt.
    if (argc > 1 && argv[1][0] != '-' && app.get_subcommands().empty()) {
      std::fprintf(stderr, "takt: there is no command \"%s\"; see takt --help\n", argv[1]);
      return takt::kExitWrong;
    }
    const int code = app.exit(error);
    return code == 0 ? takt::kExitDone : takt::kExitWrong;
  }
  return chosen();
}
