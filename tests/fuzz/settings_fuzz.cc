#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <string>
#include <variant>
#include <vector>

#include "absl/strings/str_cat.h"
#include "engine/base/check.h"
#include "engine/settings/formula.h"
#include "engine/settings/settings.h"
#include "tests/fuzz/targets.h"

namespace takt {
namespace {

// Settings are read from files; each process has one of its own, written again and again.
const std::string& FilePath() {
  static const std::string& path = *new std::string(
      (std::filesystem::temp_directory_path() / absl::StrCat("takt_fuzz_", ::getpid(), ".yaml"))
          .string());
  return path;
}

std::string ProblemTexts(const LoadResult& result) {
  std::string texts;
  for (const Problem& problem : result.problems) {
    TAKT_CHECK(!problem.text.empty(), "a problem without text");
    absl::StrAppend(&texts, ProblemText(problem), "\n");
  }
  return texts;
}

}  // namespace

void FuzzSettings(absl::string_view bytes) {
  std::ofstream(FilePath(), std::ios::binary | std::ios::trunc) << bytes;
  const std::vector<std::string> catalogue = {"config"};
  const LoadResult result = LoadSettings({FilePath()}, catalogue);
  const std::string texts = ProblemTexts(result);
  TAKT_CHECK(texts == ProblemTexts(LoadSettings({FilePath()}, catalogue)),
             "the same text has other problems");
  std::filesystem::remove(FilePath());
  if (!result.ok()) return;
  const Definition& definition = *result.settings.definition;
  for (const Kpi& kpi : definition.kpis) TAKT_CHECK(!kpi.name.empty(), "a KPI without a name");
}

void FuzzFormula(absl::string_view bytes) {
  const FormulaResult result = ParseFormula(bytes);
  if (const auto* error = std::get_if<FormulaError>(&result)) {
    TAKT_CHECK(!error->text.empty(), "an error without text");
    TAKT_CHECK(error->position <= bytes.size(), "an error behind the formula");
    return;
  }
  const auto& tree = std::get<std::vector<FormulaSyntax>>(result);
  TAKT_CHECK(!tree.empty(), "a formula of nothing");
  for (size_t i = 0; i < tree.size(); ++i) {
    TAKT_CHECK(tree[i].position < bytes.size(), "a part behind the formula");
    TAKT_CHECK(tree[i].left < static_cast<int>(i), "a left operand behind what uses it");
    TAKT_CHECK(tree[i].right < static_cast<int>(i), "a right operand behind what uses it");
    for (const FormulaSyntax::Part& part : tree[i].parts) {
      TAKT_CHECK(part.position <= bytes.size(), "brackets behind the formula");
    }
  }
}

}  // namespace takt
