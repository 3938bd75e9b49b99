#include "engine/traffic/sales_world.h"

#include <array>
#include <queue>
#include <tuple>
#include <utility>
#include <vector>

#include "absl/strings/str_format.h"
#include "absl/time/civil_time.h"
#include "engine/traffic/random.h"

namespace takt {
namespace {

constexpr double kHour = 3600.0;
constexpr double kDay = 24 * kHour;
constexpr std::array<const char*, 4> kStages = {"new", "qualified", "proposal", "contract"};
// Chance to go on from each stage; together 27 % of deals are won.
constexpr std::array<double, 4> kGoesOn = {0.72, 0.75, 0.70, 0.72};
constexpr std::array<double, 4> kDwellDays = {3, 7, 9, 5};
constexpr std::array<const char*, 4> kLeadSources = {"web", "event", "partner", "outbound"};
constexpr double kSpendPerRegionAndDay = 4200;  // currency units
constexpr int64_t kCents = 100;

enum class Act : uint8_t {
  kLead,
  kContact,
  kQualify,
  kAccept,
  kDisqualify,
  kTwin,
  kMergeTwin,
  kDeal,
  kAdvance,
  kReopen,
  kCorrect,
  kHandOn,
  kDelete,
  kUndelete,
  kExpand,
  kChurn,
  kSpend,
};

struct Planned {
  EventTime time;
  uint64_t sequence = 0;  // equal times happen in the order they were planned
  Act act = Act::kLead;
  uint32_t subject = 0;  // number of the lead, deal or customer, or the region
  bool operator>(const Planned& other) const {
    return std::tie(time, sequence) > std::tie(other.time, other.sequence);
  }
};

struct Deal {
  int rep = 0;
  uint32_t lead = 0;
  int64_t amount = 0;  // cents
  size_t stage = 0;
  bool closed = false;
  bool reopened = false;
};

struct Customer {
  int rep = 0;
  int64_t recurring = 0;  // cents a month
};

// The next moment at or after `time` at which people work: Monday to Friday, 8 to 18 h UTC.
EventTime DuringWork(EventTime time, Random& random) {
  absl::CivilSecond civil = absl::ToCivilSecond(time.ToTime(), absl::UTCTimeZone());
  if (civil.hour() >= 8 && civil.hour() < 18) {
    const absl::Weekday day = absl::GetWeekday(civil);
    if (day != absl::Weekday::saturday && day != absl::Weekday::sunday) return time;
  }
  absl::CivilDay day(civil);
  if (civil.hour() >= 18) ++day;
  while (absl::GetWeekday(day) == absl::Weekday::saturday ||
         absl::GetWeekday(day) == absl::Weekday::sunday) {
    ++day;
  }
  const absl::Time opening = absl::FromCivil(absl::CivilHour(day) + 8, absl::UTCTimeZone());
  return EventTime::From(opening + absl::Seconds(random.Uniform() * 10 * kHour));
}

}  // namespace

std::string RegionName(int region) {
  static constexpr std::array<const char*, kRegionCount> kNames = {"north", "south", "east",
                                                                   "west"};
  return kNames[static_cast<size_t>(region)];
}

std::string TeamName(int team) {
  return absl::StrFormat("%s-%d", RegionName(team / 5), team % 5 + 1);
}

std::string RepName(int rep) { return absl::StrFormat("r%03d", rep + 1); }

class SalesWorld::Scene {
 public:
  explicit Scene(const SalesWorldOptions& options) : options_(options), random_(options.seed) {
    Plan(options.start, 0, Act::kLead, 0);
    for (uint32_t region = 0; region < kRegionCount; ++region) {
      Plan(options.start, 6 * kHour, Act::kSpend, region);
    }
  }

  SalesEvent Next() {
    while (out_.empty()) {
      const Planned planned = plan_.top();
      plan_.pop();
      Happen(planned);
    }
    SalesEvent event = std::move(out_.front());
    out_.pop_front();
    return event;
  }

