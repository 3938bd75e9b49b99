#include "connectors/file/record_splitter.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "engine/base/bytes.h"

namespace takt {
namespace {

using Strings = std::vector<std::string>;

struct Case {
  const char* name;
  RecordFormat format;
  std::string bytes;
  Strings records;
};

// Splits `bytes` as they come in pieces of `piece`, ending with a file that does not grow.
Strings Split(RecordFormat format, const std::string& bytes, size_t piece) {
  const auto splitter = RecordSplitter::Create(format);
  Strings records;
  size_t from = 0;
  for (size_t to = 0; from < bytes.size();) {
    const bool at_end = to == bytes.size();
    const absl::string_view window = absl::string_view(bytes).substr(from, to - from);
    const std::optional<FoundRecord> found = splitter->Find(window, at_end);
    if (found.has_value()) {
      records.emplace_back(window.substr(found->value_begin, found->value_size));
      if (found->torn) records.back() += "(torn)";
      from += found->size;
    } else if (at_end) {
      records.emplace_back("(rest)");
      break;
    } else {
      to = std::min(to + piece, bytes.size());
    }
  }
  return records;
}

class Splitting : public testing::TestWithParam<Case> {};

TEST_P(Splitting, GivesTheSameRecordsHoweverTheBytesCome) {
  for (const size_t piece : {1, 2, 3, 7, 1000}) {
    EXPECT_EQ(Split(GetParam().format, GetParam().bytes, piece), GetParam().records)
        << "in pieces of " << piece;
  }
}

std::string Delimited(const Strings& messages) {
  std::string bytes;
  for (const std::string& message : messages) ByteWriter(&bytes).Bytes(message);
  return bytes;
}

constexpr RecordFormat kJson = RecordFormat::kJson;
constexpr RecordFormat kCsv = RecordFormat::kCsv;
constexpr RecordFormat kProtobuf = RecordFormat::kProtobuf;

INSTANTIATE_TEST_SUITE_P(
    Formats, Splitting,
    testing::Values(
        Case{"Lines", kJson, "{1}\n{2}\n", {"{1}", "{2}"}},
        Case{"LastLineWithoutEnd", kJson, "{1}\n{2}", {"{1}", "{2}"}},
        Case{"CarriageReturns", kJson, "{1}\r\n{2}\r\n", {"{1}", "{2}"}},
        Case{"EmptyLines", kJson, "\n\n{1}\n", {"", "", "{1}"}},
        Case{"QuotesMeanNothingInLines", kJson, "{\"a\n{2}\n", {"{\"a", "{2}"}},
        Case{"Rows", kCsv, "a,b\r\n1,2\r\n", {"a,b", "1,2"}},
        Case{"LineEndInACell", kCsv, "1,\"a\nb\"\n2,c\n", {"1,\"a\nb\"", "2,c"}},
        Case{"FirstCellQuoted", kCsv, "\"a\nb\",1\n2,c\n", {"\"a\nb\",1", "2,c"}},
        Case{"QuoteWrittenTwice", kCsv, "\"a\"\"\n\"\"b\",1\n2\n", {"\"a\"\"\n\"\"b\",1", "2"}},
        Case{"QuoteInsideACell", kCsv, "1,15\" rack\n2,x\n", {"1,15\" rack", "2,x"}},
        Case{"OtherDelimiters", kCsv, "1;\"a\nb\"\n2\t\"c\nd\"\n", {"1;\"a\nb\"", "2\t\"c\nd\""}},
        Case{"QuoteNeverClosed", kCsv, "1,\"a\n2,b\n3,c\n", {"1,\"a", "2,b", "3,c"}},
        Case{"QuoteNeverClosedInTheLastRow", kCsv, "1,a\n2,\"b", {"1,a", "2,\"b"}},
        Case{"Messages",
             kProtobuf,
             Delimited({"one", "", std::string(300, 'x')}),
             {"one", "", std::string(300, 'x')}},
        Case{"TornMessage", kProtobuf, Delimited({"one", "two"}).substr(0, 6), {"one", "t(torn)"}},
        Case{"TornLength", kProtobuf, Delimited({"one"}) + "\x80", {"one", "\x80(torn)"}},
        Case{"NoLength", kProtobuf, std::string(20, '\xff'), {"(rest)"}}),
    [](const auto& info) { return info.param.name; });

TEST(RecordSplitter, KnowsThatNoLengthIsNoProtobuf) {
  const auto splitter = RecordSplitter::Create(RecordFormat::kProtobuf);
  EXPECT_FALSE(splitter->Find(std::string(20, '\xff'), false).has_value());
  EXPECT_TRUE(splitter->broken());
}

TEST(RecordSplitter, AMessageAboveTheLimitGivesItsBeginning) {
  std::string bytes;
  ByteWriter(&bytes).Varint(kFileRecordBytesMax + 1);
  const size_t prefix = bytes.size();
  bytes.append(RecordSplitter::kBeginningBytes, 'x');
  const auto found = RecordSplitter::Create(RecordFormat::kProtobuf)->Find(bytes, false);
  ASSERT_TRUE(found.has_value());
  EXPECT_TRUE(found->too_large);
  EXPECT_EQ(found->value_size, RecordSplitter::kBeginningBytes);
  EXPECT_EQ(found->size, prefix + kFileRecordBytesMax + 1);
}

}  // namespace
}  // namespace takt
