#include "engine/ledger/plan_builder.h"

#include <algorithm>
#include <map>
#include <string>

#include "engine/definition/stage_kind_name.h"
#include "engine/ledger/closing.h"
#include "engine/ledger/edit.h"
#include "engine/ledger/hot_target.h"

namespace takt {
namespace {

class PlanBuilder {
 public:
  PlanBuilder(const Definition& definition, SymbolTable& symbols)
      : definition_(definition), symbols_(symbols), plans_(definition.objects.size()) {}

  std::vector<ObjectPlan> Build() {
    for (size_t i = 0; i < plans_.size(); ++i) BeginObject(static_cast<ObjectId>(i));
    for (size_t i = 0; i < plans_.size(); ++i) {
      for (size_t link = 0; link < definition_.objects[i].links.size(); ++link) {
        AddLink(plans_[i], static_cast<LinkId>(link));
      }
    }
    for (size_t i = 0; i < definition_.terms.size(); ++i) AddTerm(static_cast<TermId>(i));
    for (ObjectPlan& plan : plans_) {
      AddMoments(plan);
      AddStates(plan);
      plan.null_row.assign(plan.column_count, kNull);
    }
    for (ObjectPlan& plan : plans_) {
      for (TermPlan& term : plan.terms) AddMasks(plan, term);
      plan.parts = SeeParts(plan);
      PlanEdits(plan);
      PlanClosings(plan);
    }
    return std::move(plans_);
  }

 private:
  void BeginObject(ObjectId id) {
    ObjectPlan& plan = plans_[id];
    const Object& object = definition_.objects[id];
    plan.object = &object;
    plan.id = id;
    plan.columns.assign(object.fields.size(), kNoColumn);
    plan.dimensions.resize(definition_.dimensions.size());
    plan.created_column = Follow(plan, kCreatedAtField);
    for (const Moment& moment : object.moments) plan.moments.push_back({.moment = &moment});
    if (!object.has_pipelines()) return;
    plan.stage_column = Follow(plan, kStageField);
    plan.pipeline_column = Follow(plan, kPipelineField);
    plan.probability_column = Follow(plan, kProbabilityField);
    for (const Stage& stage : object.stages) {
      const auto place =
          std::find(object.pipelines.begin(), object.pipelines.end(), stage.pipeline);
      plan.stages.push_back({symbols_.Intern(stage.name), symbols_.Intern(stage.pipeline),
                             symbols_.Intern(StageKindName(stage.kind)),
                             static_cast<int>(place - object.pipelines.begin()),
                             stage.probability_millionths,
                             uint32_t{1} << static_cast<int>(stage.kind)});
    }
    for (size_t place = plan.stages.size(); place-- > 0;) {
      const Symbol stage = plan.stages[place].stage;
      if (stage >= plan.first_place.size()) plan.first_place.resize(stage + 1, -1);
      plan.first_place[stage] = static_cast<int16_t>(place);
    }
  }

  // The column of a field, given one if it has none.
  Column Follow(ObjectPlan& plan, FieldId field) {
    if (field < plan.columns.size() && plan.columns[field] == kNoColumn) {
      plan.columns[field] = static_cast<Column>(plan.column_count++);
      const bool is_text = plan.object->fields[field].type == FieldType::kText;
      plan.column_kinds.push_back(is_text ? ValueKind::kText : ValueKind::kInteger);
    }
    return plan.ColumnOf(field);
  }

  CompiledCondition Compile(const Condition& condition) {
    CompiledCondition compiled{.null_is_zero = condition.type == FieldType::kBool,
                               .comparison = condition.comparison};
    if (condition.type == FieldType::kText) {
      for (const std::string& text : condition.texts) {
        compiled.values.push_back(symbols_.Intern(text));
      }
    } else {
      compiled.values.assign(condition.integers.begin(), condition.integers.end());
    }
    return compiled;
  }

  Conditions CompileAll(ObjectPlan& plan, const std::vector<Condition>& conditions) {
    Conditions compiled;
    for (const Condition& condition : conditions) {
      compiled.push_back(Compile(condition));
      compiled.back().column = Follow(plan, condition.field);
    }
    return compiled;
  }

  // Conditions on what a link carries.
  Conditions CompileCaptured(LinkPlan& link, ObjectPlan& origin,
                             const std::vector<Condition>& conditions) {
    Conditions compiled;
    for (const Condition& condition : conditions) {
      compiled.push_back(Compile(condition));
      compiled.back().column = Capture(link, origin, condition.field);
    }
    return compiled;
  }

  Column Capture(LinkPlan& link, ObjectPlan& origin, FieldId field) {
    const auto found = std::find(link.fields.begin(), link.fields.end(), field);
    const auto place = static_cast<Column>(found - link.fields.begin());
    if (found != link.fields.end()) return place;
    const Column column = Follow(origin, field);
    link.fields.push_back(field);
    link.columns.push_back(column);
    link.is_text.push_back(column >= 0 && origin.column_kinds[column] == ValueKind::kText);
    return place;
  }

