// What single sentences of the language compile to, and how files are laid over each other.
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/settings/config_folder.h"

namespace takt {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

const char* const kDeals =
    "objects:\n"
    "  deal:\n"
    "    pipelines:\n"
    "      sale: {open: [new, offer], won: won, lost: lost}\n"
    "      renewal: {open: {due: 70%, offer: }, won: won, lost: gone}\n"
    "    links: {buyer: {object: person, field: buyer_id}, user: {object: person, field: "
    "user_id}}\n"
    "  person: {moments: {bought: {latest: deal.won, link: buyer}}}\n"
    "dimensions: {team: {values: [red, blue]}, source: {values: [web, event]}}\n";

LoadResult Kpis(const std::string& lines) {
  return LoadText(std::string(kDeals) + "kpis:\n" + lines);
}

std::vector<std::string> Labels(const std::vector<Window>& windows) {
  std::vector<std::string> labels;
  for (const Window& window : windows) labels.push_back(window.label);
  return labels;
}

FieldType TypeOf(const LoadResult& result, const char* object, const char* field) {
  const Object& owner = ObjectNamed(result, object);
  return owner.fields[owner.field_ids.at(field)].type;
}

TEST(Fields, TypesFollowFromDeclarationNameAndUse) {
  const LoadResult result = Kpis(
      "  a: {count: person, where: {amount: \"> 1.5\", automatic: true, size: 5, city: Paris}}\n"
      "  b: {count: person, where: {size: \"> 3\", born: \"< 2000-01-01\", zip: \"10115\"}}\n"
      "  c: {sum: person.weight}\n");
  EXPECT_EQ(TypeOf(result, "person", "amount"), FieldType::kMoney);
  EXPECT_EQ(TypeOf(result, "person", "automatic"), FieldType::kBool);
  EXPECT_EQ(TypeOf(result, "person", "size"), FieldType::kNumber);
  EXPECT_EQ(TypeOf(result, "person", "city"), FieldType::kText);
  EXPECT_EQ(TypeOf(result, "person", "born"), FieldType::kTime);
  EXPECT_EQ(TypeOf(result, "person", "zip"), FieldType::kText);
  EXPECT_EQ(TypeOf(result, "person", "weight"), FieldType::kNumber);
  EXPECT_EQ(TypeOf(result, "person", "team"), FieldType::kText);
  EXPECT_EQ(UnitText(KpiNamed(result, "c").unit), "weight");
}

TEST(Fields, NothingElseIsKept) {
  const LoadResult result = Kpis("  a: {count: person}\n");
  std::vector<std::string> names;
  for (const Field& field : ObjectNamed(result, "person").fields) names.push_back(field.name);
  EXPECT_THAT(names, ElementsAre("merged_into", "created_at", "source", "team"));
}

TEST(Conditions, ComparisonsHaveTheUnitOfTheField) {
  const LoadResult result = Kpis(
      "  a: {count: person, where: {amount: \"> 1.5\", score: [1, 2.5], city: {not: [Paris, "
      "null]}}}\n"
      "  b: {count: person, where: {city: null, town: {not: null}, size: \"!= 3\"}}\n");
  const std::vector<Condition>& a = TermOf(result, "a").where;
  ASSERT_EQ(a.size(), 4u);
  EXPECT_EQ(a[0].comparison, Condition::Comparison::kGreater);
  EXPECT_THAT(a[0].integers, ElementsAre(150));
  EXPECT_THAT(a[1].integers, ElementsAre(1'000'000, 2'500'000));
  EXPECT_EQ(a[2].comparison, Condition::Comparison::kPresent);
  EXPECT_EQ(a[3].comparison, Condition::Comparison::kNotIn);
  EXPECT_THAT(a[3].texts, ElementsAre("Paris"));
  const std::vector<Condition>& b = TermOf(result, "b").where;
  ASSERT_EQ(b.size(), 3u);
  EXPECT_EQ(b[0].comparison, Condition::Comparison::kAbsent);
  EXPECT_EQ(b[1].comparison, Condition::Comparison::kPresent);
  EXPECT_EQ(b[2].comparison, Condition::Comparison::kNotIn);
}

TEST(Stages, ANameOfSeveralPipelinesIsOneMomentAndState) {
  const LoadResult result =
      Kpis("  a: {count: deal, at: offer}\n  b: {level: deal, while: offer}\n");
  const Object& deal = ObjectNamed(result, "deal");
  const Moment& offer = MomentNamed(deal, "offer");
  EXPECT_EQ(offer.source, Moment::Source::kField);
  EXPECT_EQ(offer.field, kStageField);
  EXPECT_EQ(MomentNamed(deal, "new").source, Moment::Source::kStage);
  EXPECT_EQ(deal.states[TermOf(result, "b").states[0].state].source, State::Source::kConditions);
}

TEST(Moments, TheLinkThatIsMeantIsTaken) {
  const LoadResult result = Kpis("  a: {count: person, at: bought}\n");
  const Moment& bought = MomentNamed(ObjectNamed(result, "person"), "bought");
  EXPECT_EQ(ObjectNamed(result, "deal").links[bought.origin_link].name, "buyer");
  EXPECT_EQ(bought.pick, Pick::kLatest);
}

TEST(Moments, AFieldWithOtherConditionsIsPickedAmongItsEntries) {
  const LoadResult result = LoadText(
      "objects:\n"
      "  lead: {moments: {ripe: {first: status, is: SQL, where: {region: north}}}}\n"
      "kpis: {a: {count: lead, at: ripe, over: 28d}}\n");
  const Object& lead = ObjectNamed(result, "lead");
  const Moment& ripe = MomentNamed(lead, "ripe");
  EXPECT_EQ(ripe.source, Moment::Source::kOwn);
  EXPECT_EQ(ripe.pick, Pick::kFirst);
  ASSERT_EQ(ripe.moments.size(), 1u);
  const Moment& entries = lead.moments[ripe.moments[0]];
  EXPECT_EQ(entries.source, Moment::Source::kField);
  EXPECT_EQ(entries.pick, Pick::kEvery);
  EXPECT_THAT(lead.evaluation_order, ElementsAre(0, ripe.moments[0], MomentIdOf(lead, "ripe")));
}

TEST(Terms, EqualOnesAreShared) {
  const LoadResult result = Kpis(
      "  a: {count: deal, at: [won, lost], over: 28d}\n"
      "  b: {count: deal, at: [lost, won], over: month, per: team}\n"
      "  c: {count: deal, at: [lost, won], where: {amount: \"> 5\"}}\n");
  EXPECT_EQ(KpiNamed(result, "a").term, KpiNamed(result, "b").term);
  EXPECT_NE(KpiNamed(result, "a").term, KpiNamed(result, "c").term);
  EXPECT_EQ(TermOf(result, "a").group_sets.size(), 2u);
  EXPECT_THAT(TermOf(result, "c").group_sets, IsEmpty());
}

TEST(Terms, CountAndSumAreAtTheCreationByDefault) {
  const LoadResult result = Kpis("  a: {sum: deal.amount}\n  b: {count: visit}\n");
  EXPECT_THAT(TermOf(result, "a").at, ElementsAre(0));
  EXPECT_EQ(TermOf(result, "b").rows, RowSource::kVisit);
  EXPECT_THAT(TermOf(result, "b").at, ElementsAre(kEnteredMoment));
  EXPECT_EQ(UnitText(KpiNamed(result, "b").unit), "visit");
}

TEST(Terms, QualifiersAreCompiled) {
  const LoadResult result = Kpis(
      "  a: {count: deal, at: won, within: 90d of created, dated: created, before: lost, credit: "
      "current}\n"
      "  b: {sum: deal.amount, at: won, view: as_posted, once_per: week}\n");
  const Term& a = TermOf(result, "a");
  EXPECT_EQ(a.within, absl::Hours(90 * 24));
  EXPECT_EQ(a.within_of, 0);
  EXPECT_EQ(a.dated, std::optional<MomentId>(0));
  EXPECT_EQ(a.before, std::optional<MomentId>(MomentIdOf(ObjectNamed(result, "deal"), "lost")));
  EXPECT_EQ(a.credit, Credit::kCurrent);
  EXPECT_TRUE(TermOf(result, "b").as_posted);
  EXPECT_EQ(TermOf(result, "b").once_per, std::optional<Period>(Period::kWeek));
}

TEST(Terms, AgesHaveATermOfStarts) {
  const LoadResult result =
      Kpis("  a: {level: visit.age, while: open, split: deal_stage, per: company}\n");
  const Kpi& a = KpiNamed(result, "a");
  EXPECT_EQ(a.kind, KpiKind::kAge);
  EXPECT_EQ(UnitText(a.unit), "seconds");
  ASSERT_TRUE(a.start_term.has_value());
  const std::vector<Term>& terms = result.settings.definition->terms;
  EXPECT_EQ(terms[*a.start_term].measure.kind, MeasureKind::kStart);
  EXPECT_EQ(terms[*a.start_term].group_sets.size(), 1u);
}

TEST(Exports, DistinctCountsHaveATermForEveryWindowThatIsRead) {
  const LoadResult result = Kpis(
      "  a: {count: deal, at: won, once_per: window, over: [7d, month]}\n"
      "  b: {formula: \"a[28d] / a\", over: previous month, per: team}\n");
  const Kpi& a = KpiNamed(result, "a");
  std::vector<std::string> windows;
  for (const auto& [label, term] : a.recent_terms) windows.push_back(label);
  EXPECT_THAT(windows, ElementsAre("28d", "7d", "month", "previous month"));
  const Term& weekly = result.settings.definition->terms[a.recent_terms.at("7d")];
  EXPECT_EQ(weekly.kind, TermKind::kLevel);
  EXPECT_EQ(weekly.recent->count, 7);
}

TEST(Exports, PartsOfASplitShareHaveNamesOfTheirOwn) {
  const LoadResult result = Kpis(
      "  won: {count: deal, at: won, over: 28d}\n"
      "  closed: {count: deal, at: [won, lost]}\n"
      "  ratio: {share: won, of: closed, split: source, over: [90d], per: [company, team]}\n");
  const Kpi& part = KpiNamed(result, "won_by_source");
  EXPECT_TRUE(part.exported);
  EXPECT_THAT(Labels(part.over), ElementsAre("90d"));
  EXPECT_EQ(part.term, KpiNamed(result, "won").term);
  EXPECT_THAT(Labels(KpiNamed(result, "won").over), ElementsAre("28d"));
  EXPECT_FALSE(KpiNamed(result, "closed").exported);
  EXPECT_EQ(&result.settings.definition->kpis[KpiNamed(result, "ratio").numerator], &part);
}

TEST(Exports, FormulasAskTheCompanyForItsRows) {
  const LoadResult result = Kpis(
      "  a: {count: deal}\n"
      "  b: {formula: \"a / a[company, 30d ago]\", over: 28d, per: team}\n");
  EXPECT_EQ(TermOf(result, "a").group_sets.size(), 2u);
  const std::vector<FormulaNode>& formula = KpiNamed(result, "b").formula;
  ASSERT_EQ(formula.size(), 3u);
  EXPECT_EQ(formula[1].level, std::optional<LevelId>(0));
  EXPECT_EQ(formula[1].ago, (CivilSpan{30, CivilSpan::Unit::kDays}));
  EXPECT_EQ(formula[2].kind, FormulaNode::Kind::kDivide);
  EXPECT_EQ(UnitText(KpiNamed(result, "b").unit), "ratio");
}

TEST(Exports, AFormulaWhoseWindowsAreAllGivenHasNone) {
  const LoadResult result =
      Kpis("  a: {count: deal}\n  b: {formula: \"max(a[28d] - a[7d], 0)\", per: team}\n");
  EXPECT_FALSE(KpiNamed(result, "b").windowed);
  EXPECT_TRUE(KpiNamed(result, "b").exported);
}

TEST(Files, LaterOnesOverrideByNameAndObjectsByKey) {
  const ConfigFolder folder;
  folder.Write("a.yaml",
               "objects: {deal: {pipelines: {p: {open: [x]}}, moments: {m: {first: f}}}}\n"
               "kpis: {k: {count: deal, over: 7d}, only: {count: deal, at: m}}\n"
               "calendar: {time_zone: Europe/Paris}\n");
  folder.Write("b.yaml",
               "objects: {deal: {pipelines: {q: {open: [y]}}, moments: {n: {first: g}}}}\n"
               "kpis: {k: {count: deal, over: 28d}}\n"
               "calendar: {fiscal_year: april}\n");
  const LoadResult result = folder.Load({"a.yaml", "b.yaml"});
  ASSERT_THAT(folder.Texts(result), IsEmpty());
  const Object& deal = ObjectNamed(result, "deal");
  EXPECT_THAT(deal.pipelines, ElementsAre("q"));
  MomentNamed(deal, "m");
  MomentNamed(deal, "n");
  EXPECT_THAT(Labels(KpiNamed(result, "k").over), ElementsAre("28d"));
  EXPECT_EQ(result.settings.definition->calendar.zone_name(), "Europe/Paris");
}

TEST(Files, ACircleOfUseIsReadOnce) {
  const ConfigFolder folder;
  folder.Write("t.yaml", "use: other\nobjects: {deal: {}}\n");
  folder.Write("other.yaml", "use: [t]\nkpis: {k: {count: deal, over: 7d}}\n");
  EXPECT_THAT(folder.Texts(folder.Load()), IsEmpty());
}

TEST(Files, LevelsOfUsedFilesThatAreMissingAreLeftOutWithOneWarning) {
  const ConfigFolder folder;
  folder.Write("t.yaml", "use: catalogue/winning\ndimensions: {region: {values: [north]}}\n");
  const LoadResult result = folder.Load();
  EXPECT_TRUE(result.ok());
  ASSERT_EQ(result.problems.size(), 1u);
  EXPECT_THAT(result.problems[0].text, ::testing::HasSubstr("there is no dimension \"team\""));
  EXPECT_EQ(KpiNamed(result, "win_ratio").per.size(), 2u);
}

TEST(Files, OneThatIsMissingIsOneClearLine) {
  const ConfigFolder folder;
  EXPECT_THAT(folder.Texts(folder.Load({"nowhere.yaml"})),
              ElementsAre("nowhere.yaml: the file cannot be read"));
  EXPECT_FALSE(LoadSettings({}, {}).ok());
}

}  // namespace
}  // namespace takt
