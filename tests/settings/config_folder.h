// A folder of configuration files for one test, and what LoadSettings makes of them.
#pragma once

#include <string>
#include <vector>

#include "engine/settings/settings.h"

namespace takt {

class ConfigFolder {
 public:
  ConfigFolder();
  ~ConfigFolder();
  ConfigFolder(const ConfigFolder&) = delete;
  ConfigFolder& operator=(const ConfigFolder&) = delete;

  const std::string& path() const { return path_; }
  void Write(const std::string& name, const std::string& content) const;
  // Loads files of this folder, with the shipped catalogue.
  LoadResult Load(const std::vector<std::string>& names = {"t.yaml"}) const;
  // What ProblemText says of each problem, without this folder's name; warnings say so first.
  std::vector<std::string> Texts(const LoadResult& result) const;

 private:
  std::string path_;
};

// Loads one file of this content, which must be free of errors.
LoadResult LoadText(const std::string& content);

// The KPI or object of that name; the test fails when there is none.
const Kpi& KpiNamed(const LoadResult& result, const std::string& name);
const Object& ObjectNamed(const LoadResult& result, const std::string& name);
const Moment& MomentNamed(const Object& object, const std::string& name);
const Term& TermOf(const LoadResult& result, const std::string& kpi);
MomentId MomentIdOf(const Object& object, const std::string& name);

}  // namespace takt