 private:
  void Happen(const Planned& planned) {
    switch (planned.act) {
      case Act::kLead:
        return LeadArrives(planned.time);
      case Act::kContact:
        return Contact(planned.time, planned.subject);
      case Act::kQualify:
        return Qualify(planned.time, planned.subject);
      case Act::kAccept:
        return Accept(planned.time, planned.subject);
      case Act::kDisqualify:
        return LeadStatus(planned.time, planned.subject, "disqualified");
      case Act::kTwin:
        return TwinTurnsUp(planned.time, planned.subject);
      case Act::kMergeTwin:
        return MergeTwin(planned.time, planned.subject);
      case Act::kDeal:
        return DealBegins(planned.time, planned.subject);
      case Act::kAdvance:
        return Advance(planned.time, planned.subject);
      case Act::kReopen:
        return Reopen(planned.time, planned.subject);
      case Act::kCorrect:
        return Correct(planned.time, planned.subject);
      case Act::kHandOn:
        return HandOn(planned.time, planned.subject);
      case Act::kDelete:
        return Remove(planned.time, planned.subject);
      case Act::kUndelete:
        return Restore(planned.time, planned.subject);
      case Act::kExpand:
        return Expand(planned.time, planned.subject);
      case Act::kChurn:
        return Churn(planned.time, planned.subject);
      case Act::kSpend:
        return Spend(planned.time, planned.subject);
    }
  }

  void Plan(EventTime from, double seconds, Act act, uint32_t subject) {
    EventTime time{from.micros + static_cast<int64_t>(seconds * 1e6)};
    if (act != Act::kSpend) time = DuringWork(time, random_);
    plan_.push({time, ++sequence_, act, subject});
  }

  SalesEvent& Emit(const char* object, std::string id, EventTime time, ChangeKind kind) {
    SalesEvent& event = out_.emplace_back();
    event.object = object;
    event.id = std::move(id);
    event.kind = kind;
    event.time = time;
    event.event_id = absl::StrFormat("e%d", ++events_);
    return event;
  }

  static std::string LeadId(uint32_t lead) { return absl::StrFormat("L%06d", lead + 1); }
  static std::string DealId(uint32_t deal) { return absl::StrFormat("D%06d", deal + 1); }
  static std::string CustomerId(uint32_t deal) { return absl::StrFormat("C%06d", deal + 1); }

  void LeadArrives(EventTime time) {
    // Ten working hours a day; gaps outside of them are skipped by DuringWork.
    Plan(time, random_.Exponential(10 * kHour / options_.leads_per_day), Act::kLead, 0);
    const uint32_t lead = static_cast<uint32_t>(lead_reps_.size());
    lead_reps_.push_back(static_cast<int>(random_.Below(kRepCount)));
    SalesEvent& event = Emit("lead", LeadId(lead), time, ChangeKind::kRecord);
    event.fields = {{"status", SalesValue::Text("new")},
                    {"owner", SalesValue::Text(RepName(lead_reps_[lead]))},
                    {"lead_source", SalesValue::Text(kLeadSources[random_.Below(4)])}};
    const double first_touch = random_.LogNormal(2 * kHour, 1.2);
    Plan(time, first_touch, Act::kContact, lead);
    if (random_.Chance(0.55)) {
      Plan(time, first_touch + random_.LogNormal(1.5 * kDay, 0.7), Act::kQualify, lead);
    } else if (random_.Chance(0.5)) {
      Plan(time, first_touch + 5 * kDay, Act::kDisqualify, lead);
    }
    if (random_.Chance(options_.merge_share)) Plan(time, 2 * kDay, Act::kTwin, lead);
  }

  void Contact(EventTime time, uint32_t lead) {
    SalesEvent& event =
        Emit("activity", absl::StrFormat("A%07d", ++activities_), time, ChangeKind::kRecord);
    const bool outbound = random_.Chance(0.85);
    event.fields = {{"who", SalesValue::Text(LeadId(lead))},
                    {"kind", SalesValue::Text(random_.Chance(0.6) ? "call" : "meeting")},
                    {"direction", SalesValue::Text(outbound ? "outbound" : "inbound")},
                    {"automatic", SalesValue::Bool(random_.Chance(0.1))},
                    {"owner", SalesValue::Text(RepName(lead_reps_[lead]))}};
    if (random_.Chance(0.6)) Plan(time, random_.LogNormal(2 * kDay, 0.8), Act::kContact, lead);
  }

  void LeadStatus(EventTime time, uint32_t lead, const char* status) {
    Emit("lead", LeadId(lead), time, ChangeKind::kPatch).fields = {
        {"status", SalesValue::Text(status)}};
  }

