// Edits and closings against folding again: random definitions, and random histories that are mostly
// everyday changes, compared after every single one.
#include <gtest/gtest.h>

#include <algorithm>
#include <random>

#include "absl/strings/str_cat.h"
#include "engine/model/change_codec.h"
#include "tests/ledger/definition_builder.h"
#include "tests/ledger/fleet.h"

namespace takt {
namespace {

constexpr uint32_t kSeeds = 300;
constexpr int kChanges = 60;

class RandomWorld {
 public:
  explicit RandomWorld(uint32_t seed) : random_(seed) {
    if (OneIn(3)) step_ = 3;
    staged_ = !OneIn(8);
    alike_ = OneIn(2);
    fills_ = OneIn(6);
    if (fills_) build_.definition().changes_per_entity_max = 5 + Below(20);
    ends_ = OneIn(4);
    plain_ = OneIn(2);
    early_ = OneIn(3);
    AddObject();
    AddDimensions();
    moments_ = {"created"};
    if (staged_) moments_.insert(moments_.end(), {"won", "lost", "closed"});
    if (!plain_) AddMoments();
    AddStates();
    const uint32_t terms = 1 + Below(plain_ ? 4 : 2) + (alike_ ? 3 : 0);
    for (uint32_t i = 0; i < terms; ++i) AddTerm();
    if (OneIn(plain_ ? 30 : 4)) AddLink();
    build_.Finish();
  }

  const Definition& definition() { return build_.definition(); }
  bool fills() const { return fills_; }

  Change RandomChange() {
    const uint32_t id = Below(2);
    Change change = build_.Patch("deal", absl::StrCat(id), "2026-01-01", RandomFields());
    // Mostly after all others, else anywhere, now and then at the time of another change.
    latest_ += Below(step_);
    int64_t time = latest_;
    if (OneIn(4)) time = Below(static_cast<uint32_t>(latest_) + 1);
    if (OneIn(10) && !times_.empty()) time = OneOf(times_);
    times_.push_back(time);
    change.time.micros += time * 20'000'000;
    const uint32_t kind = Below(times_.size() < 4 ? 8 : 60);
    if (kind < 4) change.kind = ChangeKind::kRecord;
    if (ends_ && kind == 20) change.kind = ChangeKind::kDelete;
    if (ends_ && kind == 21) change.kind = ChangeKind::kUndelete;
    if (OneIn(4)) change.order = {Below(3), Below(2)};
    if (OneIn(12)) change.identity = 1 + Below(30);
    return change;
  }

 private:
  uint32_t Below(uint32_t n) { return random_() % n; }
  bool OneIn(uint32_t n) { return Below(n) == 0; }
  template <typename T>
  T OneOf(const std::vector<T>& from) {
    return from[Below(static_cast<uint32_t>(from.size()))];
  }

  void AddObject() {
    std::vector<std::pair<std::string, FieldType>> fields = {
        {"amount", FieldType::kMoney}, {"owner", FieldType::kText},   {"team", FieldType::kText},
        {"status", FieldType::kText},  {"account", FieldType::kText}, {"import", FieldType::kBool}};
    if (OneIn(4)) extra_ = 70;
    for (int i = 0; i < extra_; ++i) fields.push_back({absl::StrCat("extra", i), FieldType::kText});
    build_.AddObject("deal", fields);
    build_.AddObject("account", {{"owner", FieldType::kText}});
    if (!staged_) return;
    build_.AddPipeline("deal", {.name = "sales", .open = {"new", "proposal", "contract"}});
    build_.AddPipeline("deal", {.name = "renewal",
                                .open = {"due", "proposal"},
                                .won = {"renewed"},
                                .lost = {"churned"},
                                .omitted = {}});
  }

