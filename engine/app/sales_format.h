// Generated sales events in the formats that Takt reads: canonical JSON, Protobuf and CSV; and the
// ways in which garbage is spoilt.
//
// Threads: any, but for Spoiler (one owner). Cost: about a microsecond for each event.
#pragma once

#include <cstdint>
#include <map>
#include <string>

#include "engine/model/reason.h"
#include "engine/settings/settings.h"
#include "engine/traffic/random.h"
#include "engine/traffic/sales_event.h"

namespace takt {

// The bytes of one record. CSV: a row without its line end, under SalesCsvHeader().
std::string FormatSalesEvent(const SalesEvent& event, RecordFormat format);
std::string SalesCsvHeader();

// The key of its record: the entity's id, so that one entity stays in one partition.
std::string SalesKey(const SalesEvent& event);

// Turns events into records that no engine may admit, in every way of the list of bad input that the
// format can show, one after the other; tells what each must be rejected for.
class Spoiler {
 public:
  struct Spoilt {
    std::string bytes;
    Reason reason = Reason::kMalformed;
  };
  explicit Spoiler(RecordFormat format) : format_(format) {}
  Spoilt Spoil(const SalesEvent& event);

 private:
  Spoilt SpoilJson(const SalesEvent& event);
  Spoilt SpoilProtobuf(const SalesEvent& event);
  Spoilt SpoilCsv(const SalesEvent& event);

  const RecordFormat format_;
  uint64_t turn_ = 0;
};

}  // namespace takt
