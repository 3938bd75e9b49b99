// One event of the generated sales traffic: a change with names and values of its own, so that it
// can wait for its (late) delivery, and be written in every format.
//
// Threads: a value.
#pragma once

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "engine/model/change.h"
#include "engine/model/event_time.h"

namespace takt {

struct SalesValue {
  enum class Kind : uint8_t { kNull, kText, kMoney, kBool, kTime };
  Kind kind = Kind::kNull;
  std::string text;
  int64_t integer = 0;  // kMoney: cents; kBool: 0 or 1; kTime: microseconds

  static SalesValue Text(std::string value) { return {Kind::kText, std::move(value), 0}; }
  static SalesValue Money(int64_t cents) { return {Kind::kMoney, "", cents}; }
  static SalesValue Bool(bool value) { return {Kind::kBool, "", value ? 1 : 0}; }
};

struct SalesEvent {
  std::string object;
  std::string id;
  ChangeKind kind = ChangeKind::kPatch;
  EventTime time;
  std::string event_id;
  std::vector<std::pair<std::string, SalesValue>> fields;
  bool garbage = false;  // to be spoilt when it is written; never a change that counts
};

}  // namespace takt
