#include "tests/house/code.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace takt::house {
namespace {

struct BlankCase {
  const char* name;
  const char* text;
  const char* blanked;
};

class BlankedLinesTest : public testing::TestWithParam<BlankCase> {};

TEST_P(BlankedLinesTest, KeepsCodeOnly) {
  const std::vector<std::string> lines = BlankedLines(MakeFile("a.cc", GetParam().text));
  ASSERT_EQ(lines.size(), 1);
  EXPECT_EQ(lines[0], GetParam().blanked);
}

constexpr BlankCase kBlankCases[] = {
    {"Code", "int a = 1;", "int a = 1;"},
    {"LineComment", "a;  // getenv", "a;           "},
    {"BlockComment", "a /* { */ b", "a         b"},
    {"String", "f(\"a { b\");", "f(\"     \");"},
    {"QuoteInString", "f(\"\\\"{\");", "f(\"   \");"},
    {"RawString", "f(R\"(a \" {)\");", "f(R\"       \");"},
    {"Character", "f('{');", "f(' ');"},
    {"DigitSeparator", "int a = 1'000;", "int a = 1'000;"},
    {"Directive", "#define A {", "           "},
};

INSTANTIATE_TEST_SUITE_P(Text, BlankedLinesTest, testing::ValuesIn(kBlankCases),
                         [](const auto& info) { return info.param.name; });

struct FunctionCase {
  const char* name;
  const char* text;
  const char* function;  // name of the only function; empty: there is none
  int first_line;
  int last_line;
  int parameters;
};

class FindFunctionsTest : public testing::TestWithParam<FunctionCase> {};

TEST_P(FindFunctionsTest, FindsNameLinesAndParameters) {
  const FunctionCase& expected = GetParam();
  const std::vector<Function> found = FindFunctions(MakeFile("a.h", expected.text));
  if (std::string(expected.function).empty()) {
    EXPECT_TRUE(found.empty());
    return;
  }
  ASSERT_EQ(found.size(), 1);
  EXPECT_EQ(found[0].name, expected.function);
  EXPECT_EQ(found[0].first_line, expected.first_line);
  EXPECT_EQ(found[0].last_line, expected.last_line);
  EXPECT_EQ(found[0].parameters, expected.parameters);
}

constexpr FunctionCase kFunctionCases[] = {
    {"Declaration", "int F(int a, int b);", "F", 1, 1, 2},
    {"NoParameters", "int F();", "F", 1, 1, 0},
    {"Definition", "\nint F(int a) {\n  return a;\n}\n", "F", 2, 4, 1},
    {"InNamespace", "namespace a {\nnamespace {\nvoid F() {\n}\n}\n}", "F", 3, 4, 0},
    {"InClass", "class ABSL_LOCKABLE A : B {\n public:\n  void F() const {\n  }\n};", "F", 3, 4, 0},
    {"InExternC", "extern \"C\" {\nvoid F();\n}", "F", 2, 2, 0},
    {"NestedBraces", "void F() {\n  if (a) {\n  }\n  G({1, 2});\n}", "F", 1, 5, 0},
    {"LambdaInside", "void F() {\n  auto g = [](int a) {\n  };\n}", "F", 1, 4, 0},
    {"MemberInitialisers", "A::A(int a) : a_{a}, b_(a) {\n}", "A", 1, 2, 1},
    {"QualifiedResult", "auto F(int a) -> b::C {\n}", "F", 1, 2, 1},
    {"Template", "template <typename A, typename B = void>\nA F(B b) {\n}", "F", 1, 3, 1},
    {"CommasInParameter", "void F(std::map<int, int> a, void (*b)(int, int) = nullptr);", "F", 1, 1,
     2},
    {"Operator", "bool operator==(const A& a, const A& b);", "operator", 1, 1, 2},
    {"Defaulted", "A(const A&) = delete;", "A", 1, 1, 1},
    {"Annotated", "void Lock() ABSL_EXCLUSIVE_LOCK_FUNCTION() {\n}", "Lock", 1, 2, 0},
    {"Variable", "int a = F(1, 2);", "", 0, 0, 0},
    {"Table", "constexpr A kA[] = {\n{1, 2},\n};", "", 0, 0, 0},
    {"FunctionType", "std::function<void(int, int, int, int, int)> f;", "", 0, 0, 0},
    {"Alias", "using F = void(int, int, int, int, int);", "", 0, 0, 0},
};

INSTANTIATE_TEST_SUITE_P(Shapes, FindFunctionsTest, testing::ValuesIn(kFunctionCases),
                         [](const auto& info) { return info.param.name; });

TEST(FindFunctions, GoesOnAfterABody) {
  const auto found =
      FindFunctions(MakeFile("a.cc", "TEST(A, B) {\n}\n\nint b{3};\nint C(int a) { return a; }\n"));
  ASSERT_EQ(found.size(), 2);
  EXPECT_EQ(found[0].name, "TEST");
  EXPECT_EQ(found[1].name, "C");
  EXPECT_EQ(found[1].first_line, 5);
}

TEST(HasWord, StopsAtNameCharacters) {
  EXPECT_TRUE(HasWord("x = getenv(\"A\");", "getenv"));
  EXPECT_TRUE(HasWord("absl::Now()", "absl::Now"));
  EXPECT_FALSE(HasWord("my_getenv()", "getenv"));
  EXPECT_FALSE(HasWord("absl::NowIsh()", "absl::Now"));
}

}  // namespace
}  // namespace takt::house