  void AddLink(ObjectPlan& plan, LinkId id) {
    const Link& link = plan.object->links[id];
    LinkPlan& added = plan.links.emplace_back();
    added.link = &link;
    added.needed = !link.moments.empty();
    added.dimensions.resize(definition_.dimensions.size());
    if (!added.needed) return;
    added.field = Follow(plan, link.field);
    for (const FieldId field : link.fields) Capture(added, plan, field);
    for (const MomentId moment : link.moments) Need(plan, moment);
    plan.derived = true;
  }

  void Need(ObjectPlan& plan, MomentId id) {
    if (id >= plan.moments.size() || plan.moments[id].needed) return;
    plan.moments[id].needed = true;
    for (const MomentId from : MomentsUnder(*plan.moments[id].moment)) Need(plan, from);
  }

  void AddTerm(TermId id) {
    const Term& term = definition_.terms[id];
    ObjectPlan& plan = plans_[term.object];
    plan.derived = true;
    TermPlan added{.term = &term, .id = id};
    added.where = CompileAll(plan, term.where);
    if (term.measure.kind == MeasureKind::kField || term.measure.kind == MeasureKind::kWeighted) {
      added.measure = Follow(plan, term.measure.field);
    }
    if (term.measure.kind == MeasureKind::kWeighted) {
      added.weight = Follow(plan, term.measure.weight_field);
    }
    AddGroups(plan, term, added.groups);
    if (term.rows == RowSource::kEntity) {
      for (const MomentId moment : MomentsOf(term)) Need(plan, moment);
    }
    plan.needs_visits |= term.rows == RowSource::kVisit;
    plan.needs_reaches |= term.rows == RowSource::kReach;
    plan.terms.push_back(std::move(added));
  }

  void AddGroups(ObjectPlan& plan, const Term& term, GroupPlan& groups) {
    for (const TermRows& rows : term.group_sets) {
      GroupPlan::Set& set = groups.sets.emplace_back();
      set.first_row = rows.first_row;
      uint32_t factor = 1;
      const GroupSet& group_set = definition_.group_sets[rows.group_set];
      for (auto at = group_set.dimensions.rbegin(); at != group_set.dimensions.rend(); ++at) {
        const auto found = std::find(groups.dimensions.begin(), groups.dimensions.end(), *at);
        const auto place = static_cast<uint8_t>(found - groups.dimensions.begin());
        if (found == groups.dimensions.end()) groups.dimensions.push_back(*at);
        set.factors.push_back({place, factor});
        factor *= static_cast<uint32_t>(definition_.dimensions[*at].values.size());
      }
    }
    groups.shape = ShapeOf(term);
    for (const DimensionId id : groups.dimensions) {
      FollowDimension(plan, id);
      AddReadFrom(plan, id, groups);
      if (term.credit == Credit::kOrigin) CaptureDimension(term.object, id);
    }
  }

  static bool IsOfStages(const Dimension& dimension, const ObjectPlan& plan) {
    return dimension.object == plan.id && (dimension.kind == Dimension::Kind::kStage ||
                                           dimension.kind == Dimension::Kind::kPipeline);
  }

  void AddReadFrom(const ObjectPlan& plan, DimensionId id, GroupPlan& groups) const {
    const Dimension& dimension = definition_.dimensions[id];
    for (const Column column : {plan.dimensions[id].own, plan.dimensions[id].root}) {
      std::vector<Column>& known = groups.read_from;
      if (column < 0 || std::find(known.begin(), known.end(), column) != known.end()) continue;
      known.push_back(column);
      groups.columns |= ColumnBit(column);
    }
    if (IsOfStages(dimension, plan)) {
      groups.by_stage = true;
      groups.columns |=
          ColumnBit(plan.ColumnOf(kStageField)) | ColumnBit(plan.ColumnOf(kPipelineField));
    }
    if (dimension.of_dimension.has_value()) AddReadFrom(plan, *dimension.of_dimension, groups);
  }

  uint16_t ShapeOf(const Term& term) {
    std::vector<uint32_t> shape = {term.object, static_cast<uint32_t>(term.credit)};
    for (const TermRows& rows : term.group_sets) shape.push_back(rows.group_set);
    return shapes_.emplace(std::move(shape), static_cast<uint16_t>(shapes_.size())).first->second;
  }

  static bool IsText(const Object& object, FieldId field) {
    return field < object.fields.size() && object.fields[field].type == FieldType::kText;
  }

  void FollowDimension(ObjectPlan& plan, DimensionId id) {
    const Dimension& dimension = definition_.dimensions[id];
    if (id < plan.object->dimension_fields.size()) {
      const DimensionFields& fields = plan.object->dimension_fields[id];
      DimensionColumns& columns = plan.dimensions[id];
      if (fields.own.has_value() && IsText(*plan.object, *fields.own)) {
        columns.own = Follow(plan, *fields.own);
      }
      if (fields.root.has_value() && IsText(*plan.object, *fields.root)) {
        columns.root = Follow(plan, *fields.root);
      }
    }
    if (dimension.of_dimension.has_value()) FollowDimension(plan, *dimension.of_dimension);
  }

