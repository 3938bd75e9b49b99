// One suite that every Source passes. A kind of source joins by a SourceWorld, which makes sources and
// does to their outside what a case asks for; what its outside cannot do it says by its abilities.
#pragma once

#include <gtest/gtest.h>

#include <functional>
#include <memory>
#include <optional>
#include <ostream>
#include <string>
#include <utility>
#include <vector>

#include "engine/pipeline/source.h"

namespace takt {

struct ContractRecord {
  std::string value;
  std::optional<std::string> key = std::nullopt;
  bool tombstone = false;
  std::vector<std::pair<std::string, std::string>> headers = {};
};

// What the outside of a source can do. A case that needs more is skipped by name.
struct SourceAbilities {
  int partitions = 1;
  bool made_again = true;
  bool keys_and_headers = false;
  bool goes_away = false;
  bool adds_partitions = false;
  bool removes_beginning = false;
};

class SourceWorld {
 public:
  virtual ~SourceWorld() = default;
  virtual SourceAbilities abilities() const = 0;
  virtual std::unique_ptr<Source> MakeSource() = 0;
  // The record can be read when this returns.
  virtual void Append(int partition, const ContractRecord& record) = 0;
  // The place is made again, empty.
  virtual void Recreate() {}
  virtual void SetAway(bool /*away*/) {}
  virtual void AddPartition() {}
  virtual void RemoveBelow(int /*partition*/, int64_t /*offset*/) {}
};

struct SourceWorldMaker {
  std::string name;
  std::function<std::unique_ptr<SourceWorld>()> make;
};

inline void PrintTo(const SourceWorldMaker& maker, std::ostream* out) { *out << maker.name; }

// A record as it was delivered, with bytes of its own.
struct Delivered {
  std::string topic;
  int32_t partition;
  int64_t offset;
  int64_t next_offset;
  std::optional<std::string> key;
  std::optional<std::string> value;
  std::vector<std::pair<std::string, std::string>> headers;
};

class SourceContract : public testing::TestWithParam<SourceWorldMaker> {
 protected:
  SourceContract() : world_(GetParam().make()), can_(world_->abilities()) {}

  std::unique_ptr<Source> OpenSource(const std::vector<Position>& positions = {});
  // Polls until `count` records came, a final error, or too long; then once more, for what should not
  // come.
  std::vector<Delivered> Read(Source& source, size_t count, int records_max = 100);
  // Polls until `done`; false when it takes too long.
  bool PollUntil(Source& source, const std::function<bool(const absl::Status&)>& done);
  bool PollUntilIdle(Source& source);
  // Where an engine would go on after `delivered`.
  static std::vector<Position> PositionsAfter(const Source& source,
                                              const std::vector<Delivered>& delivered);
  static std::vector<std::string> Values(const std::vector<Delivered>& delivered);

  std::unique_ptr<SourceWorld> world_;
  const SourceAbilities can_;
  std::vector<Delivered> delivered_;  // by PollUntil
};

std::string SourceWorldName(const testing::TestParamInfo<SourceWorldMaker>& info);

}  // namespace takt
