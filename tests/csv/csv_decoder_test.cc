#include "connectors/csv/csv_decoder.h"

#include <memory>
#include <string>
#include <variant>
#include <vector>

#include "absl/strings/str_cat.h"
#include "connectors/csv/csv_row.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace takt {
namespace {

using testing::ElementsAre;

struct RowCase {
  std::string name;
  std::string row;
  std::vector<std::string> cells;
};

class CsvRowTest : public testing::TestWithParam<RowCase> {};

TEST_P(CsvRowTest, Parses) {
  CsvRow row;
  ASSERT_TRUE(row.Parse(GetParam().row, ','));
  const std::vector<std::string> cells(row.cells().begin(), row.cells().end());
  EXPECT_EQ(cells, GetParam().cells);
}

INSTANTIATE_TEST_SUITE_P(
    All, CsvRowTest,
    testing::ValuesIn(std::vector<RowCase>{
        {"plain", "a,b,c", {"a", "b", "c"}},
        {"one", "a", {"a"}},
        {"empty", "", {""}},
        {"empty_cells", ",,", {"", "", ""}},
        {"line_end", "a,b\n", {"a", "b"}},
        {"windows_line_end", "a,b\r\n", {"a", "b"}},
        {"blanks_are_content", " a , b", {" a ", " b"}},
        {"quoted", R"("a,b",c)", {"a,b", "c"}},
        {"quoted_empty", R"("","")", {"", ""}},
        {"quoted_line_end", "\"a\nb\",c\n", {"a\nb", "c"}},
        {"doubled_quotes", R"("a ""b"" c",d)", {"a \"b\" c", "d"}},
        {"doubled_at_the_ends", R"("""a""","""")", {"\"a\"", "\""}},
        {"several_unquoted", R"("a""1","b""2","c""3")", {"a\"1", "b\"2", "c\"3"}},
    }),
    [](const auto& info) { return info.param.name; });

TEST(CsvRow, BadRowsAreRefused) {
  CsvRow row;
  for (const char* text : {"\"a", "\"a\"b", "a\"b", "\"a\"\"", "a\nb", "a,\"", "\"a\" ,b"}) {
    EXPECT_FALSE(row.Parse(text, ',')) << text;
  }
  EXPECT_TRUE(row.Parse(std::string(kCsvCellsMax - 1, ','), ','));
  EXPECT_FALSE(row.Parse(std::string(kCsvCellsMax, ','), ','));
}

TEST(CsvRow, OtherDelimiters) {
  CsvRow row;
  ASSERT_TRUE(row.Parse("a,1;\"b;2\";c", ';'));
  EXPECT_THAT(row.cells(), ElementsAre("a,1", "b;2", "c"));
}

std::string Decoded(Decoder& decoder, absl::string_view header, absl::string_view value) {
  Record record;
  record.has_value = true;
  record.value = value;
  if (!header.empty()) record.headers = {{"other", "x"}, {"csv-header", header}};
  RawChanges changes;
  const DecodeResult result = decoder.Decode(record, changes);
  if (const auto* rejection = std::get_if<Rejection>(&result)) {
    EXPECT_EQ(changes.size(), 0u);
    return std::string(ReasonName(rejection->reason));
  }
  const RawChange& change = changes[0];
  std::string line = absl::StrCat(change.object, " ", change.id, " ", static_cast<int>(change.kind),
                                  " ", change.has_time ? absl::StrCat(change.time.micros) : "-",
                                  " [", change.event_id, "]");
  for (const RawField& field : change.fields) {
    absl::StrAppend(&line, " ", field.name, "=",
                    field.value.kind == RawValue::Kind::kNull ? "null" : field.value.text);
  }
  return line;
}

std::string Decoded(absl::string_view header, absl::string_view value) {
  const std::unique_ptr<Decoder> decoder = MakeCsvDecoder();
  return Decoded(*decoder, header, value);
}

constexpr char kHeader[] = "object,id,op,time,event_id,stage,amount";

TEST(CsvDecoder, ReadsTheCanonicalForm) {
  EXPECT_EQ(Decoded(kHeader, "deal,D1,record,2026-01-10T09:30:00Z,e1,won,\"1,5\""),
            "deal D1 1 1768037400000000 [e1] stage=won amount=1,5");
  EXPECT_EQ(Decoded(kHeader, "deal,D1,,1768037400000000,,\\N,"),
            "deal D1 0 1768037400000000 [] stage=null");
  EXPECT_EQ(Decoded("id,object\r\n", "D1,deal\r\n"), "deal D1 0 - []");
  EXPECT_EQ(Decoded("\xef\xbb\xbfid, object ", "D1,deal"), "deal D1 0 - []");
}

TEST(CsvDecoder, TakesColumnsAndObjectFromItsOptions) {
  const std::unique_ptr<Decoder> decoder =
      MakeCsvDecoder({.delimiter = ';', .columns = {"id", "a;\"b"}, .object = "deal"});
  EXPECT_EQ(Decoded(*decoder, "", "D1;x"), "deal D1 0 - [] a;\"b=x");
  EXPECT_EQ(Decoded(*decoder, "id;stage", "D1;won"), "deal D1 0 - [] stage=won");
  EXPECT_EQ(Decoded(*decoder, "", "D1;x"), "deal D1 0 - [] a;\"b=x");
}

TEST(CsvDecoder, BadRowsAreRejectedWithTheirReason) {
  EXPECT_EQ(Decoded(kHeader, ""), "empty_value");
  EXPECT_EQ(Decoded("", "deal,D1"), "unsupported_frame");
  EXPECT_EQ(Decoded("id,id", "a,b"), "malformed");
  EXPECT_EQ(Decoded("\"id", "a"), "malformed");
  EXPECT_EQ(Decoded(kHeader, "deal,D1"), "malformed");
  EXPECT_EQ(Decoded(kHeader, "deal,D1,,,,,,"), "malformed");
  EXPECT_EQ(Decoded(kHeader, "\"deal,D1,,,,,"), "malformed");
  EXPECT_EQ(Decoded(kHeader, "deal,D1,upsert,,,,"), "bad_value");
  EXPECT_EQ(Decoded(kHeader, "deal,D1,,2026-01-10,,,"), "bad_time");
  EXPECT_EQ(Decoded(kHeader, "deal,D1,,01/10/2026,,,"), "bad_time");
  EXPECT_EQ(Decoded(kHeader, std::string(2 << 20, 'x')), "too_large");
}

}  // namespace
}  // namespace takt