  // Every link to `target` carries what the dimension is read from in its origin.
  void CaptureDimension(ObjectId target, DimensionId id) {
    const Dimension& dimension = definition_.dimensions[id];
    for (ObjectPlan& origin : plans_) {
      for (LinkPlan& link : origin.links) {
        if (!link.needed || link.link->target != target) continue;
        if (id < origin.object->dimension_fields.size()) {
          const DimensionFields& fields = origin.object->dimension_fields[id];
          if (fields.own.has_value() && IsText(*origin.object, *fields.own)) {
            link.dimensions[id].own = Capture(link, origin, *fields.own);
          }
          if (fields.root.has_value() && IsText(*origin.object, *fields.root)) {
            link.dimensions[id].root = Capture(link, origin, *fields.root);
          }
        }
        const bool of_stage = dimension.kind == Dimension::Kind::kStage ||
                              dimension.kind == Dimension::Kind::kPipeline;
        if (of_stage && dimension.object == origin.id) {
          link.stage = Capture(link, origin, kStageField);
          link.pipeline = Capture(link, origin, kPipelineField);
        }
      }
    }
    if (dimension.of_dimension.has_value()) CaptureDimension(target, *dimension.of_dimension);
  }

  void AddMoments(ObjectPlan& plan) {
    for (const MomentId id : plan.object->evaluation_order) {
      MomentPlan& added = plan.moments[id];
      if (!added.needed) continue;
      const Moment& moment = *added.moment;
      plan.evaluation_order.push_back(id);
      bool linked = moment.source == Moment::Source::kLinked;
      for (const MomentId under : MomentsUnder(moment)) {
        linked |= (plan.linked_moments & MomentBit(under)) != 0;
      }
      if (linked) plan.linked_moments |= MomentBit(id);
      if (moment.source == Moment::Source::kStage) plan.needs_visits = true;
      if (moment.source == Moment::Source::kLinked) {
        ObjectPlan& origin = plans_[moment.origin];
        added.conditions =
            CompileCaptured(origin.links[moment.origin_link], origin, moment.conditions);
      } else {
        if (moment.source == Moment::Source::kField) added.field = Follow(plan, moment.field);
        added.conditions = CompileAll(plan, moment.conditions);
      }
    }
  }

  void AddStates(ObjectPlan& plan) {
    const Mask stage =
        ColumnBit(plan.ColumnOf(kStageField)) | ColumnBit(plan.ColumnOf(kPipelineField));
    for (const State& state : plan.object->states) {
      StatePlan& added = plan.states.emplace_back();
      added.state = &state;
      added.conditions = CompileAll(plan, state.conditions);
      for (const CompiledCondition& condition : added.conditions) {
        added.columns |= ColumnBit(condition.column);
      }
      if (state.source != State::Source::kExists && plan.object->has_pipelines()) {
        added.columns |= stage;
      }
    }
  }

  void AddDimensionMask(const ObjectPlan& plan, DimensionId id, Mask* mask) const {
    const Dimension& dimension = definition_.dimensions[id];
    *mask |= ColumnBit(plan.dimensions[id].own) | ColumnBit(plan.dimensions[id].root);
    if (dimension.of_dimension.has_value()) AddDimensionMask(plan, *dimension.of_dimension, mask);
    if (IsOfStages(dimension, plan)) {
      *mask |= ColumnBit(plan.ColumnOf(kStageField)) | ColumnBit(plan.ColumnOf(kPipelineField));
    }
  }

  void AddMasks(const ObjectPlan& plan, TermPlan& added) const {
    const Term& term = *added.term;
    for (const CompiledCondition& condition : added.where) {
      added.columns |= ColumnBit(condition.column);
    }
    added.columns |= ColumnBit(added.measure) | ColumnBit(added.weight);
    for (const DimensionId id : added.groups.dimensions) {
      AddDimensionMask(plan, id, &added.columns);
    }
    if (term.rows != RowSource::kEntity && plan.object->has_pipelines()) {
      added.columns |=
          ColumnBit(plan.ColumnOf(kStageField)) | ColumnBit(plan.ColumnOf(kPipelineField));
    } else {
      for (const MomentId moment : MomentsOf(term)) added.moments |= MomentBit(moment);
    }
    for (const StateUse& use : term.states) {
      added.columns |= plan.states[use.state].columns;
      if (plan.states[use.state].state->source == State::Source::kExists) {
        added.moments |= Mask{1} << kCreatedBit;
      }
    }
  }

  const Definition& definition_;
  SymbolTable& symbols_;
  std::vector<ObjectPlan> plans_;
  std::map<std::vector<uint32_t>, uint16_t> shapes_;
};

}  // namespace

std::vector<ObjectPlan> BuildObjectPlans(const Definition& definition, SymbolTable& symbols) {
  return PlanBuilder(definition, symbols).Build();
}

}  // namespace takt
