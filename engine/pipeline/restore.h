// From the journal back to state: replays block by block, as if it were one more reader, and hands each
// change to the worker that owns its entity today (the number of workers, the definition's ids and
// its types may have changed since).
//
// Threads: Step from one thread, Progress and Numbers from any. Errors are the journal's, final. Cost:
// one pass over the journal; with one worker and the same dictionary, bytes are passed on as they are.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "absl/container/flat_hash_set.h"
#include "absl/status/statusor.h"
#include "engine/base/mutex.h"
#include "engine/definition/definition.h"
#include "engine/journal/journal.h"
#include "engine/journal/translate.h"
#include "engine/pipeline/flow.h"

namespace takt {

// What the journal must know of a definition to be read under another one.
JournalDictionary DictionaryOf(const Definition& definition);

enum class RestoreStep : uint8_t {
  kMore,
  kBlocked,  // the workers' rings are full; again a little later
  kDone,     // everything is with the workers
};

struct RestoreNumbers {
  uint64_t changes_replayed = 0;
  TranslationCounts translation;
  // Changes into a stage that the definition has no more (renamed, taken out): they were admitted once,
  // and count as "in no stage" now. The first such stage's name, for the message.
  uint64_t unknown_stages = 0;
  std::string unknown_stage;
};

class Restore {
 public:
  Restore(const Definition& definition, Journal& journal, Flow& flow);

  absl::StatusOr<RestoreStep> Step();
  RestoreNumbers Numbers() const;

 private:
  absl::Status Split(const ReplayedBlock& block);
  void LookForUnknownStage(const Change& change, RestoreNumbers& numbers) const;
  bool Push();

  Journal& journal_;
  Flow& flow_;
  const JournalDictionary dictionary_;
  std::vector<absl::flat_hash_set<std::string>> stages_;  // by object; empty: it has none
  JournalDictionary from_;                                // what translator_ translates from
  std::optional<Translator> translator_;
  std::vector<ChangeBatch> waiting_;  // by worker
  Change change_;

  mutable Mutex mutex_;
  RestoreNumbers numbers_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace takt
