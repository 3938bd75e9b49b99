// The parts that rules of a mapping file are made of: paths, tests, times, ops and fields. Every
// function reports what is wrong to `problems` and gives what it could read.
//
// Threads: any.
#pragma once

#include <string>
#include <vector>

#include "engine/definition/mapping_rules.h"
#include "engine/settings/tree.h"

namespace takt {

class MappingParts {
 public:
  MappingParts(MappingFile::Format format, Problems& problems)
      : format_(format), problems_(problems) {}

  // Reports keys of the map `node` that are not in `keys`; false when it is no map at all.
  bool CheckKeys(const Node& node, const std::vector<std::string>& keys);

  MappingPath Path(const Node& node);
  std::vector<MappingPath> Paths(const Node& node);  // one, or a list
  std::vector<MappingTest> Tests(const Node& node);
  MappingTime Time(const Node& node);
  MappingOp Op(const Node& node);
  std::vector<MappingField> Fields(const Node& node);
  MappingProperty Property(const Node& node);
  // One text, or a list of them.
  std::vector<std::string> Texts(const Node& node);
  std::string Text(const Node& node);

 private:
  MappingTest Test(const Node& node);
  MappingTimeUnit Unit(const Node& node);
  void UnitForms(const Node& node, MappingTimeUnit& unit);
  MappingOutcome Outcome(const Node& node);
  MappingField Field(const Node& node);
  void Transform(const Node& node, MappingField& field);
  void Dictionary(const Node& node, MappingField& field);
  void Report(const Node& node, std::string text) { Error(problems_, node, std::move(text)); }

  MappingFile::Format format_;
  Problems& problems_;
};

}  // namespace takt
