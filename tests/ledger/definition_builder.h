// Definitions and changes for tests, by hand and by name: what engine/settings would make of YAML,
// without YAML. Objects get their built-in fields, moments and states; names are looked up in what
// was added before, and an unknown name ends the test.
//
//   DefinitionBuilder build;
//   build.AddObject("deal", {{"amount", FieldType::kMoney}, {"owner", FieldType::kText}});
//   build.AddPipeline("deal", {.name = "sales", .open = {"new", "proposal"}});
//   const TermId won = build.AddTerm({.at = {build.Moment("deal", "won")}}, "deal", {{}});
//   const Definition& definition = build.Finish();
//
// Owns the definition and the texts of the changes it makes: it must outlive them. Threads: one.
#pragma once

#include <deque>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/string_view.h"
#include "engine/definition/definition.h"
#include "engine/model/change.h"

namespace takt {

struct PipelineSpec {
  std::string name;
  std::vector<std::string> open;
  std::vector<std::string> won = {"won"};
  std::vector<std::string> lost = {"lost"};
  std::vector<std::string> omitted = {"test"};
};

// Microseconds of "2026-01-10", "2026-01-10 09:30" or "2026-01-10 09:30:15", UTC.
EventTime At(absl::string_view text);

class DefinitionBuilder {
 public:
  DefinitionBuilder();

  ObjectId AddObject(absl::string_view name, std::vector<std::pair<std::string, FieldType>> fields);
  // The first pipeline gives the object its stage fields, moments and states.
  void AddPipeline(absl::string_view object, const PipelineSpec& pipeline);
  MomentId AddMoment(absl::string_view object, absl::string_view name, Moment moment);
  StateId AddState(absl::string_view object, absl::string_view name, State state);
  struct Told {  // what the target is to be told, by name
    std::vector<std::string> moments;
    std::vector<std::string> fields = {};
  };
  LinkId AddLink(absl::string_view object, absl::string_view field, absl::string_view target,
                 const Told& told);
  // Values without `unknown`, which is added as "unassigned".
  DimensionId AddList(absl::string_view name, std::vector<std::string> values);
  // `of`: the name of a field or of a dimension. Rows: root, since ("" for always), value.
  struct TableRow {
    std::string root, since, value;
  };
  DimensionId AddTable(absl::string_view name, absl::string_view of, std::vector<TableRow> rows);
  DimensionId AddStageDimension(absl::string_view object);
  // One group set per list of dimension names; {} is the company.
  TermId AddTerm(Term term, absl::string_view object,
                 std::vector<std::vector<std::string>> group_sets = {{}});

  ObjectId Object(absl::string_view name) const;
  FieldId Field(absl::string_view object, absl::string_view name) const;
  MomentId Moment(absl::string_view object, absl::string_view name) const;
  StateId State(absl::string_view object, absl::string_view name) const;
  Condition Is(absl::string_view object, absl::string_view field,
               std::vector<std::string> texts) const;
  Condition Compares(absl::string_view object, absl::string_view field,
                     Condition::Comparison comparison, int64_t value) const;

  // Orders moments, finds the roots of dimensions and numbers the rows.
  const Definition& Finish();
  Definition& definition() { return definition_; }

  // The row of a term in its group set `set` for named values of the set's dimensions.
  RowId Row(TermId term, size_t set, const std::vector<std::string>& values = {}) const;

  // A change. Values: nothing is null; texts of other types than text are integers in their unit.
  using Fields = std::vector<std::pair<std::string, std::optional<std::string>>>;
  Change Patch(absl::string_view object, absl::string_view id, absl::string_view time,
               const Fields& fields);
  Change Record(absl::string_view object, absl::string_view id, absl::string_view time,
                const Fields& fields);
  Change Delete(absl::string_view object, absl::string_view id, absl::string_view time);
  Change Undelete(absl::string_view object, absl::string_view id, absl::string_view time);

 private:
  takt::Object& Find(absl::string_view object);
  const takt::Object& Find(absl::string_view object) const;
  absl::string_view Keep(absl::string_view text);
  GroupSetId GroupSetOf(const std::vector<std::string>& dimensions);

  Definition definition_;
  std::deque<std::string> texts_;
};

}  // namespace takt
