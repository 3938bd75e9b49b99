#include "tests/settings/error_case.h"

#include "gmock/gmock.h"
#include "tests/settings/config_folder.h"

namespace takt {

TEST_P(ErrorTest, AllIsSaidWithItsPlace) {
  const ErrorCase& test = GetParam();
  const ConfigFolder folder;
  for (const auto& [name, content] : test.tables) folder.Write(name, content);
  folder.Write("t.yaml", std::string(test.with_objects ? kTestObjects : "") + test.yaml);
  const LoadResult result = folder.Load();
  EXPECT_FALSE(result.ok());
  EXPECT_THAT(folder.Texts(result), ::testing::ElementsAreArray(test.problems));
}

}  // namespace takt
