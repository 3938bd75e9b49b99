#include "connectors/json/json_decoder.h"

#include <optional>
#include <utility>

#include "connectors/json/json_input.h"
#include "engine/model/change_kind_name.h"
#include "engine/time/parse_time.h"

namespace takt {
namespace {

namespace od = simdjson::ondemand;

JsonVerdict WrongType() { return JsonVerdict::Refuse(Reason::kMalformed, "not of the right type"); }

// A text, or a whole number as its digits: the ids of many systems are numbers.
JsonVerdict ReadText(od::value& value, absl::string_view* text) {
  od::json_type type;
  if (value.type().get(type)) return WrongType();
  if (type == od::json_type::string) {
    return ReadString(value, text);
  }
  if (type == od::json_type::null) {
    bool unused;
    return JsonVerdict::Of(value.is_null().get(unused));
  }
  if (type != od::json_type::number) return WrongType();
  JsonVerdict verdict = ReadNumber(value.raw_json_token(), text);
  const bool whole = text->find_first_of(".eE") == absl::string_view::npos;
  return verdict.ok() && !whole ? WrongType() : verdict;
}

JsonVerdict ReadTime(od::value& value, RawChange& change) {
  od::json_type type;
  if (value.type().get(type)) return WrongType();
  if (type == od::json_type::null) {
    bool unused;
    return JsonVerdict::Of(value.is_null().get(unused));
  }
  std::optional<int64_t> micros;
  if (type == od::json_type::string) {
    absl::string_view text;
    JsonVerdict verdict = ReadString(value, &text);
    if (!verdict.ok()) return verdict;
    micros = ParseZonedTime(text);
  } else if (type == od::json_type::number) {
    absl::string_view number;
    JsonVerdict verdict = ReadNumber(value.raw_json_token(), &number);
    if (!verdict.ok()) return verdict;
    micros = ParseUnixTime(number, TimeUnit::kMicros);
  }
  if (!micros.has_value()) {
    return JsonVerdict::Refuse(Reason::kBadTime,
                               "time: neither RFC 3339 with its zone nor whole microseconds");
  }
  change.has_time = true;
  change.time.micros = *micros;
  return {};
}

JsonVerdict ReadKind(od::value& value, RawChange& change) {
  absl::string_view name;
  JsonVerdict verdict = ReadText(value, &name);
  if (!verdict.ok() || name.empty()) return verdict;
  const std::optional<ChangeKind> kind = ParseChangeKind(name);
  if (!kind.has_value()) {
    return JsonVerdict::Refuse(Reason::kBadValue, "op: not patch, record, delete or undelete");
  }
  change.kind = *kind;
  return {};
}

JsonVerdict ReadOrder(od::value& value, RawChange& change) {
  od::json_type type;
  if (value.type().get(type)) return WrongType();
  if (type == od::json_type::null) {
    bool unused;
    return JsonVerdict::Of(value.is_null().get(unused));
  }
  if (type != od::json_type::array) {
    return JsonVerdict::Of(value.get_uint64().get(change.order.major));
  }
  od::array array;
  if (const auto error = value.get_array().get(array)) return JsonVerdict::Of(error);
  uint64_t* const parts[] = {&change.order.major, &change.order.minor};
  size_t count = 0;
  for (auto element : array) {
    if (count == 2) return WrongType();
    if (const auto error = element.get_uint64().get(*parts[count++])) {
      return JsonVerdict::Of(error);
    }
  }
  return {};
}

JsonVerdict ReadFieldValue(od::value& value, RawField& field) {
  od::json_type type;
  if (value.type().get(type)) {
    return ReadNumber(value.raw_json_token(), &field.value.text);
  }
  switch (type) {
    case od::json_type::string:
      field.value.kind = RawValue::Kind::kText;
      return ReadString(value, &field.value.text);
    case od::json_type::number:
      field.value.kind = RawValue::Kind::kNumber;
      return ReadNumber(value.raw_json_token(), &field.value.text);
    case od::json_type::boolean: {
      bool flag = false;
      if (const auto error = value.get_bool().get(flag)) return JsonVerdict::Of(error);
      field.value.kind = RawValue::Kind::kBool;
      field.value.integer = flag ? 1 : 0;
      return {};
    }
    case od::json_type::null: {
      bool unused;
      return JsonVerdict::Of(value.is_null().get(unused));
    }
    case od::json_type::object:
    case od::json_type::array:
      break;
  }
  return JsonVerdict::Refuse(Reason::kBadValue, "a field holds no object or array");
}

class JsonDecoder final : public Decoder {
 public:
  DecodeResult Decode(const Record& record, RawChanges& changes) override {
    changes.Clear();
    about_ = {};
    JsonVerdict verdict = ReadRecord(record.value, changes);
    if (verdict.ok()) return {};
    changes.Clear();
    return verdict.ToRejection(about_);
  }