  void AddDimensions() {
    build_.AddTable("team", "owner",
                    {{"r1", "", "north"},
                     {"r1", "2026-01-12", "south"},
                     {"r2", "2026-01-05", "south"},
                     {"r3", "", "north"},
                     {"r3", "2026-03-01", "west"},
                     {"somebody of 16 c", "2026-01-03", "west"},
                     {"somebody of 16 c", "9999-12-31", "north"},
                     {"somebody of 16 chars and more", "", "south"}});
    build_.AddTable("region", "team",
                    {{"north", "", "emea"},
                     {"south", "2026-01-08", "apac"},
                     {"south", "2026-01-20", "emea"},
                     {"unassigned", "", "apac"}});
    build_.AddList("status", {"hot", "cold"});
    if (staged_) build_.AddStageDimension("deal");
  }

  Condition RandomCondition() {
    using Comparison = Condition::Comparison;
    switch (Below(extra_ > 0 ? 7 : 6)) {
      case 0:
        return build_.Is("deal", "status", {OneOf<std::string>({"hot", "cold"})});
      case 1:
        return build_.Is("deal", "owner", {"r1", "r2"});
      case 2:
        return build_.Compares("deal", "amount",
                               OneOf<Comparison>({Comparison::kGreater, Comparison::kLessOrEqual,
                                                  Comparison::kPresent, Comparison::kAbsent}),
                               1000);
      case 3:
        return build_.Compares("deal", "import", Comparison::kIn, Below(2));
      case 4:
        return build_.Compares("deal", "probability", Comparison::kGreater, 400000);
      case 5:
        return build_.Is("deal", OneIn(2) ? "pipeline" : "stage", {"sales", "proposal", "won"});
      default:
        return build_.Is("deal", absl::StrCat("extra", Below(extra_)), {"hot"});
    }
  }

  std::vector<Condition> RandomConditions(uint32_t one_in) {
    std::vector<Condition> conditions;
    while (OneIn(one_in)) conditions.push_back(RandomCondition());
    return conditions;
  }

  void AddMoments() {
    using Source = Moment::Source;
    const uint32_t count = Below(4);
    std::vector<Source> sources = {Source::kField, Source::kOwn, Source::kAfter, Source::kCreated};
    if (staged_) sources.insert(sources.end(), {Source::kStage, Source::kOutcome});
    for (uint32_t i = 0; i < count; ++i) {
      Moment moment{
          .source = OneOf(sources),
          .pick = OneOf<takt::Pick>({takt::Pick::kFirst, takt::Pick::kLatest, takt::Pick::kEvery})};
      moment.stage_kinds = {StageKind::kOpen};
      moment.stage = static_cast<uint16_t>(Below(10));
      moment.field = build_.Field(
          "deal", OneOf<std::string>({"amount", "status", "owner", "pipeline", "probability"}));
      moment.moments = {build_.Moment("deal", OneOf(moments_))};
      if (moment.source == Source::kOwn && OneIn(2)) {
        moment.moments.push_back(build_.Moment("deal", OneOf(moments_)));
      }
      moment.add = absl::Hours(30) * (1 + Below(10));
      moment.conditions = RandomConditions(2);
      moments_.push_back(absl::StrCat("moment", i));
      build_.AddMoment("deal", moments_.back(), moment);
    }
  }

  void AddStates() {
    states_ = {"exists", "passes"};
    build_.AddState("deal", "passes",
                    {.source = State::Source::kConditions, .conditions = {RandomCondition()}});
    if (!staged_) return;
    build_.AddState("deal", "proposed", {.source = State::Source::kStage, .stage = 1});
    states_.insert(states_.end(), {"open", "open", "won", "proposed"});
  }

  MomentId RandomMoment() { return build_.Moment("deal", OneOf(moments_)); }

