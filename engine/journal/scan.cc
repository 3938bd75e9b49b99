#include "engine/journal/scan.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "absl/strings/match.h"
#include "engine/base/bytes.h"
#include "engine/base/status_macros.h"
#include "engine/journal/coordinates.h"
#include "engine/journal/segment_reader.h"
#include "engine/journal/translate.h"
#include "engine/model/change_codec.h"

namespace takt {
namespace {

class PlaceFinder {
 public:
  PlaceFinder(const JournalDictionary& dictionary, const absl::flat_hash_set<std::string>& changes,
              SourcePlaces& places)
      : dictionary_(dictionary), changes_(changes), places_(places) {}

  bool Visit(const ScannedBlock& block) {
    const BlockBody& body = *block.body;
    if (!body.Has(kCoordinatesSection) || !body.Has(kChangesSection)) return true;
    if (!translator_.has_value() || !(from_ == *block.dictionary)) {
      from_ = *block.dictionary;
      translator_.emplace(from_, dictionary_);
    }
    ByteReader reader(body.changes);
    CoordinatesReader coordinates(body.coordinates);
    Coordinates at;
    while (!reader.AtEnd() && coordinates.Next(&at)) {
      const char* begin = reader.position();
      if (!DecodeChange(reader, &change_)) break;
      const absl::string_view bytes(begin, static_cast<size_t>(reader.position() - begin));
      if (Matches(bytes)) Add(block, at);
    }
    return true;
  }

 private:
  bool Matches(absl::string_view bytes) {
    encoded_.assign(bytes.data(), bytes.size());
    if (!translator_->is_identity()) {
      TranslationCounts counts;
      if (!translator_->Translate(&change_, &counts)) return false;
      std::string translated;
      EncodeChange(change_, &translated);
      encoded_ = std::move(translated);
    }
    return changes_.contains(encoded_);
  }

  void Add(const ScannedBlock& block, const Coordinates& at) {
    const std::vector<uint32_t>& ids = block.body->coordinate_partitions;
    if (at.partition >= ids.size() || ids[at.partition] >= block.partitions->size()) return;
    const PartitionName& name = (*block.partitions)[ids[at.partition]];
    SourcePlace place{name.source, name.topic, name.partition, at.offset};
    std::vector<SourcePlace>& known = places_[encoded_];
    // A record that says the same twice, and one that was read again after a crash.
    if (std::find(known.begin(), known.end(), place) == known.end()) {
      known.push_back(std::move(place));
    }
  }

  const JournalDictionary& dictionary_;
  const absl::flat_hash_set<std::string>& changes_;
  SourcePlaces& places_;
  JournalDictionary from_;
  std::optional<Translator> translator_;
  Change change_;
  std::string encoded_;
};

}  // namespace

absl::StatusOr<std::vector<std::string>> SegmentNames(JournalFiles& files) {
  TAKT_ASSIGN_OR_RETURN(std::vector<std::string> names, files.List());
  names.erase(
      std::remove_if(names.begin(), names.end(),
                     [](const std::string& name) { return !absl::EndsWith(name, ".journal"); }),
      names.end());
  return names;  // ascending, as their numbers are
}

absl::Status ScanSegment(JournalFiles& files, const std::string& name,
                         absl::FunctionRef<bool(const ScannedBlock&)> visit) {
  TAKT_ASSIGN_OR_RETURN(const uint64_t size_bytes, files.SizeBytes(name));
  SegmentReader reader(files, name, size_bytes);
  JournalDictionary dictionary;
  std::vector<PartitionName> partitions;
  absl::string_view bytes;
  while (true) {
    TAKT_ASSIGN_OR_RETURN(const SegmentReader::Step step, reader.Next(&bytes));
    BlockBody body;
    if (step != SegmentReader::Step::kBlock || !DecodeBody(bytes, &body)) return absl::OkStatus();
    if (body.Has(kDictionarySection)) dictionary = body.dictionary;
    for (const PartitionName& partition : body.partitions) {
      if (partition.id > partitions.size()) return absl::OkStatus();
      if (partition.id == partitions.size()) partitions.emplace_back();
      partitions[partition.id] = partition;
    }
    if (!visit({&dictionary, &partitions, &body})) return absl::OkStatus();
  }
}

absl::StatusOr<PlaceSearch> FindPlaces(JournalFiles& files, const JournalDictionary& dictionary,
                                       const absl::flat_hash_set<std::string>& changes,
                                       uint64_t bytes_max) {
  PlaceSearch search;
  PlaceFinder finder(dictionary, changes, search.places);
  TAKT_ASSIGN_OR_RETURN(const std::vector<std::string> names, SegmentNames(files));
  for (auto name = names.rbegin(); name != names.rend(); ++name) {
    if (search.places.size() == changes.size()) break;
    if (search.bytes >= bytes_max) {
      search.is_whole = false;
      break;
    }
    TAKT_RETURN_IF_ERROR(
        ScanSegment(files, *name, [&](const ScannedBlock& block) { return finder.Visit(block); }));
    TAKT_ASSIGN_OR_RETURN(const uint64_t bytes, files.SizeBytes(*name));
    search.bytes += bytes;
  }
  return search;
}

}  // namespace takt
