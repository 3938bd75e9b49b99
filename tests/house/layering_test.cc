#include "tests/house/layering.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace takt::house {
namespace {

constexpr char kRules[] =
    "# rules\n"
    "engine/base:\n"
    "engine/model: engine/base\n"
    "engine/journal: engine/base engine/model posix xxhash.h\n"
    "connectors/kafka: engine/model librdkafka/\n"
    "connectors/protobuf: *.pb.h\n"
    "tests/oracle: engine/base engine/model/change.h\n";

Layering Rules() { return ParseLayering(MakeFile("layering.txt", kRules)); }

struct IncludeCase {
  const char* name;
  const char* path;
  const char* text;
  bool is_allowed;
};

class IncludeTest : public testing::TestWithParam<IncludeCase> {};

TEST_P(IncludeTest, IsJudgedByItsFolder) {
  const auto findings = CheckIncludes({MakeFile(GetParam().path, GetParam().text)}, Rules());
  EXPECT_EQ(findings.empty(), GetParam().is_allowed) << Report(findings);
}

constexpr IncludeCase kIncludeCases[] = {
    {"Standard", "engine/base/a.h", "#include <vector>", true},
    {"Abseil", "engine/base/a.h", "#include \"absl/time/time.h\"", true},
    {"OwnFolder", "engine/base/a.h", "#include \"engine/base/b.h\"", true},
    {"LowerLayer", "engine/model/a.h", "#include \"engine/base/b.h\"", true},
    {"UpperLayer", "engine/base/a.h", "#include \"engine/model/b.h\"", false},
    {"Indented", "engine/base/a.h", "  #  include \"engine/model/b.h\"", false},
    {"NotFromTheRoot", "engine/model/a.h", "#include \"b.h\"", false},
    {"CHeader", "engine/base/a.h", "#include <stdint.h>", false},
    {"PosixWhereAllowed", "engine/journal/a.cc", "#include <sys/stat.h>\n#include <unistd.h>",
     true},
    {"PosixElsewhere", "engine/model/a.cc", "#include <unistd.h>", false},
    {"ThirdPartyInItsRoom", "connectors/kafka/a.cc", "#include <librdkafka/rdkafka.h>", true},
    {"ThirdPartyElsewhere", "engine/model/a.cc", "#include <librdkafka/rdkafka.h>", false},
    {"ThirdPartyFile", "engine/journal/a.cc", "#include <xxhash.h>", true},
    {"GeneratedInItsRoom", "connectors/protobuf/a.cc", "#include \"takt/events/v1/change.pb.h\"",
     true},
    {"GeneratedElsewhere", "connectors/kafka/a.cc", "#include \"takt/events/v1/change.pb.h\"",
     false},
    {"OtherConnector", "connectors/kafka/a.cc", "#include \"connectors/protobuf/b.h\"", false},
    {"FolderWithoutRule", "engine/news/a.h", "", false},
    {"FreeTests", "tests/kafka/a.cc", "#include \"connectors/kafka/b.h\"", true},
    {"BoundTests", "tests/oracle/a.cc", "#include \"engine/model/b.h\"", false},
    {"OneHeaderOfAFolder", "tests/oracle/a.cc", "#include \"engine/model/change.h\"", true},
    {"NoCode", "engine/base/README.md", "#include \"engine/model/b.h\"", true},
};

INSTANTIATE_TEST_SUITE_P(Folders, IncludeTest, testing::ValuesIn(kIncludeCases),
                         [](const auto& info) { return info.param.name; });

TEST(CheckIncludes, PointsAtTheLine) {
  const File file = MakeFile("engine/base/a.h", "#pragma once\n\n#include \"engine/model/b.h\"\n");
  const auto findings = CheckIncludes({file}, Rules());
  ASSERT_EQ(findings.size(), 1);
  EXPECT_EQ(findings[0].line, 3);
}

TEST(ParseLayering, RefusesACircle) {
  const auto rules = ParseLayering(MakeFile("a.txt", "engine/a: engine/b\nengine/b: engine/a\n"));
  ASSERT_EQ(rules.findings.size(), 1);
  EXPECT_EQ(rules.findings[0].line, 1);
}

TEST(ParseLayering, RefusesASecondLineAndNonsense) {
  const auto rules = ParseLayering(MakeFile("a.txt", "engine/a:\nengine/a:\nnonsense\n"));
  EXPECT_EQ(rules.findings.size(), 2);
}

TEST(CheckLinks, FindsALibraryOfAnUpperLayer) {
  const std::string path = "engine/base/CMakeLists.txt";
  const auto good =
      CheckLinks({MakeFile(path, "takt_folder(takt_base LINKS absl::time)")}, Rules());
  EXPECT_EQ(Report(good), "");
  const auto bad =
      CheckLinks({MakeFile(path, "takt_folder(takt_base\n  LINKS takt_model)")}, Rules());
  ASSERT_EQ(bad.size(), 1);
  EXPECT_EQ(bad[0].line, 2);
}

}  // namespace
}  // namespace takt::house
