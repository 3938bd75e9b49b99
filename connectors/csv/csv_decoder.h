// The canonical CSV of changes: one row is one change. Columns by name, in any order:
//
//   object,id,op,time,event_id,<one column per field>
//
//   op     patch (also when empty), record, delete, undelete
//   time   RFC 3339 with its zone, or whole microseconds since 1970
//
// An empty cell leaves its field out; the text \N clears it. `object` may be left out when the
// options name one for all rows; op and event_id are optional. The names come with each record in
// the header "csv-header", which file sources attach, or from the options.
//
// Rejected: a row that is no CSV or has another number of cells than the names (kMalformed), more
// than 1 MiB (kTooLarge), no names (kUnsupportedFrame), a time of another form (kBadTime), an
// unknown op (kBadValue).
//
// Threads: one. Cost: about 0.2 us for a row of 10 cells; allocates only while it grows.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "engine/pipeline/decoder.h"

namespace takt {

struct CsvOptions {
  char delimiter = ',';
  std::vector<std::string> columns;  // used where a record brings no header
  std::string object;                // for rows without a column `object`
};

std::unique_ptr<Decoder> MakeCsvDecoder(CsvOptions options = {});

}  // namespace takt
