#include "engine/journal/translate.h"

#include <algorithm>
#include <string>

#include "absl/container/flat_hash_map.h"
#include "absl/time/time.h"
#include "engine/model/decimal.h"

namespace takt {
namespace {

int64_t PowerOfTen(int exponent) {
  int64_t power = 1;
  for (int i = 0; i < exponent; ++i) power *= 10;
  return power;
}

// `value` * `multiplier` / `divisor`, when that is whole and fits.
std::optional<int64_t> Scaled(int64_t value, int64_t multiplier, int64_t divisor) {
  const __int128 product = static_cast<__int128>(value) * multiplier;
  if (product % divisor != 0) return std::nullopt;
  const __int128 result = product / divisor;
  if (result < INT64_MIN || result > INT64_MAX) return std::nullopt;
  return static_cast<int64_t>(result);
}

std::optional<int64_t> Parsed(absl::string_view text, FieldType type, int decimals) {
  switch (type) {
    case FieldType::kMoney:
    case FieldType::kNumber: {
      int64_t value = 0;
      const DecimalForm form = {.decimals = type == FieldType::kMoney ? decimals : kNumberDecimals};
      if (ParseDecimal(text, form, &value).has_value()) return std::nullopt;
      return value;
    }
    case FieldType::kBool:
      if (text == "true") return 1;
      if (text == "false") return 0;
      return std::nullopt;
    case FieldType::kTime: {
      absl::Time time;
      std::string error;
      if (!absl::ParseTime(absl::RFC3339_full, text, &time, &error)) return std::nullopt;
      return absl::ToUnixMicros(time);
    }
    case FieldType::kText:
      return std::nullopt;
  }
  return std::nullopt;
}

std::optional<Value> Converted(const Value& value, FieldType from, FieldType to, int decimals) {
  if (value.kind == ValueKind::kNull) return value;
  std::optional<int64_t> integer;
  if (value.kind == ValueKind::kText) {
    integer = Parsed(value.text, to, decimals);
  } else if (from == FieldType::kNumber && to == FieldType::kMoney) {
    integer = Scaled(value.integer, PowerOfTen(decimals), PowerOfTen(kNumberDecimals));
  } else if (from == FieldType::kMoney && to == FieldType::kNumber) {
    integer = Scaled(value.integer, PowerOfTen(kNumberDecimals), PowerOfTen(decimals));
  }
  if (!integer.has_value()) return std::nullopt;
  return Value::Integer(*integer);
}

}  // namespace

Translator::Translator(const JournalDictionary& from, const JournalDictionary& to)
    : is_identity_(from == to), decimals_(to.decimals) {
  absl::flat_hash_map<std::string, ObjectId> objects;
  for (size_t id = 0; id < to.objects.size(); ++id) {
    objects[to.objects[id].name] = static_cast<ObjectId>(id);
  }
  for (const JournalObject& object : from.objects) {
    ObjectRoute& route = routes_.emplace_back();
    const auto target = objects.find(object.name);
    if (target == objects.end()) continue;
    route.to = target->second;
    absl::flat_hash_map<std::string, FieldId> fields;
    const std::vector<JournalField>& to_fields = to.objects[target->second].fields;
    for (size_t id = 0; id < to_fields.size(); ++id) {
      fields[to_fields[id].name] = static_cast<FieldId>(id);
    }
    for (const JournalField& field : object.fields) {
      FieldRoute& field_route = route.fields.emplace_back();
      const auto found = fields.find(field.name);
      if (found == fields.end()) continue;
      field_route = {found->second, field.type, to_fields[found->second].type};
    }
  }
}

bool Translator::Translate(Change* change, TranslationCounts* counts) const {
  if (is_identity_) return true;
  if (change->object >= routes_.size() || !routes_[change->object].to.has_value()) {
    counts->fields_dropped += std::max<size_t>(1, change->fields.size());
    return false;
  }
  const ObjectRoute& route = routes_[change->object];
  change->object = *route.to;
  size_t kept = 0;
  for (const FieldValue& old : change->fields) {
    if (old.field >= route.fields.size() || !route.fields[old.field].to.has_value()) {
      ++counts->fields_dropped;
      continue;
    }
    const FieldRoute& field = route.fields[old.field];
    FieldValue value = {*field.to, old.value};
    if (field.from_type != field.to_type && old.value.kind != ValueKind::kNull) {
      const std::optional<Value> converted =
          Converted(old.value, field.from_type, field.to_type, decimals_);
      if (!converted.has_value()) {
        ++counts->values_lost;
        continue;
      }
      ++counts->values_converted;
      value.value = *converted;
    }
    change->fields[kept++] = value;
  }
  change->fields.resize(kept);
  std::sort(change->fields.begin(), change->fields.end(),
            [](const FieldValue& a, const FieldValue& b) { return a.field < b.field; });
  return true;
}

}  // namespace takt
