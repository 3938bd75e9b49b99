#include "tests/ledger/sales_world.h"

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"

namespace takt {

SalesWorld::SalesWorld() {
  AddObjects();
  AddMoments();
  AddTerms();
  AddLevelTerms();
  build_.Finish();
}

void SalesWorld::AddObjects() {
  build_.AddObject("lead", {{"status", FieldType::kText}, {"owner", FieldType::kText}});
  build_.AddObject("customer", {{"recurring", FieldType::kMoney}, {"owner", FieldType::kText}});
  build_.AddObject("deal", {{"amount", FieldType::kMoney},
                            {"owner", FieldType::kText},
                            {"team", FieldType::kText},
                            {"source_lead", FieldType::kText},
                            {"account", FieldType::kText},
                            {"import", FieldType::kBool}});
  build_.AddObject(
      "activity",
      {{"who", FieldType::kText}, {"direction", FieldType::kText}, {"owner", FieldType::kText}});
  build_.AddPipeline("deal", {.name = "sales", .open = {"new", "proposal", "contract"}});
  build_.AddPipeline("deal", {.name = "renewal",
                              .open = {"due", "proposal"},
                              .won = {"renewed"},
                              .lost = {"churned"},
                              .omitted = {}});
  build_.AddTable("team", "owner",
                  {{"r1", "", "north"},
                   {"r1", "2026-01-12", "south"},
                   {"r2", "2026-01-05", "south"},
                   {"r3", "", "north"},
                   {"r3", "2026-03-01", "west"}});
  build_.AddTable("region", "team",
                  {{"north", "", "emea"},
                   {"south", "2026-01-08", "apac"},
                   {"south", "2026-01-20", "emea"},
                   {"unassigned", "", "apac"}});
  build_.AddList("direction", {"in", "out"});
  build_.AddStageDimension("deal");
}

void SalesWorld::AddMoments() {
  const auto linked = [&](const char* origin, const char* moment, LinkId link, takt::Pick pick) {
    return Moment{.source = Moment::Source::kLinked,
                  .pick = pick,
                  .moments = {build_.Moment(origin, moment)},
                  .origin = build_.Object(origin),
                  .origin_link = link};
  };
  build_.AddMoment("deal", "proposed",
                   {.source = Moment::Source::kStage, .pick = takt::Pick::kEvery, .stage = 1});
  const LinkId to_lead =
      build_.AddLink("deal", "source_lead", "lead", {{"won", "proposed"}, {"pipeline"}});
  const LinkId to_customer = build_.AddLink("deal", "account", "customer", {{"won"}, {"pipeline"}});
  const LinkId who = build_.AddLink("activity", "who", "lead", {{"created"}, {"direction"}});

  Moment contacted = linked("activity", "created", who, takt::Pick::kEvery);
  contacted.conditions = {build_.Is("activity", "direction", {"out"})};
  const MomentId contacted_id = build_.AddMoment("lead", "contacted", contacted);
  build_.AddMoment("lead", "answered", {.source = Moment::Source::kOwn, .moments = {contacted_id}});
  const MomentId due = build_.AddMoment("lead", "due",
                                        {.source = Moment::Source::kAfter,
                                         .moments = {build_.Moment("lead", "created")},
                                         .add = absl::Hours(30)});
  build_.AddMoment(
      "lead", "judged",
      {.source = Moment::Source::kOwn, .moments = {build_.Moment("lead", "answered"), due}});
  build_.AddMoment("lead", "qualified",
                   {.source = Moment::Source::kField,
                    .field = build_.Field("lead", "status"),
                    .conditions = {build_.Is("lead", "status", {"mql", "sql"})}});
  Moment customer = linked("deal", "won", to_lead, takt::Pick::kFirst);
  customer.conditions = {build_.Is("deal", "pipeline", {"sales"})};
  build_.AddMoment("lead", "customer", customer);
  build_.AddMoment("lead", "offered", linked("deal", "proposed", to_lead, takt::Pick::kLatest));
  build_.AddMoment("customer", "joined", linked("deal", "won", to_customer, takt::Pick::kFirst));
  build_.AddState("customer", "active",
                  {.source = State::Source::kConditions,
                   .conditions = {build_.Compares("customer", "recurring",
                                                  Condition::Comparison::kGreater, 0)}});
}

void SalesWorld::AddTerms() {
  const auto deal = [&](const char* name) { return build_.Moment("deal", name); };
  const auto lead = [&](const char* name) { return build_.Moment("lead", name); };
  const std::vector<std::vector<std::string>> levels = {{}, {"region"}, {"team"}};
  const Measure amount{MeasureKind::kField, build_.Field("deal", "amount")};
  const Condition not_imported = build_.Compares("deal", "import", Condition::Comparison::kIn, 0);

  build_.AddTerm({.at = {deal("won")}}, "deal", levels);
  build_.AddTerm({.where = {not_imported}, .at = {deal("won"), deal("lost")}}, "deal", levels);
  build_.AddTerm({.measure = amount, .at = {deal("won")}}, "deal", levels);
  build_.AddTerm({.measure = amount, .credit = Credit::kCurrent, .at = {deal("closed")}}, "deal",
                 levels);
  build_.AddTerm({.measure = amount, .at = {deal("created")}, .as_posted = true}, "deal", levels);
  build_.AddTerm({.measure = {MeasureKind::kWeighted, amount.field, kProbabilityField},
                  .at = {deal("proposed")}},
                 "deal", {{"deal_stage"}, {"team", "deal_stage"}});
  build_.AddTerm({.kind = TermKind::kDurations, .at = {deal("won")}, .from = deal("created")},
                 "deal", levels);
  build_.AddTerm(
      {.kind = TermKind::kOutcomes, .at = {deal("won"), deal("lost")}, .success = {deal("won")}},
      "deal", levels);
  build_.AddTerm({.kind = TermKind::kDurations,
                  .rows = RowSource::kVisit,
                  .at = {kLeftMoment},
                  .from = kEnteredMoment},
                 "deal", {{"deal_stage"}, {"team", "deal_stage"}});
  build_.AddTerm({.rows = RowSource::kVisit,
                  .where = {{.field = kExitField, .texts = {"backward", "moved", "reopened"}}},
                  .measure = amount,
                  .at = {kLeftMoment}},
                 "deal", {{"deal_stage"}});
  build_.AddTerm(
      {.rows = RowSource::kReach,
       .where = {{.field = kNextVisitedField, .type = FieldType::kBool, .integers = {1}}},
       .at = {kEnteredMoment}},
      "deal", {{"deal_stage"}, {}});
  build_.AddTerm({.rows = RowSource::kReach, .at = {kPassedMoment}, .dated = kEnteredMoment},
                 "deal", {{"deal_stage"}});

  build_.AddTerm({.at = {lead("created")}}, "lead", levels);
  build_.AddTerm(
      {.at = {lead("qualified")}, .within = absl::Hours(100), .within_of = lead("created")}, "lead",
      levels);
  build_.AddTerm({.at = {lead("customer")}, .dated = lead("created")}, "lead", levels);
  build_.AddTerm({.at = {lead("answered")}, .before = lead("due")}, "lead", levels);
  build_.AddTerm({.at = {lead("judged")}}, "lead", levels);
  build_.AddTerm({.credit = Credit::kOrigin, .at = {lead("contacted")}, .once_per = Period::kWeek},
                 "lead", {{}, {"team"}, {"direction"}});
  build_.AddTerm({.credit = Credit::kOrigin, .at = {lead("offered"), lead("contacted")}}, "lead",
                 {{"team"}, {"deal_stage"}});
  build_.AddTerm({.kind = TermKind::kDurations, .at = {lead("customer")}, .from = lead("created")},
                 "lead", levels);
  build_.AddTerm({.at = {build_.Moment("customer", "joined")}}, "customer", levels);
}

void SalesWorld::AddLevelTerms() {
  const std::vector<std::vector<std::string>> levels = {{}, {"region"}, {"team"}};
  const StateUse open{.state = build_.State("deal", "open")};
  const Measure amount{MeasureKind::kField, build_.Field("deal", "amount")};
  const Measure recurring{MeasureKind::kField, build_.Field("customer", "recurring")};
  const StateUse active{.state = build_.State("customer", "active")};
  const StateUse active_before{.state = active.state, .ago = CivilSpan{.count = 5}};
  const auto level = [&](Term term, const char* object) {
    term.kind = TermKind::kLevel;
    build_.AddTerm(std::move(term), object, levels);
  };
  level({.states = {open}}, "deal");
  level({.where = {build_.Compares("deal", "import", Condition::Comparison::kIn, 0)},
         .measure = amount,
         .states = {open}},
        "deal");
  level({.measure = {MeasureKind::kWeighted, amount.field, kProbabilityField}, .states = {open}},
        "deal");
  level({.measure = amount, .credit = Credit::kCurrent, .states = {open}}, "deal");
  level({.measure = {MeasureKind::kStart}, .states = {open}}, "deal");
  level({.states = {{.state = build_.State("lead", "exists")}}}, "lead");
  level({.measure = recurring, .states = {active}}, "customer");
  level({.measure = recurring, .states = {active, active_before}}, "customer");
  build_.AddTerm({.kind = TermKind::kLevel, .rows = RowSource::kVisit, .states = {open}}, "deal",
                 {{"deal_stage"}});
  for (const Window& window : {Window{.kind = Window::Kind::kDays, .count = 3},
                               Window{.kind = Window::Kind::kMinutes, .count = 600},
                               Window{.kind = Window::Kind::kPeriod, .period = Period::kWeek}}) {
    build_.AddTerm(
        {.kind = TermKind::kLevel, .at = {build_.Moment("lead", "contacted")}, .recent = window},
        "lead", levels);
    build_.AddTerm({.kind = TermKind::kLevel,
                    .credit = Credit::kOrigin,
                    .at = {build_.Moment("lead", "contacted")},
                    .recent = window},
                   "lead", levels);
  }
}

std::optional<std::string> SalesWorld::Pick(const std::vector<std::string>& from) {
  if (OneIn(12)) return std::nullopt;
  return from[random_() % from.size()];
}

std::string SalesWorld::RandomTime() {
  // Few different times, so that changes of one moment are common.
  return absl::StrFormat("2026-01-%02d %02d:%02d", 1 + random_() % 28, random_() % 3 * 9,
                         random_() % 2 * 30);
}

DefinitionBuilder::Fields SalesWorld::RandomFields(const std::string& object) {
  DefinitionBuilder::Fields fields;
  const auto maybe = [&](const char* name, const std::vector<std::string>& values) {
    if (OneIn(3)) fields.emplace_back(name, Pick(values));
  };
  const std::vector<std::string> owners = {"r1", "r2", "r3", "stranger"};
  const std::vector<std::string> amounts = {"0", "1000", "2501", "-300", "99999999999"};
  if (OneIn(12)) fields.emplace_back("merged_into", Pick({"1", "2", "3", "4", "5"}));
  if (OneIn(25)) {
    fields.emplace_back("created_at", absl::StrCat(At(RandomTime()).micros));
  }
  if (object == "deal") {
    maybe("stage", {"new", "proposal", "contract", "won", "lost", "test", "due", "renewed",
                    "churned", "unheard"});
    if (OneIn(6)) fields.emplace_back("pipeline", Pick({"sales", "renewal"}));
    if (OneIn(8)) fields.emplace_back("probability", Pick({"400000", "333333"}));
    maybe("amount", amounts);
    if (OneIn(9)) fields.emplace_back("team", Pick({"west", "north", "nobody"}));
    maybe("source_lead", {"1", "2", "3", "4", "5"});
    maybe("account", {"1", "2", "3"});
    if (OneIn(9)) fields.emplace_back("import", Pick({"0", "1"}));
  }
  if (object == "lead") maybe("status", {"new", "mql", "sql", "junk"});
  if (object == "customer") maybe("recurring", amounts);
  if (object == "activity") {
    maybe("who", {"1", "2", "3", "4", "5"});
    maybe("direction", {"in", "out", "sideways"});
  }
  maybe("owner", owners);
  return fields;
}

Change SalesWorld::RandomChange() {
  static const char* const kObjects[] = {"lead", "customer", "deal", "deal", "deal", "activity"};
  const std::string object = kObjects[random_() % 6];
  const std::string id = absl::StrCat(1 + random_() % 5);
  Change change = build_.Patch(object, id, RandomTime(), RandomFields(object));
  const uint32_t kind = random_() % 24;
  if (kind < 5) change.kind = ChangeKind::kRecord;
  if (kind == 5) change.kind = ChangeKind::kDelete;
  if (kind == 6) change.kind = ChangeKind::kUndelete;
  if (OneIn(4)) change.order = {random_() % 3, random_() % 2};
  if (OneIn(2)) change.identity = 1 + random_() % 60;  // collides now and then: a conflict
  change.time.micros += static_cast<int64_t>(random_() % 3) * 7'000'001;
  return change;
}

std::vector<Change> SalesWorld::RandomChanges(uint32_t seed, int count) {
  random_.seed(seed);
  std::vector<Change> changes;
  for (int i = 0; i < count; ++i) changes.push_back(RandomChange());
  return changes;
}

}  // namespace takt
