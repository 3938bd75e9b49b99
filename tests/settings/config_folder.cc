#include "tests/settings/config_folder.h"

#include <stdlib.h>

#include <filesystem>
#include <fstream>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "engine/base/check.h"
#include "gtest/gtest.h"

namespace takt {

ConfigFolder::ConfigFolder() {
  std::string pattern = ::testing::TempDir() + "takt_settings_XXXXXX";
  path_ = ::mkdtemp(pattern.data());
}

ConfigFolder::~ConfigFolder() {
  std::error_code ignored;
  std::filesystem::remove_all(path_, ignored);
}

void ConfigFolder::Write(const std::string& name, const std::string& content) const {
  const std::filesystem::path file = std::filesystem::path(path_) / name;
  std::filesystem::create_directories(file.parent_path());
  std::ofstream(file, std::ios::binary) << content;
}

LoadResult ConfigFolder::Load(const std::vector<std::string>& names) const {
  std::vector<std::string> paths;
  for (const std::string& name : names) paths.push_back(path_ + "/" + name);
  return LoadSettings(paths, {"config/catalogue"});
}

std::vector<std::string> ConfigFolder::Texts(const LoadResult& result) const {
  std::vector<std::string> texts;
  for (const Problem& problem : result.problems) {
    texts.push_back(absl::StrCat(problem.warning ? "warning: " : "",
                                 absl::StrReplaceAll(ProblemText(problem), {{path_ + "/", ""}})));
  }
  return texts;
}

LoadResult LoadText(const std::string& content) {
  const ConfigFolder folder;
  folder.Write("t.yaml", content);
  LoadResult result = folder.Load();
  for (const Problem& problem : result.problems) {
    EXPECT_TRUE(problem.warning) << ProblemText(problem);
  }
  return result;
}

const Kpi& KpiNamed(const LoadResult& result, const std::string& name) {
  const Definition& definition = *result.settings.definition;
  const auto found = definition.kpi_ids.find(name);
  TAKT_CHECK(found != definition.kpi_ids.end(), name.c_str());
  return definition.kpis[found->second];
}

const Object& ObjectNamed(const LoadResult& result, const std::string& name) {
  const Definition& definition = *result.settings.definition;
  const auto found = definition.object_ids.find(name);
  TAKT_CHECK(found != definition.object_ids.end(), name.c_str());
  return definition.objects[found->second];
}

MomentId MomentIdOf(const Object& object, const std::string& name) {
  for (size_t i = 0; i < object.moments.size(); ++i) {
    if (object.moments[i].name == name) return static_cast<MomentId>(i);
  }
  ADD_FAILURE() << "no moment " << name;
  return 0;
}

const Moment& MomentNamed(const Object& object, const std::string& name) {
  return object.moments[MomentIdOf(object, name)];
}

const Term& TermOf(const LoadResult& result, const std::string& kpi) {
  return result.settings.definition->terms[KpiNamed(result, kpi).term];
}

}  // namespace takt
