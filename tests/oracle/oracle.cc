#include "tests/oracle/oracle.h"

namespace takt::oracle {

Oracle::Oracle(const Definition& definition)
    : definition_(definition),
      civil_(definition.calendar.zone_name(), definition.calendar.fiscal_year_month()),
      rules_(definition, civil_),
      histories_(definition) {}

void Oracle::Add(const Change& change) {
  facts_.reset();
  histories_.Add(change);
}

SeriesMap Oracle::Series(EventTime now) {
  if (!facts_.has_value()) facts_.emplace(definition_, civil_, rules_, histories_.Entities());
  return Evaluation(definition_, civil_, *facts_, now).Series();
}

}  // namespace takt::oracle
