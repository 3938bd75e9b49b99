#include "engine/app/sample_records.h"

#include <algorithm>

#include "absl/strings/ascii.h"
#include "connectors/file/record_splitter.h"
#include "connectors/json/json_tree.h"

namespace takt {

absl::StatusOr<SampleRecords> SplitSample(absl::string_view sample, RecordFormat format) {
  SampleRecords found;
  if (sample.size() > kFileRecordBytesMax) {
    return absl::InvalidArgumentError("the sample is larger than 8 MiB; give some records of it");
  }
  if (format == RecordFormat::kJson && !JsonTree().Parse(sample).has_value()) {
    found.records.emplace_back(sample);
    found.lines.push_back(1);
    return found;
  }
  const std::unique_ptr<RecordSplitter> splitter = RecordSplitter::Create(format);
  size_t line = 1;
  while (!sample.empty()) {
    const std::optional<FoundRecord> record = splitter->Find(sample, true);
    if (!record.has_value() || record->size == 0) break;
    const absl::string_view value = sample.substr(record->value_begin, record->value_size);
    const bool is_header = format == RecordFormat::kCsv && found.header.empty();
    if (is_header) {
      found.header = std::string(value);
    } else if (format == RecordFormat::kProtobuf || !absl::StripAsciiWhitespace(value).empty()) {
      found.records.emplace_back(value);
      found.lines.push_back(line);
    }
    const size_t size = std::min<size_t>(record->size, sample.size());
    line += static_cast<size_t>(std::count(sample.begin(), sample.begin() + size, '\n'));
    sample.remove_prefix(size);
    splitter->Reset();
  }
  if (found.records.empty()) return absl::InvalidArgumentError("there is no record in the sample");
  return found;
}

}  // namespace takt
