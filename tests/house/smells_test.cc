#include "tests/house/smells.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace takt::house {
namespace {

using Check = std::vector<Finding> (*)(const std::vector<File>&);

std::string Lines(const std::string& line, int count) {
  std::string text;
  for (int i = 0; i < count; ++i) text += line + "\n";
  return text;
}

std::string FunctionOf(int lines) { return "void F() {\n" + Lines("  ++a;", lines - 2) + "}\n"; }

struct Case {
  const char* name;
  Check check;
  const char* path;
  std::string text;
  int findings;
};

class SmellTest : public testing::TestWithParam<Case> {};

TEST_P(SmellTest, IsFound) {
  const auto findings = GetParam().check({MakeFile(GetParam().path, GetParam().text)});
  EXPECT_EQ(static_cast<int>(findings.size()), GetParam().findings) << Report(findings);
}

const Case kNames[] = {
    {"Concept", CheckNames, "engine/time/pane.h", "int pane;", 0},
    {"Utils", CheckNames, "engine/time/time_utils.h", "", 1},
    {"HelperFolder", CheckNames, "tests/helper/a.cc", "", 1},
    {"PartOfAWord", CheckNames, "engine/time/utility.h", "", 0},
    {"AbbreviatedFile", CheckNames, "connectors/http/req.h", "", 1},
    {"AbbreviatedVariable", CheckNames, "engine/app/a.cc", "int tmp_path;", 1},
    {"AbbreviatedMemberOfOthers", CheckNames, "engine/settings/a.cc", "F(error.msg, a->ctx);", 0},
    {"AbbreviationInComment", CheckNames, "engine/app/a.cc", "int a;  // tmp", 0},
    {"AbbreviationOfAThirdParty", CheckNames, "connectors/kafka/a.cc", "msg.err;", 0},
};

const Case kWords[] = {
    {"WallClock", CheckForbiddenWords, "engine/kpi/a.cc", "auto now = absl::Now();", 1},
    {"WallClockInClock", CheckForbiddenWords, "engine/base/clock.cc", "absl::Now();", 0},
    {"WallClockInWiring", CheckForbiddenWords, "engine/app/a.cc", "absl::Now();", 0},
    {"WallClockInTest", CheckForbiddenWords, "tests/kpi/a.cc", "absl::Now();", 0},
    {"SteadyClock", CheckForbiddenWords, "connectors/http/a.cc", "std::chrono::steady_clock::now()",
     1},
    {"Sleep", CheckForbiddenWords, "engine/pipeline/a.cc", "absl::SleepFor(absl::Seconds(1));", 1},
    {"Chance", CheckForbiddenWords, "engine/cells/a.cc", "std::random_device device;", 1},
    {"Environment", CheckForbiddenWords, "engine/settings/a.cc", "std::getenv(\"HOME\");", 1},
    {"Comment", CheckForbiddenWords, "engine/kpi/a.cc", "// not absl::Now()", 0},
    {"BlindMutex", CheckForbiddenWords, "engine/app/a.cc", "absl::Mutex mutex;", 1},
    {"InternalError", CheckForbiddenWords, "engine/app/a.cc", "return absl::InternalError(\"\");",
     1},
};

const Case kSizes[] = {
    {"FunctionAtTheBound", CheckSizes, "engine/kpi/a.cc", FunctionOf(70), 0},
    {"FunctionBeyond", CheckSizes, "engine/kpi/a.cc", FunctionOf(71), 1},
    {"LongTest", CheckSizes, "tests/kpi/a_test.cc", "TEST(A, B) {\n" + Lines("  ++a;", 70) + "}\n",
     1},
    {"LongTable", CheckSizes, "engine/kpi/a.cc", "int a[] = {\n" + Lines("1,", 90) + "};\n", 0},
    {"FileAtTheBound", CheckSizes, "engine/kpi/a.cc", Lines("int a;", 500), 0},
    {"FileBeyond", CheckSizes, "engine/kpi/a.cc", Lines("int a;", 501), 1},
    {"FourParameters", CheckSizes, "engine/kpi/a.h", "void F(int a, int b, int c, int d);", 0},
    {"FiveParameters", CheckSizes, "engine/kpi/a.h", "void F(int a, int b,\n int c, int d, int e);",
     1},
    {"FiveInSource", CheckSizes, "engine/kpi/a.cc", "void F(int a, int b, int c, int d, int e);",
     0},
};

const Case kHeaders[] = {
    {"Guarded", CheckHeaders, "engine/kpi/a.h", "// A.\n#pragma once\n", 0},
    {"Unguarded", CheckHeaders, "engine/kpi/a.h", "// A.\n", 1},
};

const Case kTests[] = {
    {"Running", CheckSilencedTests, "tests/kpi/a_test.cc", "TEST(A, B) {\n}\n", 0},
    {"CommentedOut", CheckSilencedTests, "tests/kpi/a_test.cc", "// TEST(A, B) {\n// }\n", 1},
    {"Disabled", CheckSilencedTests, "tests/kpi/a_test.cc", "TEST(A, DISABLED_B) {\n}\n", 1},
    {"TestInProse", CheckSilencedTests, "tests/kpi/a_test.cc", "// TEST is a macro\n", 0},
};

std::string NameOfCase(const testing::TestParamInfo<Case>& info) { return info.param.name; }

INSTANTIATE_TEST_SUITE_P(Names, SmellTest, testing::ValuesIn(kNames), NameOfCase);
INSTANTIATE_TEST_SUITE_P(Words, SmellTest, testing::ValuesIn(kWords), NameOfCase);
INSTANTIATE_TEST_SUITE_P(Sizes, SmellTest, testing::ValuesIn(kSizes), NameOfCase);
INSTANTIATE_TEST_SUITE_P(Headers, SmellTest, testing::ValuesIn(kHeaders), NameOfCase);
INSTANTIATE_TEST_SUITE_P(Tests, SmellTest, testing::ValuesIn(kTests), NameOfCase);

TEST(CheckHeaders, OwnHeaderComesFirst) {
  const File header = MakeFile("engine/kpi/a.h", "#pragma once\n");
  const File good = MakeFile("engine/kpi/a.cc", "#include \"engine/kpi/a.h\"\n#include <vector>\n");
  const File bad = MakeFile("engine/kpi/a.cc", "#include <vector>\n#include \"engine/kpi/a.h\"\n");
  EXPECT_EQ(Report(CheckHeaders({header, good})), "");
  EXPECT_EQ(CheckHeaders({header, bad}).size(), 1);
}

TEST(CheckTypeNames, FindsTypesThatTwoHeadersDefine) {
  const File plan = MakeFile("engine/kpi/a.h", "namespace takt {\nstruct Plan {\n};\n}\n");
  const File other = MakeFile("engine/ledger/b.h", "namespace takt {\nclass Plan final {\n};\n}\n");
  const File named = MakeFile("engine/ledger/b.h", "namespace takt {\nstruct Plan;\nclass Map {\n");
  const File inner = MakeFile("engine/ledger/b.h", "namespace takt::csv {\nstruct Plan {\n};\n}\n");
  EXPECT_EQ(CheckTypeNames({plan, other}).size(), 1);
  EXPECT_EQ(Report(CheckTypeNames({plan, named})), "");
  EXPECT_EQ(Report(CheckTypeNames({plan, inner})), "");
}

TEST(CheckBuilt, FindsSourcesThatNoTargetHas) {
  const std::vector<File> tree = {
      MakeFile("engine/kpi/a.cc", ""), MakeFile("tests/kpi/a_test.cc", ""),
      MakeFile("tests/kpi/sample.cc", ""), MakeFile("engine/kpi/a.h", "")};
  EXPECT_EQ(CheckBuilt(tree, {}).size(), 2);
  EXPECT_EQ(Report(CheckBuilt(tree, {"engine/kpi/a.cc", "tests/kpi/a_test.cc"})), "");
}

TEST(CheckDocuments, FindsPathsThatLeadNowhere) {
  const std::set<std::string> existing = {"engine/kpi", "engine/kpi/a.h"};
  const std::string good = "See `engine/kpi/a.h`, engine/kpi/ and tests/<area>, config/*.yaml.\n";
  EXPECT_EQ(Report(CheckDocuments({MakeFile("README.md", good)}, existing)), "");
  const auto bad = CheckDocuments(
      {MakeFile("README.md", "\n[engine/kpi/gone.h](engine/kpi/gone.h).\n")}, existing);
  ASSERT_EQ(bad.size(), 1);
  EXPECT_EQ(bad[0].line, 2);
}

}  // namespace
}  // namespace takt::house
