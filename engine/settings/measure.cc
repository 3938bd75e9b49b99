#include "engine/settings/measure.h"

#include <utility>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "engine/settings/values.h"

namespace takt {
namespace {

// "deal.visit.age": the rows and the field behind the last dot, if it names neither visit nor reach.
struct Operand {
  RowsOf rows;
  std::string field;
};

std::optional<Operand> ReadOperand(Compilation& compilation, const Node& verb,
                                   absl::string_view text) {
  text = absl::StripAsciiWhitespace(text);
  const size_t dot = text.rfind('.');
  const absl::string_view last = dot == absl::string_view::npos ? "" : text.substr(dot + 1);
  Operand operand;
  if (!last.empty() && last != "visit" && last != "reach") {
    operand.field = std::string(last);
    text = text.substr(0, dot);
  }
  if (!operand.field.empty() && !IsFieldName(operand.field)) {
    Error(compilation.problems, verb, absl::StrCat("\"", last, "\" is not a field"));
    return std::nullopt;
  }
  const auto rows = FindRows(compilation, verb, text);
  if (!rows.has_value()) return std::nullopt;
  operand.rows = *rows;
  return operand;
}

// A field that can be added up; reported when it cannot.
std::optional<FieldId> Addable(Compilation& compilation, const Node& verb, const Operand& operand) {
  const FieldId field =
      compilation.MentionField(operand.rows.object, operand.field, FieldUse::kNumber);
  const FieldType type = compilation.object(operand.rows.object).fields[field].type;
  if (type == FieldType::kMoney || type == FieldType::kNumber) return field;
  Error(compilation.problems, verb,
        absl::StrCat("\"", operand.field, "\" is neither money nor a number"));
  return std::nullopt;
}

std::optional<WrittenMeasure> Weighted(Compilation& compilation, const Node& verb,
                                       std::vector<Operand> operands) {
  const bool same_rows = operands[0].rows.object == operands[1].rows.object &&
                         operands[0].rows.source == operands[1].rows.source;
  if (!same_rows || operands[0].field.empty() || operands[1].field.empty()) {
    Error(compilation.problems, verb, "a product is of two fields of one object");
    return std::nullopt;
  }
  const auto first = Addable(compilation, verb, operands[0]);
  const auto second = Addable(compilation, verb, operands[1]);
  if (!first.has_value() || !second.has_value()) return std::nullopt;
  const std::vector<Field>& fields = compilation.object(operands[0].rows.object).fields;
  const bool first_is_money = fields[*first].type == FieldType::kMoney;
  const bool second_is_money = fields[*second].type == FieldType::kMoney;
  if (first_is_money && second_is_money) {
    Error(compilation.problems, verb, "money times money has no meaning");
    return std::nullopt;
  }
  WrittenMeasure written{.rows = operands[0].rows};
  written.measure = {MeasureKind::kWeighted, second_is_money ? *second : *first,
                     second_is_money ? *first : *second};
  return written;
}

}  // namespace

std::optional<WrittenMeasure> ReadMeasure(Compilation& compilation, const Node& verb) {
  std::vector<Operand> operands;
  for (const absl::string_view part : absl::StrSplit(verb.text, '*')) {
    const auto operand = ReadOperand(compilation, verb, part);
    if (!operand.has_value()) return std::nullopt;
    operands.push_back(*operand);
  }
  const bool counts = verb.key == "count" || verb.key == "durations";
  if (operands.size() > 2 || (counts && operands.size() > 1)) {
    Error(compilation.problems, verb,
          counts ? "takes an object, visit or reach" : "a product is of two fields");
    return std::nullopt;
  }
  if (operands.size() == 2) return Weighted(compilation, verb, std::move(operands));
  const Operand& operand = operands[0];
  WrittenMeasure written{.rows = operand.rows};
  if (operand.field.empty()) {
    if (verb.key != "sum") return written;
    Error(compilation.problems, verb,
          absl::StrCat("say of which field: sum: ", verb.text, ".amount"));
    return std::nullopt;
  }
  if (counts) {
    Error(compilation.problems, verb,
          absl::StrCat("takes an object, visit or reach, not its field \"", operand.field, "\""));
    return std::nullopt;
  }
  if (operand.field == "age") {
    written.age = true;
    return written;
  }
  const auto field = Addable(compilation, verb, operand);
  if (!field.has_value()) return std::nullopt;
  written.measure = {MeasureKind::kField, *field, 0};
  return written;
}

}  // namespace takt
