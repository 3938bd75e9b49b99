// The JSON Schema and the reference page, from the schema table.
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/str_split.h"
#include "engine/settings/schema.h"
#include "engine/settings/schema_tree.h"

namespace takt {
namespace {

std::string Quoted(absl::string_view text) {
  return absl::StrCat(
      "\"", absl::StrReplaceAll(text, {{"\\", "\\\\"}, {"\"", "\\\""}, {"\n", "\\n"}}), "\"");
}

// One scalar as JSON Schema. Editors read YAML, in which 5 and true are no strings.
std::string ScalarSchema(const SchemaRow& row) {
  switch (row.type) {
    case ValueType::kBool:
      return "{\"type\": \"boolean\"}";
    case ValueType::kInteger:
      return "{\"type\": \"integer\"}";
    case ValueType::kValue:
      return "{\"type\": [\"string\", \"number\", \"boolean\", \"null\"]}";
    case ValueType::kShare:
      return "{\"type\": [\"string\", \"number\", \"null\"]}";
    case ValueType::kBytes:
    case ValueType::kMonth:
    case ValueType::kText:
      return "{\"type\": [\"string\", \"number\"]}";
    case ValueType::kName:
      return absl::StrCat("{\"type\": \"string\", \"pattern\": \"", PlaceholderPattern("<name>"),
                          "\"}");
    case ValueType::kField:
      return absl::StrCat("{\"type\": \"string\", \"pattern\": \"", PlaceholderPattern("<field>"),
                          "\"}");
    case ValueType::kChoice: {
      std::vector<std::string> choices;
      for (const absl::string_view choice : absl::StrSplit(row.choices, '|')) {
        choices.push_back(Quoted(choice));
      }
      return absl::StrCat("{\"enum\": [", absl::StrJoin(choices, ", "), "]}");
    }
    case ValueType::kReference:
    case ValueType::kDuration:
    case ValueType::kWindow:
    case ValueType::kDate:
    case ValueType::kCurrency:
    case ValueType::kFile:
    case ValueType::kPath:
    case ValueType::kAddress:
    case ValueType::kFormula:
      break;
  }
  return "{\"type\": \"string\"}";
}

class SchemaWriter {
 public:
  std::string Write() {
    const std::string open =
        "{\n  \"$schema\": \"https://json-schema.org/draft/2020-12/schema\",\n"
        "  \"title\": \"Takt configuration\",\n";
    return absl::StrCat(open, MapBody(SchemaRoot(), "  "), "\n}\n");
  }

 private:
  // "type": "object" and what stands in it, without the braces around.
  std::string MapBody(const SchemaNode& node, const std::string& indent) {
    std::vector<std::string> named;
    std::vector<std::string> formed;
    const std::string inner = indent + "  ";
    for (const auto& [key, child] : node.children) {
      const bool placeholder = key[0] == '<';
      const std::string name =
          placeholder ? absl::StrCat("\"", PlaceholderPattern(key), "\"") : Quoted(key);
      (placeholder ? formed : named)
          .push_back(absl::StrCat(inner, name, ": ", Value(*child, inner)));
    }
    std::string body = absl::StrCat(indent, "\"type\": [\"object\", \"null\"],\n");
    if (!named.empty()) {
      absl::StrAppend(&body, indent, "\"properties\": {\n", absl::StrJoin(named, ",\n"), "\n",
                      indent, "},\n");
    }
    if (!formed.empty()) {
      absl::StrAppend(&body, indent, "\"patternProperties\": {\n", absl::StrJoin(formed, ",\n"),
                      "\n", indent, "},\n");
    }
    absl::StrAppend(&body, indent, "\"additionalProperties\": false");
    return body;
  }