 private:
  JsonVerdict ReadRecord(absl::string_view value, RawChanges& changes) {
    od::document document;
    JsonVerdict verdict = input_.Open(value, &document);
    if (!verdict.ok()) return verdict;
    od::json_type type;
    if (const auto error = document.type().get(type)) return JsonVerdict::Of(error);
    if (type == od::json_type::array) {
      verdict = ReadArray(document, changes);
    } else {
      od::object object;
      if (const auto error = document.get_object().get(object)) return JsonVerdict::Of(error);
      verdict = ReadChange(object, changes.Add());
    }
    if (verdict.ok() && document.current_location().error() != simdjson::OUT_OF_BOUNDS) {
      return JsonVerdict::Refuse(Reason::kMalformed, "bytes after the record");
    }
    return verdict;
  }

  JsonVerdict ReadArray(od::document& document, RawChanges& changes) {
    od::array array;
    if (const auto error = document.get_array().get(array)) return JsonVerdict::Of(error);
    for (auto element : array) {
      od::object object;
      if (const auto error = element.get_object().get(object)) return JsonVerdict::Of(error);
      JsonVerdict verdict = ReadChange(object, changes.Add());
      if (!verdict.ok()) return verdict;
    }
    return {};
  }

  JsonVerdict ReadChange(od::object& object, RawChange& change) {
    keys_.Clear();
    for (auto result : object) {
      od::field field;
      if (const auto error = std::move(result).get(field)) return JsonVerdict::Of(error);
      absl::string_view key;
      JsonVerdict verdict = ReadKey(field, &key);
      if (!verdict.ok()) return verdict;
      keys_.Add(key);
      about_ = key;
      verdict = ReadMember(key, field.value(), change);
      if (!verdict.ok()) return verdict;
    }
    return keys_.HasTwice() ? JsonVerdict::Refuse(Reason::kMalformed, "a key is there twice")
                            : JsonVerdict{};
  }

  JsonVerdict ReadMember(absl::string_view key, od::value& value, RawChange& change) {
    if (key == "object") return ReadText(value, &change.object);
    if (key == "id") return ReadText(value, &change.id);
    if (key == "op") return ReadKind(value, change);
    if (key == "time") return ReadTime(value, change);
    if (key == "fields") return ReadFields(value, change);
    if (key == "event_id") return ReadText(value, &change.event_id);
    if (key == "order") return ReadOrder(value, change);
    return SkipValue(value, 1);
  }

  JsonVerdict ReadFields(od::value& value, RawChange& change) {
    od::object object;
    if (const auto error = value.get_object().get(object)) return JsonVerdict::Of(error);
    field_keys_.Clear();
    for (auto result : object) {
      od::field field;
      if (const auto error = std::move(result).get(field)) return JsonVerdict::Of(error);
      absl::string_view key;
      JsonVerdict verdict = ReadKey(field, &key);
      if (!verdict.ok()) return verdict;
      if (field_keys_.size() == kJsonFieldsMax) {
        return JsonVerdict::Refuse(Reason::kTooLarge, "more than 1024 fields");
      }
      field_keys_.Add(key);
      about_ = key;
      RawField& raw = change.fields.emplace_back();
      raw.name = key;
      verdict = ReadFieldValue(field.value(), raw);
      if (!verdict.ok()) return verdict;
    }
    return field_keys_.HasTwice()
               ? JsonVerdict::Refuse(Reason::kMalformed, "a field is there twice")
               : JsonVerdict{};
  }

  JsonInput input_;
  KeySet keys_;
  KeySet field_keys_;
  absl::string_view about_;  // the key that is being read
};

}  // namespace

std::unique_ptr<Decoder> MakeJsonDecoder() { return std::make_unique<JsonDecoder>(); }

}  // namespace takt
