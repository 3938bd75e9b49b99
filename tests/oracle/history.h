// The oracle's histories: every change that it was given, kept, and what each entity looked like after
// each of them. Read engine/model/change.h and engine/definition/object.h for the meaning; here is only
// the plainest way to it.
//
//   A history is a set. Changes of one identity are one change (the smallest stands); without identity
//   equal changes are one. It is ordered by time, order key, stage order (no stage, open stages, closed
//   ones last), content.
//   An entity whose own latest merged_into names another is that one's: the survivor's history is the
//   union. In a circle the smallest id survives. Deletes are read from the survivor's own changes.
//
// Owns everything it hands out pointers to. Threads: one.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "engine/definition/definition.h"
#include "engine/model/change.h"

namespace takt::oracle {

struct Datum {  // a field's value; texts are kept by the Histories
  ValueKind kind = ValueKind::kNull;
  int64_t integer = 0;
  const std::string* text = nullptr;
  bool is_null() const { return kind == ValueKind::kNull; }
};

struct Step {  // the entity after one change
  int64_t time = 0;
  std::vector<Datum> fields;
  int stage = -1;  // place in Object::stages; -1: in none
};

struct Visit {  // one stay in one stage
  int stage = 0;
  int64_t entered = 0;
  std::optional<int64_t> left;
  std::string exit;  // how it ended, see object.h; empty: it has not, or into no stage
};

struct Reach {  // a stage of the last pipeline at or below the furthest rank
  int stage = 0;
  int64_t entered = 0;
  std::optional<int64_t> passed;
  bool visited = false;
  bool next_visited = false;
};

struct Entity;

struct Occurrence {  // of a moment
  int64_t time = 0;
  const Entity* origin = nullptr;  // the linked entity it came from; null: its own
  int64_t origin_time = 0;
};

struct Entity {
  ObjectId object = 0;
  std::string id;
  bool deleted = false;
  std::vector<Step> steps;  // never empty
  std::optional<int64_t> created;
  std::vector<Visit> visits;
  std::vector<Reach> reaches;
  // Who points here, by origin object and link, ascending by id.
  std::map<std::pair<ObjectId, LinkId>, std::vector<const Entity*>> pointing;
  // Computed when first asked for (moments.h).
  mutable std::vector<std::optional<std::vector<Occurrence>>> moments;

  const Step* At(
      int64_t time) const;  // after everything dated at or before `time`; null: before all
  const Step& Known(int64_t time) const;  // the same, but before all the first one
};

class Histories {
 public:
  explicit Histories(const Definition& definition) : definition_(definition) {}
  Histories(const Histories&) = delete;
  Histories& operator=(const Histories&) = delete;

  void Add(const Change& change);
  // Every survivor, by object and id. Built again after an Add.
  const std::map<std::pair<ObjectId, std::string>, Entity>& Entities();
  // How many changes the sets hold, and of how many entities (losers of merges are some).
  uint64_t ChangeCount();
  uint64_t EntityCount() const { return changes_.size(); }

 private:
  struct Stored {
    ChangeKind kind = ChangeKind::kPatch;
    int64_t time = 0;
    OrderKey order;
    uint64_t identity = 0;
    int stage_order = 0;
    std::vector<std::pair<FieldId, Datum>> fields;
  };
  using Key = std::pair<ObjectId, std::string>;

  static int CompareContent(const Stored& a, const Stored& b);
  static bool Less(const Stored& a, const Stored& b);
  int StageOrder(const Object& object, const Stored& change) const;
  static void Deduplicate(std::vector<Stored>& changes);
  std::string SurvivorOf(ObjectId object, const std::string& id) const;
  void Build();
  void BuildEntity(Entity& entity, const std::vector<std::string>& members);
  void Replay(Entity& entity, std::vector<const Stored*>& changes) const;
  void Point();

  const Definition& definition_;
  std::set<std::string> texts_;
  std::map<Key, std::vector<Stored>> changes_;
  std::map<Key, std::string> merged_into_;
  std::map<Key, Entity> entities_;
  bool built_ = false;
};

// The stage that a stage name and a pipeline (null: the first that has it) mean; -1: none.
int ResolveStage(const Object& object, const Datum& stage, const Datum& pipeline);

}  // namespace takt::oracle
