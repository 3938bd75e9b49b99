#include "tests/simulation/world.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/time/time.h"

namespace takt::simulation {
namespace {

constexpr int64_t kMinuteMicros = 60'000'000;
constexpr int64_t kDayMicros = 24 * 60 * kMinuteMicros;
// 2026-01-01T00:00:00Z, and 120 days from there: two clock changes and three ends of months.
constexpr int64_t kBegin = 1767225600000000;
constexpr int64_t kDays = 120;

struct FieldPool {
  std::string name;
  std::vector<std::string> values;  // as JSON
};

struct ObjectPool {
  std::string name;
  int entities = 0;
  std::vector<FieldPool> fields;
};

std::vector<ObjectPool> SalesPools() {
  const std::vector<std::string> owners = {"\"r1\"", "\"r2\"", "\"r3\"", "\"r9\"", "null"};
  const std::vector<std::string> amounts = {"\"100.00\"", "\"0.01\"", "\"-5.50\"", "\"99999.99\"",
                                            "0",          "null",     "250.5"};
  return {
      {"deal",
       10,
       {{"stage",
         {"\"new\"", "\"proposal\"", "\"contract\"", "\"won\"", "\"won\"", "\"paid\"", "\"lost\"",
          "\"test\"", "\"due\"", "\"renewed\"", "null"}},
        {"pipeline", {"\"business\"", "null", "null"}},
        {"amount", amounts},
        {"owner", owners},
        {"probability", {"null", "\"35%\"", "0.123456"}},
        {"source_lead", {"\"lead0\"", "\"lead1\"", "\"lead2\"", "\"lead9\"", "null"}},
        {"account", {"\"customer0\"", "\"customer1\"", "null"}},
        {"region", {"null", "\"south\"", "\"mars\""}}}},
      {"lead",
       6,
       {{"status", {"\"new\"", "\"MQL\"", "\"SQL\"", "null"}},
        {"owner", owners},
        {"source", {"\"web\"", "\"event\"", "\"other\"", "null"}}}},
      {"activity",
       10,
       {{"who", {"\"lead0\"", "\"lead1\"", "\"lead2\"", "\"lead3\"", "\"lead9\"", "null"}},
        {"direction", {"\"outbound\"", "\"outbound\"", "\"inbound\"", "null"}},
        {"automatic", {"false", "false", "true", "null"}},
        {"owner", owners}}},
      {"customer",
       4,
       {{"recurring", {"\"10.00\"", "\"0\"", "\"25.00\"", "null"}},
        {"owner", owners},
        {"region", {"\"north\"", "null"}}}},
      {"spend", 3, {{"amount", amounts}, {"owner", owners}}},
  };
}

std::vector<ObjectPool> PlainPools() {
  return {
      {"lead",
       8,
       {{"status", {"\"new\"", "\"MQL\"", "\"SQL\"", "\"out\"", "null"}},
        {"source", {"\"web\"", "\"event\"", "\"\"", "null"}},
        {"amount", {"100", "\"1e2\"", "-7", "null"}},
        {"score", {"5", "4.999999", "\"7.5\"", "null"}},
        {"automatic", {"true", "false", "null"}},
        {"closed_on", {"\"2026-02-03\"", "null"}}}},
      {"offer",
       6,
       {{"stage",
         {"\"draft\"", "\"sent\"", "\"signed\"", "\"signed\"", "\"declined\"", "\"test\"", "null"}},
        {"source", {"\"web\"", "\"event\"", "null"}},
        {"amount", {"100", "250.5", "-7", "null"}}}}};
}

// Records that no engine may count.
const std::vector<std::string>& Garbage() {
  static const auto* const kGarbage = new std::vector<std::string>{
      "",
      "{",
      "null",
      "{\"object\":\"deal\"}",
      "{\"object\":\"unicorn\",\"id\":\"x\",\"time\":1767225600000000}",
      "{\"object\":\"lead\",\"id\":\"lead0\"}",
      "{\"object\":\"lead\",\"id\":\"lead0\",\"time\":17672256}",
      "{\"object\":\"lead\",\"id\":\"\",\"time\":1767225600000000}",
      "{\"object\":\"lead\",\"id\":\"lead0\",\"time\":1767225600000000,\"op\":\"explode\"}",
      "{\"object\":\"lead\",\"id\":\"l\",\"time\":1767225600000000,\"fields\":{\"owner\":"
      "\"\\u0007\"}}",
      "{\"object\":\"lead\",\"id\":\"\xff\",\"time\":1767225600000000}",
      "{\"object\":\"lead\",\"id\":\"a\",\"id\":\"b\",\"time\":1767225600000000}",
      "[{\"object\":\"lead\",\"id\":\"lead0\",\"time\":1767225600000000},{\"object\":\"lead\"}]"};
  return *kGarbage;
}

class WorldMaker {
 public:
  explicit WorldMaker(Random& random) : random_(random) {}