  void AddTerm() {
    Term term;
    term.kind = OneOf<TermKind>({TermKind::kSum, TermKind::kLevel, TermKind::kLevel,
                                 TermKind::kDurations, TermKind::kOutcomes});
    if (staged_ && OneIn(plain_ ? 30 : 8)) {
      term.rows = OneIn(2) ? RowSource::kVisit : RowSource::kReach;
    }
    const bool is_entity = term.rows == RowSource::kEntity;
    const auto moment = [&] { return is_entity ? RandomMoment() : MomentId(Below(2)); };
    term.where = RandomConditions(3);
    if (OneIn(3)) AskForAllExtras(term.where);
    if (OneIn(2)) {
      term.measure = {OneIn(2) ? MeasureKind::kField : MeasureKind::kWeighted,
                      build_.Field("deal", "amount"), kProbabilityField};
    }
    if (OneIn(plain_ ? 30 : 4)) term.credit = OneIn(2) ? Credit::kCurrent : Credit::kOrigin;
    if (term.kind != TermKind::kLevel || OneIn(plain_ ? 30 : 5)) AddAt(term, moment);
    if (term.kind == TermKind::kLevel && term.at.empty()) {
      if (OneIn(plain_ ? 30 : 8)) term.measure = {MeasureKind::kStart};
      const uint32_t count = 1 + Below(2);
      for (uint32_t i = 0; i < count; ++i) {
        StateUse& use = term.states.emplace_back();
        use.state = build_.State("deal", OneOf(states_));
        if (OneIn(plain_ ? 30 : 8)) use.ago = CivilSpan{.count = 5};
      }
    } else if (term.kind == TermKind::kLevel) {
      term.recent = OneOf<Window>({Window{.kind = Window::Kind::kDays, .count = 3},
                                   Window{.kind = Window::Kind::kMinutes, .count = 600},
                                   Window{.kind = Window::Kind::kPeriod, .period = Period::kWeek}});
    }
    if (!alike_ || sets_.empty() || OneIn(4)) sets_ = RandomSets();
    if (alike_ && !term.states.empty()) {
      if (!alike_states_.empty() && !OneIn(4)) term.states = alike_states_;
      alike_states_ = term.states;
    }
    build_.AddTerm(std::move(term), "deal", sets_);
  }

  // So many fields are followed then that columns share bits of masks.
  void AskForAllExtras(std::vector<Condition>& conditions) {
    for (int i = 0; i < extra_; ++i) {
      conditions.push_back(build_.Is("deal", absl::StrCat("extra", i), {"cold"}));
      conditions.back().comparison = Condition::Comparison::kNotIn;
    }
  }

  std::vector<std::vector<std::string>> RandomSets() {
    std::vector<std::vector<std::string>> sets = {{}};
    for (const char* dimension : {"team", "region", "status"}) {
      if (OneIn(3)) sets.push_back({dimension});
    }
    if (staged_ && OneIn(3)) sets.push_back({"deal_stage"});
    if (OneIn(12)) sets.resize(25, {"team"});
    return sets;
  }

  template <typename MakeMoment>
  void AddAt(Term& term, const MakeMoment& moment) {
    term.at = {moment()};
    if (OneIn(3)) term.at.push_back(moment());
    if (term.kind == TermKind::kOutcomes) term.success = {term.at[0]};
    if (term.kind == TermKind::kDurations) term.from = moment();
    if (OneIn(4)) term.dated = moment();
    if (OneIn(plain_ ? 30 : 5)) {
      term.within = absl::Hours(100);
      term.within_of = moment();
    }
    if (OneIn(plain_ ? 30 : 5)) term.before = moment();
    if (OneIn(plain_ ? 30 : 5)) term.once_per = Period::kWeek;
    if (term.kind == TermKind::kSum && OneIn(plain_ ? 30 : 4)) term.as_posted = true;
  }

  void AddLink() {
    const LinkId link =
        build_.AddLink("deal", "account", "account", {{OneOf(moments_)}, {"status", "amount"}});
    const MomentId told = build_.definition().objects[0].links[link].moments[0];
    const MomentId linked = build_.AddMoment("account", "told",
                                             {.source = Moment::Source::kLinked,
                                              .pick = takt::Pick::kEvery,
                                              .moments = {told},
                                              .origin = build_.Object("deal"),
                                              .origin_link = link});
    build_.AddTerm({.credit = Credit::kOrigin, .at = {linked}}, "account", {{}, {"status"}});
  }

