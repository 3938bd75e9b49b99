#include "tests/ledger/definition_builder.h"

#include <algorithm>
#include <cstdio>
#include <cstdlib>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/time/time.h"

namespace takt {
namespace {

// A wrong name in a test is a mistake in the test.
void Require(bool holds, absl::string_view what) {
  if (holds) return;
  std::fprintf(stderr, "no such thing in the definition: %s\n", std::string(what).c_str());
  std::abort();
}

template <typename Items>
size_t PlaceOf(const Items& items, absl::string_view name) {
  const auto found =
      std::find_if(items.begin(), items.end(), [&](const auto& item) { return item.name == name; });
  Require(found != items.end(), name);
  return static_cast<size_t>(found - items.begin());
}

std::vector<MomentId> Needs(const takt::Moment& moment) {
  if (moment.source == takt::Moment::Source::kOwn) return moment.moments;
  if (moment.source == takt::Moment::Source::kAfter) return {moment.moments[0]};
  return {};
}

void OrderMoments(Object& object) {
  std::vector<bool> placed(object.moments.size());
  object.evaluation_order.clear();
  while (object.evaluation_order.size() < object.moments.size()) {
    const size_t before = object.evaluation_order.size();
    for (size_t i = 0; i < object.moments.size(); ++i) {
      const std::vector<MomentId> needs = Needs(object.moments[i]);
      const bool ready =
          std::all_of(needs.begin(), needs.end(), [&](MomentId m) { return placed[m]; });
      if (placed[i] || !ready) continue;
      placed[i] = true;
      object.evaluation_order.push_back(static_cast<MomentId>(i));
    }
    Require(object.evaluation_order.size() > before, "an order of moments");
  }
}

}  // namespace

EventTime At(absl::string_view text) {
  absl::Time time;
  std::string error;
  for (const char* format : {"%Y-%m-%d", "%Y-%m-%d %H:%M", "%Y-%m-%d %H:%M:%S"}) {
    if (absl::ParseTime(format, text, &time, &error)) return EventTime::From(time);
  }
  Require(false, text);
  return {};
}

DefinitionBuilder::DefinitionBuilder() {
  definition_.organisation = "test";
  definition_.levels.push_back({.name = "company"});
}

ObjectId DefinitionBuilder::AddObject(absl::string_view name,
                                      std::vector<std::pair<std::string, FieldType>> fields) {
  const ObjectId id = static_cast<ObjectId>(definition_.objects.size());
  takt::Object& object = definition_.objects.emplace_back();
  object.name = std::string(name);
  object.fields = {{"merged_into", FieldType::kText}, {"created_at", FieldType::kTime}};
  object.fields.push_back({"stage", FieldType::kText});
  object.fields.push_back({"pipeline", FieldType::kText});
  object.fields.push_back({"probability", FieldType::kNumber});
  for (const auto& [field, type] : fields) object.fields.push_back({field, type});
  object.moments.push_back({.name = "created", .source = takt::Moment::Source::kCreated});
  object.states.push_back({.name = "exists", .source = takt::State::Source::kExists});
  definition_.object_ids[object.name] = id;
  return id;
}

void DefinitionBuilder::AddPipeline(absl::string_view name, const PipelineSpec& pipeline) {
  takt::Object& object = Find(name);
  const bool first = object.stages.empty();
  object.pipelines.push_back(pipeline.name);
  const int won_rank = static_cast<int>(pipeline.open.size());
  const auto add = [&](const std::vector<std::string>& names, StageKind kind) {
    for (size_t i = 0; i < names.size(); ++i) {
      Stage stage{.pipeline = pipeline.name, .name = names[i], .kind = kind, .rank = -1};
      if (kind == StageKind::kOpen) {
        stage.rank = static_cast<int>(i);
        stage.probability_millionths = 1'000'000 * (stage.rank + 1) / (won_rank + 1);
      }
      if (kind == StageKind::kWon) {
        stage.rank = won_rank;
        stage.probability_millionths = 1'000'000;
      }
      object.stages.push_back(stage);
    }
  };
  add(pipeline.open, StageKind::kOpen);
  add(pipeline.won, StageKind::kWon);
  add(pipeline.lost, StageKind::kLost);
  add(pipeline.omitted, StageKind::kOmitted);
  if (!first) return;
  const auto outcome = [&](const char* called, std::vector<StageKind> kinds) {
    object.moments.push_back({.name = called,
                              .source = takt::Moment::Source::kOutcome,
                              .stage_kinds = std::move(kinds)});
  };
  outcome("won", {StageKind::kWon});
  outcome("lost", {StageKind::kLost});
  outcome("omitted", {StageKind::kOmitted});
  outcome("closed", {StageKind::kWon, StageKind::kLost});
  for (const auto& [called, kind] : std::vector<std::pair<const char*, StageKind>>{
           {"open", StageKind::kOpen}, {"won", StageKind::kWon}, {"lost", StageKind::kLost}}) {
    object.states.push_back(
        {.name = called, .source = takt::State::Source::kStageKind, .stage_kind = kind});
  }
}

MomentId DefinitionBuilder::AddMoment(absl::string_view object, absl::string_view name,
                                      takt::Moment moment) {
  moment.name = std::string(name);
  Find(object).moments.push_back(std::move(moment));
  return static_cast<MomentId>(Find(object).moments.size() - 1);
}

StateId DefinitionBuilder::AddState(absl::string_view object, absl::string_view name,
                                    takt::State state) {
  state.name = std::string(name);
  Find(object).states.push_back(std::move(state));
  return static_cast<StateId>(Find(object).states.size() - 1);
}

LinkId DefinitionBuilder::AddLink(absl::string_view name, absl::string_view field,
                                  absl::string_view target, const Told& told) {
  Link link{.name = std::string(target), .field = Field(name, field), .target = Object(target)};
  for (const std::string& moment : told.moments) link.moments.push_back(Moment(name, moment));
  for (const std::string& captured : told.fields) link.fields.push_back(Field(name, captured));
  Find(name).links.push_back(std::move(link));
  return static_cast<LinkId>(Find(name).links.size() - 1);
}

DimensionId DefinitionBuilder::AddList(absl::string_view name, std::vector<std::string> values) {
  Dimension dimension{.name = std::string(name), .label = absl::StrCat("sales_", name)};
  dimension.values = std::move(values);
  dimension.values.push_back("unassigned");
  for (size_t i = 0; i < dimension.values.size(); ++i) {
    dimension.value_ids[dimension.values[i]] = static_cast<DimensionValue>(i);
  }
  definition_.dimensions.push_back(std::move(dimension));
  return static_cast<DimensionId>(definition_.dimensions.size() - 1);
}

DimensionId DefinitionBuilder::AddTable(absl::string_view name, absl::string_view of,
                                        std::vector<TableRow> rows) {
  std::vector<std::string> values;
  for (const TableRow& row : rows) {
    if (std::find(values.begin(), values.end(), row.value) == values.end()) {
      values.push_back(row.value);
    }
  }
  const DimensionId id = AddList(name, values);
  Dimension& dimension = definition_.dimensions[id];
  dimension.kind = Dimension::Kind::kTable;
  dimension.of = std::string(of);
  for (size_t i = 0; i < id; ++i) {
    if (definition_.dimensions[i].name == of) dimension.of_dimension = static_cast<DimensionId>(i);
  }
  for (const TableRow& row : rows) {
    const EventTime since = row.since.empty() ? EventTime{INT64_MIN} : At(row.since);
    dimension.table[row.root].push_back({since, dimension.value_ids[row.value]});
  }
  return id;
}

DimensionId DefinitionBuilder::AddStageDimension(absl::string_view name) {
  const takt::Object& object = Find(name);
  std::vector<std::string> values;
  for (const Stage& stage : object.stages) {
    if (std::find(values.begin(), values.end(), stage.name) == values.end()) {
      values.push_back(stage.name);
    }
  }
  const DimensionId id = AddList(absl::StrCat(name, "_stage"), values);
  definition_.dimensions[id].kind = Dimension::Kind::kStage;
  definition_.dimensions[id].object = Object(name);
  return id;
}

GroupSetId DefinitionBuilder::GroupSetOf(const std::vector<std::string>& dimensions) {
  GroupSet set;
  for (const std::string& name : dimensions) {
    const size_t id = PlaceOf(definition_.dimensions, name);
    set.dimensions.push_back(static_cast<DimensionId>(id));
    set.size *= static_cast<uint32_t>(definition_.dimensions[id].values.size());
  }
  const auto found = std::find(definition_.group_sets.begin(), definition_.group_sets.end(), set);
  const auto place = static_cast<GroupSetId>(found - definition_.group_sets.begin());
  if (found == definition_.group_sets.end()) definition_.group_sets.push_back(set);
  return place;
}

TermId DefinitionBuilder::AddTerm(Term term, absl::string_view object,
                                  std::vector<std::vector<std::string>> group_sets) {
  term.object = Object(object);
  for (const std::vector<std::string>& dimensions : group_sets) {
    term.group_sets.push_back({.group_set = GroupSetOf(dimensions)});
  }
  definition_.terms.push_back(std::move(term));
  return static_cast<TermId>(definition_.terms.size() - 1);
}

takt::Object& DefinitionBuilder::Find(absl::string_view object) {
  return definition_.objects[Object(object)];
}
const takt::Object& DefinitionBuilder::Find(absl::string_view object) const {
  return definition_.objects[Object(object)];
}

ObjectId DefinitionBuilder::Object(absl::string_view name) const {
  return static_cast<ObjectId>(PlaceOf(definition_.objects, name));
}
FieldId DefinitionBuilder::Field(absl::string_view object, absl::string_view name) const {
  return static_cast<FieldId>(PlaceOf(Find(object).fields, name));
}
MomentId DefinitionBuilder::Moment(absl::string_view object, absl::string_view name) const {
  return static_cast<MomentId>(PlaceOf(Find(object).moments, name));
}
StateId DefinitionBuilder::State(absl::string_view object, absl::string_view name) const {
  return static_cast<StateId>(PlaceOf(Find(object).states, name));
}

Condition DefinitionBuilder::Is(absl::string_view object, absl::string_view field,
                                std::vector<std::string> texts) const {
  return {.field = Field(object, field), .texts = std::move(texts)};
}

Condition DefinitionBuilder::Compares(absl::string_view object, absl::string_view field,
                                      Condition::Comparison comparison, int64_t value) const {
  const FieldId id = Field(object, field);
  return {.field = id,
          .type = Find(object).fields[id].type,
          .comparison = comparison,
          .integers = {value}};
}

const Definition& DefinitionBuilder::Finish() {
  for (takt::Object& object : definition_.objects) {
    OrderMoments(object);
    object.dimension_fields.resize(definition_.dimensions.size());
    for (size_t i = 0; i < object.fields.size(); ++i) {
      object.field_ids[object.fields[i].name] = static_cast<FieldId>(i);
    }
    for (size_t i = 0; i < definition_.dimensions.size(); ++i) {
      const Dimension& dimension = definition_.dimensions[i];
      const auto own = object.field_ids.find(dimension.name);
      if (own != object.field_ids.end()) object.dimension_fields[i].own = own->second;
      const auto root = object.field_ids.find(dimension.of);
      if (!dimension.of_dimension.has_value() && root != object.field_ids.end()) {
        object.dimension_fields[i].root = root->second;
      }
    }
  }
  NumberRows(definition_);
  return definition_;
}

RowId DefinitionBuilder::Row(TermId term, size_t set,
                             const std::vector<std::string>& values) const {
  const TermRows& rows = definition_.terms[term].group_sets[set];
  const GroupSet& group_set = definition_.group_sets[rows.group_set];
  GroupId group = 0;
  for (size_t i = 0; i < group_set.dimensions.size(); ++i) {
    const Dimension& dimension = definition_.dimensions[group_set.dimensions[i]];
    const auto found = dimension.value_ids.find(values[i]);
    Require(found != dimension.value_ids.end(), values[i]);
    group = group * static_cast<GroupId>(dimension.values.size()) + found->second;
  }
  return rows.first_row + group;
}

absl::string_view DefinitionBuilder::Keep(absl::string_view text) {
  return texts_.emplace_back(text);
}

Change DefinitionBuilder::Patch(absl::string_view object, absl::string_view id,
                                absl::string_view time, const Fields& fields) {
  Change change;
  change.object = Object(object);
  change.id = Keep(id);
  change.time = At(time);
  for (const auto& [name, text] : fields) {
    FieldValue field{.field = Field(object, name)};
    if (text.has_value() && Find(object).fields[field.field].type == FieldType::kText) {
      field.value = Value::Text(Keep(*text));
    } else if (text.has_value()) {
      int64_t integer = 0;
      Require(absl::SimpleAtoi(*text, &integer), *text);
      field.value = Value::Integer(integer);
    }
    change.fields.push_back(field);
  }
  std::sort(change.fields.begin(), change.fields.end(),
            [](const FieldValue& a, const FieldValue& b) { return a.field < b.field; });
  return change;
}

Change DefinitionBuilder::Record(absl::string_view object, absl::string_view id,
                                 absl::string_view time, const Fields& fields) {
  Change change = Patch(object, id, time, fields);
  change.kind = ChangeKind::kRecord;
  return change;
}

Change DefinitionBuilder::Delete(absl::string_view object, absl::string_view id,
                                 absl::string_view time) {
  Change change = Patch(object, id, time, {});
  change.kind = ChangeKind::kDelete;
  return change;
}

Change DefinitionBuilder::Undelete(absl::string_view object, absl::string_view id,
                                   absl::string_view time) {
  Change change = Patch(object, id, time, {});
  change.kind = ChangeKind::kUndelete;
  return change;
}

}  // namespace takt
