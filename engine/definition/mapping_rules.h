// What a mapping file says, as data: how the records of a CRM become changes, without code. Read by
// engine/settings/mapping_file from YAML, carried out by connectors/mapping.
//
//   format: json                       # or csv, with delimiter: ";" and columns: [a, b]
//   as_of: 2026-01-31                  # a constant time that paths may name
//   explode: $                         # each element of this array is a document; $ is the value
//   unwrap: payload                    # the document is inside, where it has this key
//   otherwise: filter                  # documents that no rule matches; or dead_letter
//   rules:                             # the first whose tests all pass takes the document
//     - name: opportunity
//       match: {ChangeEventHeader.entityName: Opportunity, headers.source: [a, "b*"]}
//       explode: ChangeEventHeader.recordIds      # the rule once for each `item`
//       object: deal
//       id: item                                  # or [a, b]: the first there; {join: [a, b]}
//       event_id: [header.key, header.number]     # joined
//       order: [commitNumber, sequenceNumber]
//       time: {from: [a, b], unit: ms, zone: Europe/Paris}
//       op: {from: changeType, map: {CREATE: record, "GAP_*": dead_letter}, default: patch}
//       fields:
//         stage: StageName
//         source: {const: web}
//         region: {from: [Region, Area], map: {N: north}, default: other, null_if: ["-"]}
//         amount: {from: Amount, decimal: comma}
//         chance: {from: Probability, scale: percent}
//         cents: {from: Cents, scale: minor_units}
//         hot: {from: Hot, bool: true}
//         close_date: {from: CloseDate, time: date}
//       patch: {key: propertyName, value: propertyValue, fields: {dealstage: stage}}
//       changes:                                  # several changes, each with what differs
//         - {when: {close_date: {present: true}}, time: {from: close_date, unit: date}, op: patch}
//
// Paths. A bare path starts at the document ("a.b", "a.0.b", or as JSON pointer "/a/b.c"); of a
// CSV row it is the name of a column. `value.x` starts at the whole value, `item` or `item.x` at
// the element that the rule explodes, `key` or `key.x` at the record's key, `headers.name` at a
// header; `topic`, `record_time` and `as_of` are themselves.
//
// Absent and null. A path that is not there, and a blank cell of a row, leave a field out; null and
// the texts of `null_if` clear it. Blanks around a cell of a row are dropped.
//
// Times. unit: s, ms, us, days (since 1970), iso (also `date`: a date alone starts the local day),
// or a list, of which the first that reads the value counts; or {format: "%m/%d/%Y"} beside
// `from`. Local times are in `zone`, or the organisation's.
//
// Dictionaries. `default` is a value, keep (the value itself, also when nothing is said) or
// dead_letter; what was not in the dictionary is counted by name.
//
// Threads: values.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace takt {

struct MappingPath {
  enum class Root : uint8_t { kDocument, kValue, kItem, kKey, kHeader, kTopic, kRecordTime, kAsOf };
  Root root = Root::kDocument;
  std::string text;  // as written
  // Keys below the root; of a header and of a column its one name.
  std::vector<std::string> segments;
};

// A test of one value; texts may end in '*'.
struct MappingTest {
  enum class Kind : uint8_t { kIn, kNotIn, kPresent, kAbsent };
  MappingPath path;
  Kind kind = Kind::kIn;
  std::vector<std::string> texts;
};

enum class MappingTimeForm : uint8_t {
  kSeconds,
  kMillis,
  kMicros,
  kDays,             // since 1970-01-01
  kSpreadsheetDays,  // since 1899-12-30, with a fraction
  kIso,
  kFormat,
};

// How a text or number is read as a time.
struct MappingTimeUnit {
  std::vector<MappingTimeForm> forms;  // the first that reads it counts
  std::string format;                  // kFormat
  std::string zone;                    // empty: the organisation's
};

struct MappingTime {
  std::vector<MappingPath> from;  // the first that is there
  MappingTimeUnit unit;
};

struct MappingDictionary {
  enum class Otherwise : uint8_t { kKeep, kValue, kDeadLetter };
  std::map<std::string, std::string> entries;
  Otherwise otherwise = Otherwise::kKeep;
  std::string value;  // Otherwise::kValue
};

// What becomes of a value on its way into a field.
struct MappingField {
  enum class As : uint8_t {
    kAsWritten,
    kDecimalPoint,
    kDecimalComma,
    kPercent,
    kMinorUnits,
    kBool,
    kTime
  };
  std::string to;
  std::vector<MappingPath> from;  // the first that is there and not null
  std::optional<std::string> constant;
  std::vector<std::string> null_if;
  std::optional<MappingDictionary> dictionary;
  As as = As::kAsWritten;
  MappingTimeUnit unit;  // As::kTime
};

enum class MappingOutcome : uint8_t { kPatch, kRecord, kDelete, kUndelete, kFilter, kDeadLetter };

struct MappingOp {
  std::optional<MappingPath> from;                               // none: always `otherwise`
  std::vector<std::pair<std::string, MappingOutcome>> outcomes;  // keys may end in '*'; first match
  MappingOutcome otherwise = MappingOutcome::kPatch;
};

// A pair of property name and value, as webhooks send them: the field whose name in the source is
// the value at `key` takes the value at `value`.
struct MappingProperty {
  MappingPath key;
  MappingPath value;
  std::map<std::string, MappingField> fields;  // by name in the source; `from` is `value`
};

// One change of a rule, whole: what the rule says for all its changes is filled in.
struct MappingChange {
  std::vector<MappingTest> when;
  std::string object;
  std::vector<MappingPath> id;
  bool join_id = false;  // all of `id`, joined by '/'; else the first that is there
  MappingTime time;
  MappingOp op;
  std::vector<MappingField> fields;
  std::optional<MappingProperty> property;
};

struct MappingRule {
  std::string name;
  std::vector<MappingTest> match;
  std::optional<MappingPath> explode;
  std::vector<MappingPath> event_id;  // all of them, joined
  std::vector<MappingPath> order;     // at most two
  std::vector<MappingChange> changes;
};

struct MappingFile {
  enum class Format : uint8_t { kJson, kCsv };
  enum class Otherwise : uint8_t { kFilter, kDeadLetter };
  Format format = Format::kJson;
  char delimiter = ',';
  std::vector<std::string> columns;
  std::string as_of;  // empty: none
  std::optional<MappingPath> explode;
  std::optional<MappingPath> unwrap;
  Otherwise otherwise = Otherwise::kDeadLetter;
  std::vector<MappingRule> rules;
};

}  // namespace takt