  World Make() {
    World world;
    const bool sales = random_.Percent(75);
    world.config = sales ? "sales.yaml" : "plain.yaml";
    const int busy = 1 + static_cast<int>(random_.Below(8));  // changes per entity at most
    for (const ObjectPool& pool : sales ? SalesPools() : PlainPools()) {
      for (int i = 0; i < pool.entities; ++i) AddEntity(pool, i, busy);
    }
    AddDuplicates();
    AddGarbage();
    Disorder();
    world.records = std::move(records_);
    for (int i = 0; i < 3; ++i) world.nows.push_back({SomeInstant()});
    world.nows.push_back({kBegin + (kDays + 10) * kDayMicros});
    return world;
  }

 private:
  // Half of them plain, the others where mistakes like to be: on ends of minutes and local days, and
  // at instants that were used before.
  int64_t SomeInstant() {
    if (!instants_.empty() && random_.Percent(25)) {
      return random_.Pick(instants_) + (random_.Percent(50) ? 0 : random_.Below(3) - 1);
    }
    int64_t instant = kBegin + random_.Below(kDays * kDayMicros);
    if (random_.Percent(40)) instant -= instant % kMinuteMicros;
    if (random_.Percent(20)) {
      const int64_t offsets[] = {22, 23, 4, 5};  // hours: midnights of the zones, summer and winter
      instant = instant - instant % kDayMicros + offsets[random_.Below(4)] * 60 * kMinuteMicros;
      instant -= random_.Below(2);
    }
    instants_.push_back(instant);
    return instant;
  }

  void AddEntity(const ObjectPool& pool, int number, int busy) {
    const std::string id = absl::StrCat(pool.name, number);
    std::vector<std::string> event_ids;
    const int64_t count = 1 + random_.Below(busy);
    for (int64_t i = 0; i < count; ++i) {
      std::string record = absl::StrCat("{\"object\":\"", pool.name, "\",\"id\":\"", id, "\"",
                                        Kind(i == 0), ",\"time\":", SomeInstant());
      if (random_.Percent(60)) {
        const bool again = !event_ids.empty() && random_.Percent(10);
        const std::string event = again ? random_.Pick(event_ids) : absl::StrCat(id, "-", i);
        event_ids.push_back(event);
        absl::StrAppend(&record, ",\"event_id\":\"", event, "\"");
      }
      if (random_.Percent(30)) {
        absl::StrAppend(&record, ",\"order\":[", random_.Below(3), ",", random_.Below(2), "]");
      }
      absl::StrAppend(&record, ",\"fields\":{", Fields(pool, i == 0), "}}");
      records_.push_back({std::move(record), absl::StrCat(pool.name, "/", id)});
    }
  }

  std::string Kind(bool first) {
    if (random_.Percent(first ? 85 : 10)) return ",\"op\":\"record\"";
    if (random_.Percent(6)) return ",\"op\":\"delete\"";
    if (random_.Percent(6)) return ",\"op\":\"undelete\"";
    return "";
  }

  std::string Fields(const ObjectPool& pool, bool first) {
    std::string fields;
    const auto add = [&](const std::string& name, const std::string& value) {
      absl::StrAppend(&fields, fields.empty() ? "" : ",", "\"", name, "\":", value);
    };
    std::string pipeline;
    for (const FieldPool& field : pool.fields) {
      if (!random_.Percent(first ? 80 : 35)) continue;
      std::string value = random_.Pick(field.values);
      // A pipeline is told only with a stage that it has.
      if (field.name == "pipeline") {
        const bool of_business = fields.find("new") != fields.npos ||
                                 fields.find("contract") != fields.npos ||
                                 fields.find("proposal") != fields.npos;
        if (!of_business) value = "null";
      }
      add(field.name, value);
    }
    if (random_.Percent(5)) {
      add("merged_into",
          random_.Percent(30)
              ? "null"
              : absl::StrCat("\"", pool.name, random_.Below(pool.entities + 1), "\""));
    }
    if (random_.Percent(4)) add("created_at", absl::StrCat(SomeInstant()));
    return fields;
  }

  void AddDuplicates() {
    const size_t count = records_.size();
    for (size_t i = 0; i < count; ++i) {
      if (random_.Percent(10)) records_.push_back(SentRecord(records_[i]));
    }
  }

  void AddGarbage() {
    const int64_t count = random_.Below(8);
    for (int64_t i = 0; i < count; ++i) {
      records_.push_back({random_.Pick(Garbage()), absl::StrCat("garbage/", i)});
    }
  }

  // Anything from a little late to wholly shuffled.
  void Disorder() {
    if (random_.Percent(50)) return random_.Shuffle(records_);
    for (size_t i = 0; i + 1 < records_.size(); ++i) {
      if (random_.Percent(40)) {
        const auto end = static_cast<int64_t>(records_.size() - i);
        std::swap(records_[i], records_[i + random_.Below(std::min<int64_t>(end, 10))]);
      }
    }
  }

  Random& random_;
  std::vector<int64_t> instants_;
  std::vector<SentRecord> records_;
};

}  // namespace

World MakeWorld(Random& random) { return WorldMaker(random).Make(); }

}  // namespace takt::simulation