  std::string Value(const SchemaNode& node, const std::string& indent) {
    const SchemaRow& row = *node.row;
    const std::string inner = indent + "  ";
    std::string text = absl::StrCat("{\n", inner, "\"description\": ", Quoted(row.doc), ",\n");
    if (row.default_text[0] != '\0') {
      const bool bare = row.type == ValueType::kBool || row.type == ValueType::kInteger;
      absl::StrAppend(&text, inner, "\"default\": ",
                      bare ? std::string(row.default_text) : Quoted(row.default_text), ",\n");
    }
    if (row.shape == Shape::kMap) {
      return absl::StrCat(text, MapBody(node, inner), "\n", indent, "}");
    }
    std::vector<std::string> forms = {absl::StrCat(inner, "  ", ScalarSchema(row))};
    if (TakesMore(row.shape)) {
      forms.push_back(absl::StrCat(
          inner, "  {\"type\": \"array\", \"minItems\": 1, \"items\": ", ScalarSchema(row), "}"));
    }
    if (TakesMap(row.shape)) {
      forms.push_back(
          absl::StrCat(inner, "  {\n", MapBody(node, inner + "    "), "\n", inner, "  }"));
    }
    return absl::StrCat(text, inner, "\"anyOf\": [\n", absl::StrJoin(forms, ",\n"), "\n", inner,
                        "]\n", indent, "}");
  }
};

std::string TypeWords(const SchemaRow& row) {
  switch (row.type) {
    case ValueType::kText:
      return "text";
    case ValueType::kName:
      return "name";
    case ValueType::kField:
      return "field";
    case ValueType::kReference:
      return "name or object.name";
    case ValueType::kBool:
      return "true or false";
    case ValueType::kInteger:
      return "whole number";
    case ValueType::kDuration:
      return "length of time";
    case ValueType::kBytes:
      return "size";
    case ValueType::kShare:
      return "share, such as 40%";
    case ValueType::kWindow:
      return "window";
    case ValueType::kDate:
      return "date";
    case ValueType::kMonth:
      return "month";
    case ValueType::kCurrency:
      return "currency code";
    case ValueType::kFile:
      return "file that exists";
    case ValueType::kPath:
      return "path";
    case ValueType::kAddress:
      return "host:port";
    case ValueType::kChoice:
      return absl::StrReplaceAll(row.choices, {{"|", ", "}});
    case ValueType::kFormula:
      return "formula";
    case ValueType::kValue:
      return "value";
  }
  return "";
}

std::string ShapeWords(const SchemaRow& row) {
  if (row.shape == Shape::kMap) return "map";
  std::string words = TypeWords(row);
  if (TakesMore(row.shape)) absl::StrAppend(&words, ", or a list");
  if (TakesMap(row.shape)) absl::StrAppend(&words, ", or a map");
  return words;
}

std::string ReferenceRow(const SchemaRow& row) {
  const std::string default_text =
      row.default_text[0] == '\0' ? "" : absl::StrCat("`", row.default_text, "`");
  const char* later =
      row.support == Support::kCheckedOnly ? " *Checked, not evaluated by this version.*" : "";
  const std::string since =
      absl::string_view(row.since) == "0.1" ? "" : absl::StrCat(" *Since ", row.since, ".*");
  return absl::StrCat("| `", row.path, "` | ", ShapeWords(row), " | ", default_text, " | ",
                      absl::StrReplaceAll(row.doc, {{"|", "\\|"}, {"<", "&lt;"}}), later, since,
                      " |\n");
}

}  // namespace

std::string JsonSchema() { return SchemaWriter().Write(); }

std::string ReferencePage() {
  std::string page =
      "# Configuration reference\n\n"
      "Made by `takt generate reference` from the table that the parser checks by; do not edit.\n\n"
      "`<name>` stands for a name of your own (a-z, digits, _), `<field>` for a field of a record, "
      "`<text>` for any text. Lengths of time are written 10s, 90m, 36h, 14d or 2w. Paths are seen "
      "from "
      "the file that names them.\n";
  std::string section;
  for (const SchemaRow& row : SchemaTable()) {
    const std::string first =
        std::string(absl::string_view(row.path).substr(0, absl::string_view(row.path).find('.')));
    if (first != section) {
      section = first;
      absl::StrAppend(&page, "\n## ", section,
                      "\n\n| Key | Holds | Default | Meaning |\n|---|---|---|---|\n");
    }
    absl::StrAppend(&page, ReferenceRow(row));
  }
  return page;
}

}  // namespace takt