  DefinitionBuilder::Fields RandomFields() {
    DefinitionBuilder::Fields fields;
    const auto maybe = [&](uint32_t n, const std::string& name,
                           const std::vector<std::string>& values) {
      if (!OneIn(n)) return;
      if (OneIn(10)) {
        fields.emplace_back(name, std::nullopt);
      } else {
        fields.emplace_back(name, OneOf(values));
      }
    };
    if (early_ || OneIn(30)) {
      const int64_t days = early_ ? 0 : Below(60);
      const EventTime created{At("2025-12-20").micros + days * 86'400'000'000};
      fields.emplace_back("created_at", absl::StrCat(created.micros));
    }
    if (ends_ && OneIn(60)) fields.emplace_back("merged_into", OneIn(2) ? "0" : "1");
    maybe(
        plain_ ? 2 : 5, "stage",
        {"new", "new", "proposal", "contract", "won", "lost", "test", "due", "renewed", "unheard"});
    maybe(9, "pipeline", {"sales", "renewal"});
    maybe(7, "probability", {"400000", "333333"});
    maybe(3, "amount",
          {"0", "1000", "2501", "-300", "9223372036854775807", "-9223372036854775808"});
    maybe(4, "owner",
          {"r1", "r2", "r3", "stranger", "somebody of 16 c", "somebody of 16 chars and more", "",
           std::string("r1\0", 3)});
    maybe(9, "team", {"west", "north", "nobody", ""});
    maybe(6, "status", {"hot", "cold", "tepid"});
    maybe(4, "account", {"1", "2"});
    maybe(8, "import", {"0", "1"});
    if (extra_ > 0) maybe(2, absl::StrCat("extra", Below(extra_)), {"hot", "cold"});
    return fields;
  }

  DefinitionBuilder build_;
  std::mt19937 random_;
  int extra_ = 0;
  uint32_t step_ = 4000;  // mostly hours; or few seconds, so that many changes share a minute
  bool staged_ = true;    // there are stages
  bool alike_ = false;    // many levels hold in the same states and fall into the same groups
  bool fills_ = false;    // histories grow full
  bool ends_ = false;     // entities are deleted and merged now and then
  bool plain_ = false;    // mostly outcomes and the creation are asked for, and stages change often
  bool early_ = false;    // everything was created before its first change
  int64_t latest_ = 0;
  std::vector<int64_t> times_;
  std::vector<std::string> moments_;
  std::vector<std::string> states_;
  std::vector<std::vector<std::string>> sets_;  // of the latest term
  std::vector<StateUse> alike_states_;
};

// Applies changes by the way of encoded ones, some at a time.
class Together {
 public:
  explicit Together(const Definition& definition) : ledger_(definition, 0, 1) {}

  void Add(const Change& change) { EncodeChange(change, &bytes_); }
  const Sums& ApplyAll() {
    DeltaBatch deltas;
    std::vector<HandOver> outbox;
    ledger_.ApplyAll(bytes_, deltas, outbox);
    bytes_.clear();
    sums_.Add(deltas);
    return sums_;
  }

