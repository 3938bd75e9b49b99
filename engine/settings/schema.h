// The one table of everything that may stand in a configuration. From it come the checks of the
// parser (with line, column and the nearest valid name), the JSON Schema for editors and the
// reference page, so none of them can say something else than the others.
//
// A row is a path pattern: names joined by dots; `<name>`, `<field>`, `<dotted>` and `<text>` stand for
// any key of that form. A row without children below it holds scalars of its type.
//
// Threads: the table is constant.
#pragma once

#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "engine/settings/tree.h"

namespace takt {

enum class Shape : uint8_t { kOne, kOneOrMore, kMap, kOneOrMap, kOneOrMoreOrMap };

enum class ValueType : uint8_t {
  kText,       // any text without control characters
  kName,       // a name of this configuration: a-z, digits and _
  kField,      // a field of a record
  kReference,  // a name, or object.name
  kBool,
  kInteger,
  kDuration,
  kBytes,
  kShare,  // 40% or 0.4; may be left empty
  kWindow,
  kDate,
  kMonth,
  kCurrency,
  kFile,     // must exist; seen from the file that names it
  kPath,     // need not exist; seen from the file that names it
  kAddress,  // host:port
  kChoice,
  kFormula,
  kValue,  // compared with a field: text, number, true, false, null, "> 5"
};

enum class Support : uint8_t {
  kEvaluated,
  kCheckedOnly,  // has its place and its checks; a warning says that nothing comes of it yet
};

struct SchemaRow {
  const char* path;
  Shape shape;
  ValueType type;
  const char* default_text;  // "" where there is none
  const char* doc;
  const char* choices = "";  // kChoice: "json|protobuf|csv"
  Support support = Support::kEvaluated;
  const char* since = "0.1";
};

const std::vector<SchemaRow>& SchemaTable();

// Checks a whole tree against the table. What is wrong is reported and marked `bad`.
void CheckAgainstSchema(Node& root, Problems& problems);

// `path` as it stands in a file of the configuration, seen from that file's folder.
std::string ResolvePath(absl::string_view config_file, absl::string_view path);

// JSON Schema (draft 2020-12) for editors; ends with a newline.
std::string JsonSchema();

// The reference page, Markdown.
std::string ReferencePage();

}  // namespace takt