  void Qualify(EventTime time, uint32_t lead) {
    LeadStatus(time, lead, "MQL");
    if (random_.Chance(0.6)) Plan(time, random_.LogNormal(kDay, 0.6), Act::kAccept, lead);
  }

  void Accept(EventTime time, uint32_t lead) {
    LeadStatus(time, lead, "SQL");
    if (random_.Chance(0.8)) Plan(time, random_.LogNormal(8 * kHour, 0.6), Act::kDeal, lead);
  }

  // A second record of the same person turns up, and is merged into the first an hour later.
  void TwinTurnsUp(EventTime time, uint32_t lead) {
    const uint32_t twin = static_cast<uint32_t>(lead_reps_.size());
    lead_reps_.push_back(lead_reps_[lead]);
    first_of_twin_[twin] = lead;
    Emit("lead", LeadId(twin), time, ChangeKind::kRecord).fields = {
        {"status", SalesValue::Text("new")},
        {"owner", SalesValue::Text(RepName(lead_reps_[lead]))},
        {"lead_source", SalesValue::Text("event")}};
    Plan(time, kHour, Act::kMergeTwin, twin);
  }

  void MergeTwin(EventTime time, uint32_t twin) {
    Emit("lead", LeadId(twin), time, ChangeKind::kPatch).fields = {
        {"merged_into", SalesValue::Text(LeadId(first_of_twin_[twin]))}};
  }

  void DealBegins(EventTime time, uint32_t lead) {
    const uint32_t number = static_cast<uint32_t>(deals_.size());
    Deal deal;
    deal.lead = lead;
    deal.rep = lead_reps_[lead];
    deal.amount = static_cast<int64_t>(random_.LogNormal(12000, 0.8)) / 50 * 50 * kCents;
    deals_.push_back(deal);
    Emit("deal", DealId(number), time, ChangeKind::kRecord).fields = {
        {"pipeline", SalesValue::Text("new_business")},
        {"stage", SalesValue::Text(kStages[0])},
        {"amount", SalesValue::Money(deal.amount)},
        {"owner", SalesValue::Text(RepName(deal.rep))},
        {"source_lead", SalesValue::Text(LeadId(lead))},
        {"account", SalesValue::Text(CustomerId(number))}};
    Plan(time, random_.Exponential(kDwellDays[0] * kDay), Act::kAdvance, number);
    if (random_.Chance(0.03)) Plan(time, 4 * kDay, Act::kHandOn, number);
    if (random_.Chance(options_.delete_share)) Plan(time, 6 * kDay, Act::kDelete, number);
  }

  double ChanceToGoOn(EventTime time, const Deal& deal) {
    const int team = deal.rep / 10;
    const double skill = 0.92 + 0.16 * (team % 5) / 4.0;  // the fifth team of a region is best
    const WinRateFall& fall = options_.fall;
    const bool fell =
        fall.region == team / 5 && time >= fall.at && deal.stage + 1 == kStages.size();
    return std::min(1.0, kGoesOn[deal.stage] * skill) * (fell ? fall.factor : 1.0);
  }

  SalesEvent& Stage(EventTime time, uint32_t number, const char* stage) {
    SalesEvent& event = Emit("deal", DealId(number), time, ChangeKind::kPatch);
    event.fields = {{"stage", SalesValue::Text(stage)}};
    return event;
  }

  void Advance(EventTime time, uint32_t number) {
    Deal& deal = deals_[number];
    if (deal.closed) return;
    if (!random_.Chance(ChanceToGoOn(time, deal))) {
      deal.closed = true;
      Stage(time, number, "lost");
      return AfterClose(time, number);
    }
    if (deal.stage + 1 == kStages.size()) return Win(time, number);
    deal.stage += random_.Chance(0.06) && deal.stage + 2 < kStages.size() ? 2 : 1;  // some skip one
    Stage(time, number, kStages[deal.stage]);
    Plan(time, random_.Exponential(kDwellDays[deal.stage] * kDay), Act::kAdvance, number);
  }

