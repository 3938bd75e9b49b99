// The checked-in JSON Schema and reference page are those of the table, and defaults in the table are
// those that hold. TAKT_REWRITE_GOLDEN=1 in the environment writes both files anew.
#include "engine/settings/schema.h"

#include <cstdlib>
#include <fstream>
#include <set>
#include <sstream>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "engine/settings/schema_tree.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/settings/config_folder.h"

namespace takt {
namespace {

void ExpectGolden(const std::string& path, const std::string& made) {
  if (std::getenv("TAKT_REWRITE_GOLDEN") != nullptr) {
    std::ofstream(path, std::ios::binary) << made;
  }
  std::ifstream stream(path, std::ios::binary);
  std::ostringstream kept;
  kept << stream.rdbuf();
  EXPECT_TRUE(kept.str() == made) << path << " is not what the table gives: run this test with "
                                  << "TAKT_REWRITE_GOLDEN=1 and look at the difference";
}

TEST(Schema, JsonSchemaIsCheckedIn) { ExpectGolden("config/takt.schema.json", JsonSchema()); }

TEST(Schema, ReferencePageIsCheckedIn) { ExpectGolden("config/REFERENCE.md", ReferencePage()); }

TEST(Schema, EveryRowIsUniqueAndDocumented) {
  std::set<std::string> paths;
  for (const SchemaRow& row : SchemaTable()) {
    EXPECT_TRUE(paths.insert(row.path).second) << row.path;
    EXPECT_NE(std::string(row.doc), "") << row.path;
    EXPECT_EQ(row.type == ValueType::kChoice, row.choices[0] != '\0') << row.path;
  }
}

TEST(Schema, EveryKeyOfTheJsonSchemaSaysSomething) {
  // Some validators take the empty pattern for none at all.
  EXPECT_FALSE(absl::StrContains(JsonSchema(), "\"\": {"));
}

TEST(Schema, EveryParentHasARowThatTakesMaps) {
  for (const SchemaRow& row : SchemaTable()) {
    const std::string path = row.path;
    const size_t dot = path.rfind('.');
    if (dot == std::string::npos) continue;
    bool found = false;
    for (const SchemaRow& parent : SchemaTable()) {
      if (path.substr(0, dot) == parent.path) found = TakesMap(parent.shape);
    }
    EXPECT_TRUE(found) << row.path;
  }
}

// Every default of `prefix`, written out as a configuration of one section.
std::string Written(const std::string& prefix) {
  std::string text;
  for (const SchemaRow& row : SchemaTable()) {
    const std::string path = row.path;
    if (!absl::StartsWith(path, prefix) || row.default_text[0] == '\0') continue;
    absl::StrAppend(&text, text.empty() ? "" : ", ", path.substr(prefix.size()), ": ",
                    row.default_text);
  }
  return absl::StrCat("{", text, "}");
}

TEST(Schema, DefaultsOfTheEngineAreThoseInTheTable) {
  const ConfigFolder folder;
  folder.Write("t.yaml", absl::StrCat("engine: ", Written("engine."), "\n"));
  folder.Write("empty.yaml", "organisation: acme\n");
  const LoadResult written = folder.Load();
  const LoadResult empty = folder.Load({"empty.yaml"});
  ASSERT_TRUE(written.ok()) << ::testing::PrintToString(folder.Texts(written));
  const EngineSettings& a = written.settings.engine;
  const EngineSettings& b = empty.settings.engine;
  EXPECT_EQ(a.journal, b.journal);
  EXPECT_EQ(a.fsync_every, b.fsync_every);
  EXPECT_EQ(a.workers, b.workers);
  EXPECT_EQ(a.listen, b.listen);
  EXPECT_EQ(a.listen_api, b.listen_api);
  EXPECT_EQ(a.memory_bytes_max, b.memory_bytes_max);
  EXPECT_EQ(a.series_max, b.series_max);
  EXPECT_EQ(a.evaluate_every, b.evaluate_every);
  EXPECT_EQ(written.settings.definition->changes_per_entity_max,
            empty.settings.definition->changes_per_entity_max);
  EXPECT_EQ(empty.settings.dead_letters.file, folder.path() + "/dead-letters.jsonl");
}

TEST(Schema, DefaultsOfASourceAreThoseInTheTable) {
  const ConfigFolder folder;
  folder.Write(
      "t.yaml",
      absl::StrCat("sources:\n  a: {file: t.yaml}\n  b: ", Written("sources.<name>."), "\n"));
  const LoadResult result = folder.Load();
  ASSERT_EQ(result.settings.sources.size(), 2u);
  const SourceSettings& a = result.settings.sources[0];
  const SourceSettings& b = result.settings.sources[1];
  EXPECT_EQ(a.follow, b.follow);
  EXPECT_EQ(a.format, b.format);
  EXPECT_EQ(a.tombstones, b.tombstones);
  EXPECT_EQ(a.out_of_orderness, b.out_of_orderness);
  EXPECT_EQ(a.max_ahead, b.max_ahead);
  EXPECT_EQ(a.silent_after, b.silent_after);
}

}  // namespace
}  // namespace takt
