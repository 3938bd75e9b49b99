#include "engine/pipeline/pipeline.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "engine/base/status_macros.h"

namespace takt {

absl::StatusOr<std::unique_ptr<Pipeline>> Pipeline::Create(EngineParts parts) {
  std::unique_ptr<Journal> journal;
  if (parts.journal != nullptr) {
    TAKT_ASSIGN_OR_RETURN(journal, Journal::Open(*parts.journal, DictionaryOf(*parts.definition),
                                                 JournalOptions(), *parts.clock));
  }
  return std::unique_ptr<Pipeline>(new Pipeline(std::move(parts), std::move(journal)));
}

Pipeline::Pipeline(EngineParts parts, std::unique_ptr<Journal> journal)
    : parts_(std::move(parts)),
      journal_(std::move(journal)),
      flow_(static_cast<int>(parts_.sources.size()), std::max(1, parts_.settings.workers)),
      begun_(parts_.clock->Monotonic()) {
  const Definition& definition = *parts_.definition;
  std::vector<absl::Duration> out_of_orderness;
  for (int i = 0; i < flow_.readers(); ++i) {
    const ReaderContext context = {definition,
                                   *parts_.clock,
                                   flow_,
                                   journal_.get(),
                                   parts_.log,
                                   i,
                                   parts_.records_per_poll_max,
                                   &tap_};
    readers_.push_back(std::make_unique<Reader>(parts_.sources[i], context));
    out_of_orderness.push_back(parts_.sources[i].settings.out_of_orderness);
  }
  for (int i = 0; i < flow_.workers(); ++i) {
    workers_.push_back(std::make_unique<Worker>(definition, i, flow_));
  }
  view_ = std::make_unique<View>(definition, std::move(out_of_orderness), flow_, *parts_.clock);
  if (journal_ != nullptr) restore_ = std::make_unique<Restore>(definition, *journal_, flow_);
}

void Pipeline::Log(LogLevel level, absl::string_view text) const {
  if (parts_.log) parts_.log(level, text);
}

absl::StatusOr<RestoreStep> Pipeline::StepRestore() {
  if (restore_ == nullptr) return RestoreStep::kDone;
  const absl::StatusOr<RestoreStep> step = restore_->Step();
  restore_nanos_ = absl::ToInt64Nanoseconds(parts_.clock->Monotonic() - begun_);
  return step;
}

void Pipeline::StartReading() {
  if (journal_ != nullptr) {
    if (!journal_->CutMessage().empty()) Log(LogLevel::kWarning, journal_->CutMessage());
    const std::vector<JournalPosition> positions = journal_->Positions();
    for (const std::unique_ptr<Reader>& reader : readers_) reader->Restart(positions);
    view_->Resume(journal_->LastNowSeconds());
  }
  restored_ = true;
}

absl::Status Pipeline::SyncJournal() {
  if (journal_ == nullptr) return absl::OkStatus();
  const absl::Status status = journal_->Sync();
  // Said once when it begins and once when it ends; the metrics tell meanwhile.
  const std::string error = journal_->Counts().error;
  if (!error.empty() && !journal_was_full_) {
    Log(LogLevel::kError, absl::StrCat("reading pauses, serving goes on: ", error));
  }
  if (error.empty() && journal_was_full_) {
    Log(LogLevel::kInfo, "the journal takes changes again, reading goes on");
  }
  journal_was_full_ = !error.empty();
  return status;
}

uint64_t Pipeline::MemoryBytes() const {
  if (parts_.memory_bytes) return parts_.memory_bytes();
  uint64_t bytes = view_->Numbers().cell_bytes;
  for (const std::unique_ptr<Worker>& worker : workers_) {
    bytes += worker->Numbers().state.memory_bytes;
  }
  return bytes;
}

void Pipeline::MeasureMemory() {
  const uint64_t bytes = MemoryBytes();
  memory_bytes_ = bytes;
  const uint64_t bytes_max = parts_.settings.memory_bytes_max;
  const bool full = bytes_max > 0 && bytes >= bytes_max;
  if (full == flow_.memory_full.exchange(full)) return;
  if (full) {
    Log(LogLevel::kError,
        absl::StrCat("reading pauses, serving goes on: memory_bytes_max is reached: ", bytes,
                     " of ", bytes_max, " bytes"));
  } else {
    Log(LogLevel::kInfo, "memory is below memory_bytes_max again, reading goes on");
  }
}

void Pipeline::Settle() {
  bool did = true;
  while (did) {
    did = false;
    for (const std::unique_ptr<Worker>& worker : workers_) did |= worker->Step();
    for (const std::unique_ptr<Worker>& worker : workers_) did |= worker->Publish();
    did |= view_->Step();
  }
  view_->Evaluate();
}

absl::Status Pipeline::RestoreAll() {
  while (true) {
    TAKT_ASSIGN_OR_RETURN(const RestoreStep step, StepRestore());
    if (step == RestoreStep::kDone) break;
    if (step == RestoreStep::kBlocked) Settle();
  }
  Settle();
  StartReading();
  return absl::OkStatus();
}

bool Pipeline::Drain(int steps_max) {
  bool settled = false;
  for (int step = 0; step < steps_max && !settled; ++step) {
    settled = true;
    for (const std::unique_ptr<Reader>& reader : readers_) {
      const ReaderStep did = reader->Step(absl::ZeroDuration());
      settled &=
          did == ReaderStep::kStopped || (did == ReaderStep::kNothing && reader->Status().settled);
    }
    for (const std::unique_ptr<Worker>& worker : workers_) {
      worker->Step();
      worker->Publish();
    }
    view_->Step();
  }
  Settle();
  return settled;
}

void Pipeline::LetGo() {
  restore_.reset();
  readers_.clear();
  workers_.clear();
  parts_.sources.clear();
  journal_.reset();
  parts_.journal.reset();
}

uint64_t Pipeline::Audit() {
  return *Audit([] { return true; });
}

std::optional<uint64_t> Pipeline::Audit(absl::FunctionRef<bool()> go_on) {
  CellTable again(parts_.definition->calendar, parts_.definition->row_count);
  const auto add = [&](const DeltaBatch& batch) {
    again.Add(batch);
    return go_on();
  };
  for (const std::unique_ptr<Worker>& worker : workers_) {
    if (!worker->ledger().FoldAgain(add)) return std::nullopt;
  }
  const uint64_t divergent = view_->cells().CountDivergentRows(again);
  audit_divergent_ = divergent;
  ++audits_;
  if (divergent > 0) {
    Log(LogLevel::kError,
        absl::StrCat("the audit found cells that differ from their histories: ", divergent));
  }
  return divergent;
}

}  // namespace takt
