#include "connectors/mapping/mapping_fields.h"

#include <algorithm>

#include "absl/strings/ascii.h"
#include "absl/strings/escaping.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "engine/model/decimal.h"

namespace takt {
namespace {

using As = MappingField::As;
using Kind = MappingCell::Kind;

constexpr size_t kUnmappedNamesMax = 100;
constexpr size_t kShownBytesMax = 80;

Rejection Reject(Reason reason, const MappingField& field, absl::string_view value) {
  return {reason,
          absl::StrCat(field.to, ": \"", absl::CHexEscape(value.substr(0, kShownBytesMax)), "\"")};
}

bool Contains(const std::vector<std::string>& texts, absl::string_view text) {
  return std::find(texts.begin(), texts.end(), text) != texts.end();
}

RawValue AsWritten(const MappingCell& cell) {
  switch (cell.kind) {
    case Kind::kText:
      return {RawValue::Kind::kText, cell.text, 0};
    case Kind::kNumber:
      return {RawValue::Kind::kNumber, cell.text, 0};
    case Kind::kBool:
      return {RawValue::Kind::kBool, {}, cell.text == "true" ? 1 : 0};
    case Kind::kTime:
      return {RawValue::Kind::kTime, {}, cell.micros};
    case Kind::kAbsent:
    case Kind::kNull:
    case Kind::kNested:
      break;
  }
  return {};
}

}  // namespace

absl::Status MappingZones::Load(const std::string& name) {
  absl::TimeZone zone;
  if (name.empty()) return absl::OkStatus();
  if (!absl::LoadTimeZone(name, &zone)) {
    return absl::InvalidArgumentError(
        absl::StrCat("time zone not known to this machine (package tzdata): ", name));
  }
  zones_[name] = zone;
  return absl::OkStatus();
}

absl::TimeZone MappingZones::Of(const std::string& name) const {
  const auto found = zones_.find(name);
  return found == zones_.end() ? organisation_ : found->second;
}

void UnmappedCounts::Add(absl::string_view field, absl::string_view value) {
  const std::string name =
      absl::StrCat(field, ": ", absl::CHexEscape(value.substr(0, kShownBytesMax)));
  MutexLock lock(mutex_);
  const bool is_full = counts_.size() >= kUnmappedNamesMax && counts_.find(name) == counts_.end();
  ++counts_[is_full ? "(others)" : name];
}

std::vector<std::pair<std::string, uint64_t>> UnmappedCounts::Get() const {
  MutexLock lock(mutex_);
  return {counts_.begin(), counts_.end()};
}

std::optional<Rejection> MappingFields::Read(const MappingField& field, const MappingFocus& focus,
                                             RawChange& change) {
  MappingCell cell = Find(field, focus);
  if (cell.kind == Kind::kAbsent) return std::nullopt;
  if (cell.kind == Kind::kNested) return Reject(Reason::kBadValue, field, "an object or an array");
  RawField raw{field.to, {}};
  if (cell.has_value()) {
    if (auto rejection = LookUp(field, cell)) return rejection;
    if (auto rejection = Convert(field, cell, &raw.value)) return rejection;
  }
  change.fields.push_back(raw);
  return std::nullopt;
}

// The first value that is there and not null; else null, if one was.
MappingCell MappingFields::Find(const MappingField& field, const MappingFocus& focus) {
  if (field.constant.has_value()) return {Kind::kText, *field.constant};
  MappingCell found;
  for (const MappingPath& path : field.from) {
    MappingCell cell = input_.At(path, focus);
    // A cell of nothing is absent, but may be said to mean null.
    const bool is_cell =
        input_.is_csv() && cell.kind == Kind::kAbsent && cell.text.data() != nullptr;
    const bool is_text = cell.has_value() && cell.kind != Kind::kNested;
    if ((is_cell || is_text) && Contains(field.null_if, cell.text)) cell.kind = Kind::kNull;
    if (cell.has_value()) return cell;
    if (cell.kind == Kind::kNull) found = cell;
  }
  return found;
}

std::optional<Rejection> MappingFields::LookUp(const MappingField& field, MappingCell& cell) {
  if (!field.dictionary.has_value() || cell.kind == Kind::kTime) return std::nullopt;
  const MappingDictionary& dictionary = *field.dictionary;
  const auto found = dictionary.entries.find(std::string(cell.text));
  if (found != dictionary.entries.end()) {
    cell = {Kind::kText, found->second};
    return std::nullopt;
  }
  unmapped_.Add(field.to, cell.text);
  switch (dictionary.otherwise) {
    case MappingDictionary::Otherwise::kKeep:
      return std::nullopt;
    case MappingDictionary::Otherwise::kValue:
      cell = {Kind::kText, dictionary.value};
      return std::nullopt;
    case MappingDictionary::Otherwise::kDeadLetter:
      break;
  }
  return Reject(Reason::kUnmapped, field, cell.text);
}

std::optional<Rejection> MappingFields::Convert(const MappingField& field, const MappingCell& cell,
                                                RawValue* value) {
  std::optional<Reason> reason;
  switch (field.as) {
    case As::kAsWritten:
      *value = AsWritten(cell);
      break;
    case As::kDecimalPoint:
    case As::kDecimalComma:
    case As::kPercent:
    case As::kMinorUnits:
      reason = ConvertNumber(field.as, cell, value);
      break;
    case As::kBool: {
      const std::optional<bool> flag = ReadWordAsBool(cell.text);
      if (!flag.has_value()) reason = Reason::kBadValue;
      *value = {RawValue::Kind::kBool, {}, flag.value_or(false) ? 1 : 0};
      break;
    }
    case As::kTime: {
      const std::optional<int64_t> micros =
          ReadMappedTime(field.unit, zones_.Of(field.unit.zone), cell);
      if (!micros.has_value()) reason = Reason::kBadTime;
      *value = {RawValue::Kind::kTime, {}, micros.value_or(0)};
      break;
    }
  }
  if (!reason.has_value()) return std::nullopt;
  return Reject(*reason, field, cell.text);
}

std::optional<Reason> MappingFields::ConvertNumber(As as, const MappingCell& cell,
                                                   RawValue* value) {
  if (cell.kind != Kind::kText && cell.kind != Kind::kNumber) return Reason::kBadNumber;
  const absl::string_view text = absl::StripAsciiWhitespace(cell.text);
  if (as == As::kMinorUnits) {
    value->kind = RawValue::Kind::kMinorUnits;
    return ParseDecimal(text, DecimalForm{0}, &value->integer);
  }
  std::string& plain = arena_.Add();
  if (as == As::kPercent) {
    absl::StrAppend(&plain, text, absl::EndsWith(text, "%") ? "" : "%");
  } else {
    const DecimalSign sign = as == As::kDecimalComma ? DecimalSign::kComma : DecimalSign::kPoint;
    if (!PlainDecimal(text, sign, &plain)) return Reason::kBadNumber;
  }
  *value = {RawValue::Kind::kNumber, plain, 0};
  return std::nullopt;
}

}  // namespace takt
