// Which records count, by the oracle's own reading of the rules (model/reason.h, the canonical JSON):
// a record is taken whole or not at all, and what is refused has a reason.
//
// Threads: one. The definition must outlive it.
#pragma once

#include <cstdint>
#include <deque>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "engine/definition/definition.h"
#include "engine/model/change.h"
#include "engine/model/reason.h"
#include "tests/oracle/json.h"

namespace takt::oracle {

class Admission {
 public:
  Admission(const Definition& definition, absl::Duration max_ahead);

  // The changes of one record, whose texts live as long as this; or why there are none.
  // `record_time_micros`: when it was written; 0: unknown, then no event is too far ahead or too old.
  std::optional<Reason> Admit(absl::string_view record, int64_t record_time_micros,
                              std::vector<Change>* changes);

  uint64_t admitted() const { return admitted_; }
  const std::map<Reason, uint64_t>& refused() const { return refused_; }

 private:
  std::optional<Reason> Read(absl::string_view record, std::vector<Change>* changes);
  std::optional<Reason> ReadShape(const Json& json) const;
  std::optional<Reason> ReadChange(const Json& json, uint32_t place, std::vector<Change>* changes);
  std::optional<Reason> ReadTime(const Json& json, const Object& object, EventTime* time) const;
  std::optional<Reason> ReadFields(const Json& json, const Object& object, Change* change);
  std::optional<Reason> ReadValue(const Json& json, FieldType type, Value* value);
  std::optional<Reason> ReadStage(const Object& object, const Change& change) const;
  absl::string_view Keep(const std::string& text);

  const Definition& definition_;
  absl::Duration max_ahead_;
  int64_t record_time_micros_ = 0;
  std::deque<std::string> texts_;
  uint64_t admitted_ = 0;
  std::map<Reason, uint64_t> refused_;
};

}  // namespace takt::oracle
