// Files to tree, tree to definition, in two passes over the same tree.
#include "engine/settings/load.h"

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "engine/base/hash.h"
#include "engine/settings/compilation.h"
#include "engine/settings/dimension_compiler.h"
#include "engine/settings/files.h"
#include "engine/settings/kpi_compiler.h"
#include "engine/settings/kpi_export.h"
#include "engine/settings/moment_compiler.h"
#include "engine/settings/object_compiler.h"
#include "engine/settings/process_settings.h"
#include "engine/settings/settings.h"
#include "engine/settings/values.h"

namespace takt {
namespace {

constexpr uint32_t kChangesPerEntityLimit = 1'000'000;

void CompileCalendar(Compilation& compilation) {
  const Node* section = compilation.root.Get("calendar");
  if (section == nullptr) return;
  const Node* zone = section->Get("time_zone");
  const Node* month = section->Get("fiscal_year");
  const int first_month = month == nullptr ? 1 : ParseMonth(month->text).value_or(1);
  absl::StatusOr<Calendar> calendar =
      Calendar::Create(zone == nullptr ? "UTC" : zone->text, first_month);
  if (calendar.ok()) {
    compilation.definition.calendar = *std::move(calendar);
  } else {
    Error(compilation.problems, zone == nullptr ? *section : *zone,
          std::string(calendar.status().message()));
  }
}

void CompileGeneral(Compilation& compilation) {
  Definition& definition = compilation.definition;
  if (const Node* name = compilation.root.Get("organisation")) definition.organisation = name->text;
  CompileCalendar(compilation);
  const Node* money = compilation.root.Get("money");
  const Node* code = money == nullptr ? nullptr : money->Get("report_in");
  if (code != nullptr) {
    definition.currency = {code->text, CurrencyDecimals(code->text).value_or(2)};
  }
  const Node* engine = compilation.root.Get("engine");
  const Node* changes = engine == nullptr ? nullptr : engine->Get("changes_per_entity_max");
  if (changes == nullptr) return;
  uint32_t most = 0;
  if (!absl::SimpleAtoi(changes->text, &most) || most < 16 || most > kChangesPerEntityLimit) {
    return Error(
        compilation.problems, *changes,
        absl::StrCat("\"", changes->text, "\" is not from 16 to ", kChangesPerEntityLimit));
  }
  definition.changes_per_entity_max = most;
}

void Compile(Compilation& compilation, const Learned& learned) {
  CompileGeneral(compilation);
  DeclareObjects(compilation, learned);
  CompileDimensions(compilation);
  CompileMoments(compilation);
  CompileKpis(compilation);
}

void CheckSeries(const Compilation& compilation, const EngineSettings& engine) {
  const uint64_t series = CountSeries(compilation.definition);
  const Node* kpis = compilation.root.Get("kpis");
  if (kpis == nullptr) return;
  if (series == 0 && !compilation.problems.HasErrors()) {
    compilation.problems.Warn(kpis->key_place, "kpis",
                              "nothing is exported: give a KPI `over` or `per`");
  }
  if (series <= engine.series_max) return;
  compilation.problems.Error(
      kpis->key_place, "kpis",
      absl::StrCat("up to ", series, " series, more than engine.series_max (", engine.series_max,
                   "): leave out windows, levels or splits, or raise it"));
}

std::shared_ptr<const Definition> CompileTwice(const Node& root, const EngineSettings& engine,
                                               Problems& problems) {
  Problems dropped = problems;  // same file numbers; what it finds is found again
  Compilation first{root, dropped};
  Compile(first, {});
  const Learned learned = first.Learn();
  Compilation second{root, problems};
  Compile(second, learned);
  CheckSeries(second, engine);
  return std::make_shared<const Definition>(std::move(second.definition));
}

uint64_t HashOfFiles(std::vector<std::string> files, const std::vector<SourceSettings>& sources) {
  for (const SourceSettings& source : sources) {
    if (!source.mapping.empty()) files.push_back(source.mapping);
  }
  uint64_t hash = 0;
  for (const std::string& file : files) {
    hash = StableHash(ReadWhole(file).value_or(""), hash);
  }
  return hash;
}

LoadResult Load(const std::vector<std::string>& paths,
                const std::vector<std::string>& catalogue_folders, SourceFiles files) {
  Problems problems;
  LoadResult result;
  const Node root = ReadConfiguration(paths, catalogue_folders, problems);
  const std::string config_file = paths.empty() ? "" : paths.back();
  if (root.IsMap()) {
    result.settings.sources = ReadSources(root, files, problems);
    result.settings.dead_letters = ReadDeadLetters(root, config_file, problems);
    result.settings.engine = ReadEngine(root, config_file, problems);
    result.settings.definition = CompileTwice(root, result.settings.engine, problems);
    result.settings.hash = HashOfFiles(problems.files(), result.settings.sources);
  } else if (!problems.HasErrors()) {
    if (paths.empty()) {
      result.problems.push_back({.text = "no configuration file was given"});
      return result;
    }
    problems.Error({problems.AddFile(config_file), 0, 0}, "", "the file says nothing");
  }
  result.problems = problems.Sorted();
  result.files = problems.files();
  for (const SourceSettings& source : result.settings.sources) {
    if (!source.mapping.empty()) result.files.push_back(source.mapping);
  }
  return result;
}

}  // namespace

LoadResult LoadSettings(const std::vector<std::string>& paths,
                        const std::vector<std::string>& catalogue_folders) {
  return Load(paths, catalogue_folders, SourceFiles::kMustExist);
}

LoadResult LoadWithoutSourceFiles(const std::vector<std::string>& paths,
                                  const std::vector<std::string>& catalogue_folders) {
  return Load(paths, catalogue_folders, SourceFiles::kMayBeAway);
}

}  // namespace takt