 private:
  Ledger ledger_;
  std::string bytes_;
  Sums sums_;
};

TEST(Edit, GivesWhatFoldingAgainGives) {
  for (uint32_t seed = 1; seed <= kSeeds; ++seed) {
    RandomWorld world(seed);
    Fleet fleet(world.definition());
    Together together(world.definition());
    std::vector<Change> changes;
    for (int i = 0; i < kChanges; ++i) {
      changes.push_back(world.RandomChange());
      fleet.Apply(changes.back());
      ASSERT_EQ(fleet.sums(), fleet.FoldAgain()) << "seed " << seed << ", change " << i;
      together.Add(changes.back());
      if (i % 20 < 19) continue;
      ASSERT_EQ(fleet.sums(), together.ApplyAll()) << "seed " << seed << ", change " << i;
    }
    if (world.fills()) continue;  // then it matters which changes came first
    // What links should have told is not folded again. Where there are links, what comes before all
    // other changes is no edit, so that from the latest change to the first hardly any is.
    std::stable_sort(changes.begin(), changes.end(),
                     [](const Change& a, const Change& b) { return a.time > b.time; });
    Fleet backwards(world.definition());
    backwards.Apply(changes);
    ASSERT_EQ(fleet.sums(), backwards.sums()) << "seed " << seed << ", backwards";
  }
}

// A row of a table that is never meant to hold. No minute is that late, and there nothing begins.
TEST(Edit, OfAnOwnerWhoMovesInTheYear9999) {
  DefinitionBuilder build;
  build.AddObject("deal", {{"owner", FieldType::kText}, {"amount", FieldType::kMoney}});
  build.AddPipeline("deal", {.name = "sales", .open = {"new"}});
  build.AddTable("team", "owner", {{"r1", "", "north"}, {"r1", "9999-12-31", "south"}});
  Term open{.kind = TermKind::kLevel,
            .measure = {MeasureKind::kField, build.Field("deal", "amount")}};
  open.states.push_back({build.State("deal", "open")});
  build.AddTerm(open, "deal", {{"team"}});
  build.Finish();
  Fleet fleet(build.definition());
  fleet.Apply(build.Record("deal", "1", "2026-01-01",
                           {{"stage", "new"}, {"owner", "r1"}, {"amount", "1000"}}));
  EXPECT_EQ(fleet.sums(), fleet.FoldAgain());
  fleet.Apply(build.Patch("deal", "1", "2026-01-10", {{"amount", "2000"}}));
  EXPECT_EQ(fleet.sums(), fleet.FoldAgain());
}

// Of so many followed fields one has the bit by which masks know the kind of the stage.
TEST(Edit, OfAnyOfManyFieldsMovesTheMomentThatItDecides) {
  constexpr int kFields = 70;
  for (int decides = 0; decides < kFields; ++decides) {
    DefinitionBuilder build;
    std::vector<std::pair<std::string, FieldType>> fields;
    for (int i = 0; i < kFields; ++i) fields.push_back({absl::StrCat("f", i), FieldType::kText});
    build.AddObject("deal", fields);
    build.AddPipeline("deal", {.name = "sales", .open = {"new"}});
    std::vector<Condition> all;
    for (const auto& [name, type] : fields) {
      all.push_back(build.Is("deal", name, {"cold"}));
      all.back().comparison = Condition::Comparison::kNotIn;
    }
    const std::string field = absl::StrCat("f", decides);
    const MomentId heated = build.AddMoment("deal", "heated",
                                            {.source = Moment::Source::kField,
                                             .field = build.Field("deal", field),
                                             .conditions = {build.Is("deal", field, {"hot"})}});
    build.AddTerm({.where = all, .at = {build.Moment("deal", "won")}}, "deal");
    const TermId term = build.AddTerm({.at = {heated}}, "deal");
    build.Finish();
    Fleet fleet(build.definition());
    fleet.Apply(build.Record("deal", "1", "2026-01-01", {{"stage", "new"}}));
    fleet.Apply(build.Patch("deal", "1", "2026-01-02", {{field, "hot"}}));
    EXPECT_EQ(fleet.sums(), fleet.FoldAgain()) << field;
    EXPECT_EQ(fleet.Sum(build.Row(term, 0), At("2026-01-02"), At("2026-01-03")), 1) << field;
  }
}

TEST(Edit, OfADealCreatedBeforeItWasKnownStaysWithItsFirstTeam) {
  DefinitionBuilder build;
  build.AddObject("deal", {{"team", FieldType::kText}, {"amount", FieldType::kMoney}});
  build.AddPipeline("deal", {.name = "sales", .open = {"new"}});
  build.AddList("team", {"north", "south"});
  const Measure amount{MeasureKind::kField, build.Field("deal", "amount")};
  const MomentId created = build.Moment("deal", "created");
  const std::vector<Condition> north = {build.Is("deal", "team", {"north"})};
  build.AddTerm({.where = north, .measure = amount, .at = {created}}, "deal", {{"team"}});
  build.AddTerm({.measure = amount, .at = {build.Moment("deal", "won")}, .dated = created}, "deal",
                {{"team"}});
  build.Finish();
  Fleet fleet(build.definition());
  const auto apply = [&](const char* time, const DefinitionBuilder::Fields& fields) {
    fleet.Apply(build.Patch("deal", "1", time, fields));
    EXPECT_EQ(fleet.sums(), fleet.FoldAgain()) << time;
  };
  const std::string december = absl::StrCat(At("2025-12-20").micros);
  apply("2026-01-01",
        {{"stage", "new"}, {"team", "north"}, {"amount", "1000"}, {"created_at", december}});
  apply("2026-01-10", {{"amount", "2000"}});
  apply("2026-01-20", {{"stage", "won"}});
  apply("2026-01-30", {{"amount", "3000"}});
}

TEST(Edit, ThatComesFirstBeginsALevelThatNoFieldMoves) {
  DefinitionBuilder build;
  build.AddObject("rating", {{"score", FieldType::kNumber}});
  Term ratings{.kind = TermKind::kLevel};
  ratings.states.push_back({build.State("rating", "exists")});
  const TermId term = build.AddTerm(ratings, "rating", {{}});
  build.Finish();
  Fleet fleet(build.definition());
  const RowId row = build.Row(term, 0, {});
  fleet.Apply(build.Record("rating", "1", "2026-01-05", {{"score", "5"}}));
  EXPECT_EQ(fleet.LevelAt(row, At("2026-01-06")), 1);
  fleet.Apply(build.Patch("rating", "1", "2026-01-07", {{"score", "4"}}));
  EXPECT_EQ(fleet.LevelAt(row, At("2026-01-04")), 0);
  EXPECT_EQ(fleet.LevelAt(row, At("2026-01-08")), 1);
  EXPECT_EQ(fleet.sums(), fleet.FoldAgain());
}

TEST(Edit, ThatChangesWhatALinkCarriesIsTold) {
  DefinitionBuilder build;
  build.AddObject("deal", {{"account", FieldType::kText}, {"team", FieldType::kText}});
  build.AddObject("account", {});
  build.AddPipeline("deal", {.name = "sales", .open = {"new"}});
  build.AddList("team", {"north", "south"});
  const LinkId link = build.AddLink("deal", "account", "account", {{"won"}, {"team"}});
  const MomentId joined = build.AddMoment("account", "joined",
                                          {.source = Moment::Source::kLinked,
                                           .moments = {build.Moment("deal", "won")},
                                           .origin = build.Object("deal"),
                                           .origin_link = link});
  const TermId term =
      build.AddTerm({.credit = Credit::kOrigin, .at = {joined}}, "account", {{"team"}});
  build.Finish();
  Fleet fleet(build.definition());
  fleet.Apply(build.Record("account", "A", "2026-01-01", {}));
  fleet.Apply(build.Record("deal", "1", "2026-01-01", {{"stage", "new"}, {"account", "A"}}));
  fleet.Apply(build.Patch("deal", "1", "2026-01-10", {{"stage", "won"}}));
  fleet.Apply(build.Patch("deal", "1", "2026-01-05", {{"team", "south"}}));
  EXPECT_EQ(fleet.LevelAt(build.Row(term, 0, {"south"}), At("2026-02-01")), 1);
}

}  // namespace
}  // namespace takt
