#include "engine/settings/files.h"

#include <filesystem>
#include <fstream>
#include <optional>
#include <set>
#include <sstream>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "engine/settings/nearest.h"
#include "engine/settings/schema.h"

namespace takt {
namespace {

namespace fs = std::filesystem;

class Loader {
 public:
  Loader(const std::vector<std::string>& folders, Problems& problems)
      : folders_(folders), problems_(problems) {}

  void Load(const std::string& path, const Node* use) {
    std::error_code ignored;
    const std::string identity = fs::weakly_canonical(path, ignored).string();
    if (!loaded_.insert(identity).second) return;
    const std::optional<std::string> content = ReadWhole(path);
    if (!content.has_value()) {
      if (use == nullptr) {
        problems_.Error({problems_.AddFile(path), 0, 0}, "", "the file cannot be read");
      } else {
        Error(problems_, *use, absl::StrCat("the file \"", path, "\" cannot be read"));
      }
      return;
    }
    const int file = problems_.AddFile(path);
    if (use != nullptr) problems_.MarkUsed(file);
    Node root = ParseYaml(*content, file, problems_);
    CheckAgainstSchema(root, problems_);
    if (const Node* uses = root.Get("use")) {
      for (const Node* name : uses->Many()) Use(path, *name);
    }
    if (root.IsMap()) {
      if (!merged_.IsMap()) merged_.kind = Node::Kind::kMap;
      MergeTrees(merged_, root);
    }
  }

  Node Take() { return std::move(merged_); }

 private:
  void Use(const std::string& user, const Node& name) {
    const std::vector<fs::path> folders = Folders(user);
    for (const fs::path& folder : folders) {
      const fs::path path = folder / absl::StrCat(name.text, ".yaml");
      std::error_code ignored;
      if (fs::is_regular_file(path, ignored)) return Load(path.lexically_normal().string(), &name);
      const fs::path shorter = folder / absl::StrCat(WithoutFirstPart(name.text), ".yaml");
      if (fs::is_regular_file(shorter, ignored)) {
        return Load(shorter.lexically_normal().string(), &name);
      }
    }
    Error(problems_, name, UnknownName("file", name.text, Available(folders)));
  }

  std::vector<fs::path> Folders(const std::string& user) const {
    const fs::path own = fs::path(user).parent_path();
    std::vector<fs::path> folders = {own.empty() ? fs::path(".") : own, own / ".."};
    for (const std::string& folder : folders_) folders.emplace_back(folder);
    return folders;
  }

  static std::string WithoutFirstPart(const std::string& name) {
    return absl::StartsWith(name, "catalogue/") ? name.substr(10) : name;
  }

  // Names of the catalogue, for the nearest one.
  static std::vector<std::string> Available(const std::vector<fs::path>& folders) {
    std::set<std::string> names;
    for (const fs::path& folder : folders) {
      for (const fs::path& place : {folder, folder / "catalogue"}) {
        if (place.lexically_normal().filename() != "catalogue") continue;
        std::error_code ignored;
        for (const auto& entry : fs::directory_iterator(place, ignored)) {
          if (entry.path().extension() != ".yaml") continue;
          names.insert(absl::StrCat("catalogue/", entry.path().stem().string()));
        }
      }
    }
    return {names.begin(), names.end()};
  }

  const std::vector<std::string>& folders_;
  Problems& problems_;
  std::set<std::string> loaded_;
  Node merged_;
};

}  // namespace

std::optional<std::string> ReadWhole(const std::string& path) {
  std::error_code ignored;
  if (!fs::is_regular_file(path, ignored)) return std::nullopt;
  std::ifstream stream(path, std::ios::binary);
  if (!stream) return std::nullopt;
  std::ostringstream content;
  content << stream.rdbuf();
  if (stream.bad()) return std::nullopt;
  return content.str();
}

Node ReadConfiguration(const std::vector<std::string>& paths,
                       const std::vector<std::string>& catalogue_folders, Problems& problems) {
  Loader loader(catalogue_folders, problems);
  for (const std::string& path : paths) loader.Load(path, nullptr);
  return loader.Take();
}

}  // namespace takt
