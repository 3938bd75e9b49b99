#include "engine/settings/condition_compiler.h"

#include <algorithm>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "engine/definition/stage_kind_name.h"
#include "engine/settings/nearest.h"
#include "engine/settings/values.h"
#include "engine/time/parse_time.h"

namespace takt {
namespace {

using Comparison = Condition::Comparison;

// A condition as written: the comparison and its operands.
struct Written {
  Comparison comparison = Comparison::kIn;
  std::vector<std::pair<const Node*, std::string>> operands;
  bool with_null = false;  // null stands among the values
};

Comparison ComparisonBefore(absl::string_view& text) {
  struct Prefix {
    absl::string_view text;
    Comparison comparison;
  };
  for (const Prefix& prefix :
       {Prefix{">=", Comparison::kGreaterOrEqual}, Prefix{"<=", Comparison::kLessOrEqual},
        Prefix{"!=", Comparison::kNotIn}, Prefix{">", Comparison::kGreater},
        Prefix{"<", Comparison::kLess}}) {
    if (absl::ConsumePrefix(&text, prefix.text)) {
      text = absl::StripAsciiWhitespace(text);
      return prefix.comparison;
    }
  }
  return Comparison::kIn;
}

Written ReadValues(const Node& node, bool negated) {
  Written written;
  written.comparison = negated ? Comparison::kNotIn : Comparison::kIn;
  if (node.kind == Node::Kind::kNull) written.with_null = true;
  if (node.kind == Node::Kind::kList) {
    for (const Node& item : node.items) {
      if (item.kind == Node::Kind::kNull && !item.bad) written.with_null = true;
      if (item.IsScalar() && !item.bad) written.operands.emplace_back(&item, item.text);
    }
  }
  if (node.IsScalar()) {
    absl::string_view text = node.text;
    const Comparison comparison = ComparisonBefore(text);
    if (comparison != Comparison::kIn) written.comparison = comparison;
    written.operands.emplace_back(&node, std::string(text));
  }
  return written;
}

bool IsOrdering(Comparison comparison) {
  switch (comparison) {
    case Comparison::kLess:
    case Comparison::kLessOrEqual:
    case Comparison::kGreater:
    case Comparison::kGreaterOrEqual:
      return true;
    case Comparison::kIn:
    case Comparison::kNotIn:
    case Comparison::kPresent:
    case Comparison::kAbsent:
      return false;
  }
  return false;
}

bool IsTruth(const Node& node) {
  return !node.quoted && (node.text == "true" || node.text == "false");
}

FieldUse UseOf(const Written& written) {
  if (written.operands.empty()) return FieldUse::kMention;
  bool all_numbers = true;
  for (const auto& [node, text] : written.operands) {
    if (IsTruth(*node)) return FieldUse::kBool;
    if (IsOrdering(written.comparison) && ParseDate(text).ok()) return FieldUse::kTime;
    const bool plain = !node->quoted || IsOrdering(written.comparison);
    all_numbers = all_numbers && plain && ParseDecimal(text, 6).ok();
  }
  return all_numbers ? FieldUse::kNumber : FieldUse::kText;
}

struct FieldOfRows {
  FieldId id = 0;
  FieldType type = FieldType::kText;
};

// A field of the entity, or an attribute of its visits and reaches.
FieldOfRows FindField(Compilation& compilation, const RowsOf& rows, const std::string& name,
                      FieldUse use) {
  const bool visit = rows.source == RowSource::kVisit;
  const bool reach = rows.source == RowSource::kReach;
  if (visit && name == "exit") return {kExitField, FieldType::kText};
  if ((visit || reach) && name == "stage_kind") return {kStageKindField, FieldType::kText};
  if (reach && name == "visited") return {kVisitedField, FieldType::kBool};
  if (reach && name == "next_visited") return {kNextVisitedField, FieldType::kBool};
  const FieldId id = compilation.MentionField(rows.object, name, use);
  return {id, compilation.object(rows.object).fields[id].type};
}

// The only values that a field can have; empty where any text may stand.
std::vector<std::string> ClosedValues(const Object& object, FieldId field) {
  if (field == kExitField) {
    return {"forward", "backward", "won", "lost", "omitted", "reopened", "moved"};
  }
  std::vector<std::string> values;
  if (field == kStageKindField) {
    for (const StageKind kind : kStageKinds) values.push_back(StageKindName(kind));
    return values;
  }
  if (!object.has_pipelines()) return values;
  if (field == kStageField) {
    for (const Stage& stage : object.stages) values.push_back(stage.name);
  }
  if (field == kPipelineField) values = object.pipelines;
  return values;
}

absl::StatusOr<int64_t> IntegerOf(const Compilation& compilation, FieldType type,
                                  const std::string& text) {
  switch (type) {
    case FieldType::kMoney:
      return ParseDecimal(text, compilation.definition.currency.decimals);
    case FieldType::kNumber:
      if (absl::EndsWith(text, "%")) {
        return ParseDecimal(absl::string_view(text).substr(0, text.size() - 1), 4);
      }
      return ParseDecimal(text, 6);
    case FieldType::kBool:
      if (text == "true" || text == "false") return text == "true" ? 1 : 0;
      return absl::InvalidArgumentError(absl::StrCat("\"", text, "\" is not true or false"));
    case FieldType::kTime: {
      const auto time = ParseTime(text, compilation.definition.calendar.zone());
      if (time.has_value()) return *time;
      return absl::InvalidArgumentError(absl::StrCat("\"", text, "\" is not a time or a date"));
    }
    case FieldType::kText:
      break;
  }
  return absl::InvalidArgumentError("a text has no order: use a value or a list");
}

// Puts the operands into the condition; false when one of them is wrong.
bool Fill(Compilation& compilation, const RowsOf& rows, const Written& written,
          Condition& condition) {
  const std::vector<std::string> closed =
      ClosedValues(compilation.object(rows.object), condition.field);
  const bool text = condition.type == FieldType::kText && !IsOrdering(condition.comparison);
  for (const auto& [node, value] : written.operands) {
    if (text) {
      if (!closed.empty() && std::find(closed.begin(), closed.end(), value) == closed.end()) {
        Error(compilation.problems, *node, UnknownName("value", value, closed));
        return false;
      }
      condition.texts.push_back(value);
      continue;
    }
    const absl::StatusOr<int64_t> integer = IntegerOf(compilation, condition.type, value);
    if (!integer.ok()) {
      Error(compilation.problems, *node, std::string(integer.status().message()));
      return false;
    }
    condition.integers.push_back(*integer);
  }
  return true;
}

}  // namespace

std::vector<Condition> CompileCondition(Compilation& compilation, const RowsOf& rows,
                                        const std::string& field, const Node& node) {
  std::vector<Condition> conditions;
  const Node* negated = node.Find("not");
  if (node.bad || (negated != nullptr && negated->bad)) return conditions;
  if (node.IsMap() && negated == nullptr) {
    if (!node.HasBad()) {
      Error(compilation.problems, node, "expected a value, a list, or {not: ...}");
    }
    return conditions;
  }
  const Written written = ReadValues(negated == nullptr ? node : *negated, negated != nullptr);
  const FieldOfRows found = FindField(compilation, rows, field, UseOf(written));
  Condition condition{.field = found.id, .type = found.type, .comparison = written.comparison};
  if (written.with_null) {
    if (!written.operands.empty() && written.comparison == Comparison::kIn) {
      Error(compilation.problems, node,
            "null cannot stand beside other values: use {not: [...]} or two moments");
      return conditions;
    }
    Condition presence = condition;
    presence.comparison =
        written.comparison == Comparison::kIn ? Comparison::kAbsent : Comparison::kPresent;
    conditions.push_back(std::move(presence));
  }
  if (written.operands.empty()) return conditions;
  if (Fill(compilation, rows, written, condition)) conditions.push_back(std::move(condition));
  return conditions;
}

std::vector<Condition> CompileConditions(Compilation& compilation, const RowsOf& rows,
                                         const Node& map) {
  std::vector<Condition> conditions;
  for (const Node& entry : map.items) {
    for (Condition& condition : CompileCondition(compilation, rows, entry.key, entry)) {
      conditions.push_back(std::move(condition));
    }
  }
  return conditions;
}

}  // namespace takt