  void Win(EventTime time, uint32_t number) {
    Deal& deal = deals_[number];
    deal.closed = true;
    Stage(time, number, "won").fields.emplace_back("amount", SalesValue::Money(deal.amount));
    Customer& customer = customers_[number];
    customer.rep = deal.rep;
    customer.recurring = deal.amount / 12 / kCents * kCents;
    Emit("customer", CustomerId(number), time, ChangeKind::kRecord).fields = {
        {"recurring", SalesValue::Money(customer.recurring)},
        {"margin", SalesValue::Money(customer.recurring * 4 / 5)},
        {"owner", SalesValue::Text(RepName(customer.rep))}};
    if (random_.Chance(0.3)) Plan(time, random_.Exponential(120 * kDay), Act::kExpand, number);
    if (random_.Chance(0.4)) Plan(time, random_.Exponential(300 * kDay), Act::kChurn, number);
    if (random_.Chance(options_.correction_share)) Plan(time, 3 * kDay, Act::kCorrect, number);
    AfterClose(time, number);
  }

  void AfterClose(EventTime time, uint32_t number) {
    if (!deals_[number].reopened && random_.Chance(options_.reopen_share)) {
      Plan(time, random_.LogNormal(2 * kDay, 0.5), Act::kReopen, number);
    }
  }

  void Reopen(EventTime time, uint32_t number) {
    Deal& deal = deals_[number];
    deal.closed = false;
    deal.reopened = true;
    deal.stage = 2;
    Stage(time, number, kStages[2]);
    Plan(time, random_.Exponential(kDwellDays[2] * kDay), Act::kAdvance, number);
  }

  void Correct(EventTime time, uint32_t number) {
    deals_[number].amount = deals_[number].amount * 9 / 10 / kCents * kCents;
    Emit("deal", DealId(number), time, ChangeKind::kPatch).fields = {
        {"amount", SalesValue::Money(deals_[number].amount)}};
  }

  // A colleague of the same team takes over.
  void HandOn(EventTime time, uint32_t number) {
    Deal& deal = deals_[number];
    deal.rep = deal.rep / 10 * 10 + static_cast<int>(random_.Below(10));
    Emit("deal", DealId(number), time, ChangeKind::kPatch).fields = {
        {"owner", SalesValue::Text(RepName(deal.rep))}};
  }

  void Remove(EventTime time, uint32_t number) {
    Emit("deal", DealId(number), time, ChangeKind::kDelete);
    if (random_.Chance(0.5)) Plan(time, 8 * kHour, Act::kUndelete, number);
  }

  void Restore(EventTime time, uint32_t number) {
    Emit("deal", DealId(number), time, ChangeKind::kUndelete);
  }

  void Expand(EventTime time, uint32_t number) {
    Customer& customer = customers_[number];
    if (customer.recurring == 0) return;
    customer.recurring = customer.recurring * 5 / 4 / kCents * kCents;
    Emit("customer", CustomerId(number), time, ChangeKind::kPatch).fields = {
        {"recurring", SalesValue::Money(customer.recurring)},
        {"margin", SalesValue::Money(customer.recurring * 4 / 5)}};
  }

  void Churn(EventTime time, uint32_t number) {
    customers_[number].recurring = 0;
    Emit("customer", CustomerId(number), time, ChangeKind::kPatch).fields = {
        {"recurring", SalesValue::Money(0)}, {"margin", SalesValue::Money(0)}};
  }

  void Spend(EventTime time, uint32_t region) {
    Plan(time, kDay, Act::kSpend, region);
    Emit("spend", absl::StrFormat("S%06d", ++spends_), time, ChangeKind::kRecord).fields = {
        {"amount",
         SalesValue::Money(static_cast<int64_t>(random_.LogNormal(kSpendPerRegionAndDay, 0.3)) *
                           kCents)},
        {"region", SalesValue::Text(RegionName(static_cast<int>(region)))}};
  }

  const SalesWorldOptions options_;
  Random random_;
  std::priority_queue<Planned, std::vector<Planned>, std::greater<>> plan_;
  uint64_t sequence_ = 0;
  uint64_t events_ = 0;
  uint64_t activities_ = 0;
  uint64_t spends_ = 0;
  std::vector<int> lead_reps_;
  std::map<uint32_t, uint32_t> first_of_twin_;  // twin lead -> the lead it is merged into
  std::vector<Deal> deals_;
  std::map<uint32_t, Customer> customers_;  // by the deal that won them
  std::deque<SalesEvent> out_;
};

SalesWorld::SalesWorld(const SalesWorldOptions& options)
    : scene_(std::make_unique<Scene>(options)) {}
SalesWorld::~SalesWorld() = default;

SalesEvent SalesWorld::Next() { return scene_->Next(); }

}  // namespace takt
