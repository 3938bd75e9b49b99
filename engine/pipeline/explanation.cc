#include "engine/pipeline/explanation.h"

#include <algorithm>
#include <set>
#include <utility>

#include "engine/base/bytes.h"
#include "engine/base/clock.h"
#include "engine/base/status_macros.h"
#include "engine/ledger/explainer.h"
#include "engine/model/change_codec.h"
#include "engine/pipeline/explanation_values.h"

namespace takt {
namespace {

constexpr int kEntitiesPerStep = 128;  // some 50 us
constexpr int kCausesPerStep = 4;      // some 100 us
// A link's target may itself be told something, and so on.
constexpr int kLinksDeep = 3;

// Looks for what all entities contribute.
class SearchJob final : public LedgerJob {
 public:
  SearchJob(WantedContributions wanted, int workers)
      : findings(workers), wanted_(std::move(wanted)), explainers_(workers) {}

  bool Step(int worker, const Ledger& ledger) override {
    std::unique_ptr<LedgerExplainer>& explainer = explainers_[worker];
    if (explainer == nullptr) explainer = std::make_unique<LedgerExplainer>(ledger, wanted_);
    if (!explainer->Step(kEntitiesPerStep)) return false;
    findings[worker] = explainer->TakeFindings();
    return true;
  }
  void End(int worker) override { explainers_[worker] = nullptr; }

  std::vector<Findings> findings;  // by worker

 private:
  const WantedContributions wanted_;
  std::vector<std::unique_ptr<LedgerExplainer>> explainers_;
};

// Looks for causes, each in the ledger that owns the entity.
struct CauseQuestion {
  ObjectId object = 0;
  std::string id;
  std::optional<WantedPart> part;  // none: by `link`
  LinkId link = 0;
};

class CauseJob final : public LedgerJob {
 public:
  CauseJob(std::vector<CauseQuestion> questions, int workers) : next_(workers, 0) {
    by_worker_.resize(workers);
    answers.resize(questions.size());
    for (size_t i = 0; i < questions.size(); ++i) {
      const int owner = Ledger::OwnerOf(questions[i].object, questions[i].id, workers);
      by_worker_[owner].push_back(i);
    }
    questions_ = std::move(questions);
  }

  bool Step(int worker, const Ledger& ledger) override {
    const std::vector<size_t>& mine = by_worker_[worker];
    size_t& next = next_[worker];
    for (int i = 0; i < kCausesPerStep && next < mine.size(); ++i) {
      const size_t place = mine[next++];
      const CauseQuestion& asked = questions_[place];
      answers[place] =
          asked.part.has_value()
              ? LedgerExplainer::FindCauses(ledger, *asked.part, asked.object, asked.id)
              : LedgerExplainer::FindLinkCauses(ledger, asked.object, asked.id, asked.link);
    }
    return next == mine.size();
  }
  void End(int) override {}

  const std::vector<CauseQuestion>& questions() const { return questions_; }
  std::vector<Causes> answers;

 private:
  std::vector<CauseQuestion> questions_;
  std::vector<std::vector<size_t>> by_worker_;
  std::vector<size_t> next_;
};

class EffectJob final : public LedgerJob {
 public:
  EffectJob(const std::vector<std::string>& changes, int workers)
      : answers(changes.size()), changes_(changes), by_worker_(workers), next_(workers, 0) {
    for (size_t i = 0; i < changes_.size(); ++i) {
      ByteReader reader(changes_[i]);
      Change change;
      if (!DecodeChange(reader, &change)) continue;  // cannot be: a reader encoded it
      by_worker_[Ledger::OwnerOf(change.object, change.id, workers)].push_back(i);
    }
  }

  bool Step(int worker, const Ledger& ledger) override {
    const std::vector<size_t>& mine = by_worker_[worker];
    size_t& next = next_[worker];
    for (int i = 0; i < kCausesPerStep && next < mine.size(); ++i) {
      const size_t place = mine[next++];
      answers[place] = LedgerExplainer::FindEffects(ledger, changes_[place]);
    }
    return next == mine.size();
  }
  void End(int) override {}

  std::vector<ChangeEffects> answers;

 private:
  const std::vector<std::string> changes_;
  std::vector<std::vector<size_t>> by_worker_;
  std::vector<size_t> next_;
};

bool IsOutcomes(ColumnPlan::Source source) {
  return source == ColumnPlan::Source::kOutcomes || source == ColumnPlan::Source::kOutcomesShare;
}

class Explainer {
 public:
  Explainer(const Definition& definition, const ExplainQuestion& question, int workers)
      : definition_(definition), workers_(workers) {
    found_.question = question;
    found_.question.listed_max = std::clamp(question.listed_max, 1, kListedMax);
    found_.plan = MakeValuePlan(definition, question.value);
    for (const ValueLeaf& leaf : found_.plan.leaves) {
      found_.parts.emplace_back().wanted = PartOf(leaf);
    }
    for (std::vector<LeafTotals>& totals : totals_) totals.resize(found_.parts.size());
  }

  absl::StatusOr<Explanation> Run(LedgerJobs& jobs, absl::Duration limit) && {
    const SystemClock clock;
    const absl::Duration deadline = clock.Monotonic() + limit;
    WantedContributions wanted{.moves = found_.question.moves,
                               .listed_max = found_.question.listed_max};
    for (const ExplainedPart& part : found_.parts) wanted.parts.push_back(part.wanted);
    const auto search = std::make_shared<SearchJob>(std::move(wanted), workers_);
    TAKT_RETURN_IF_ERROR(jobs.Run(search, limit));
    for (size_t leaf = 0; leaf < found_.parts.size(); ++leaf) Merge(leaf, search->findings);
    for (const Findings& findings : search->findings) found_.entities += findings.entities;
    EvaluateExplanation(definition_, totals_, found_);
    if (found_.question.with_causes) {
      TAKT_RETURN_IF_ERROR(FindCauses(jobs, deadline - clock.Monotonic()));
      for (int depth = 0; depth < kLinksDeep; ++depth) {
        TAKT_RETURN_IF_ERROR(FindTold(jobs, deadline - clock.Monotonic()));
      }
    }
    return std::move(found_);
  }

 private:
  WantedPart PartOf(const ValueLeaf& leaf) const {
    WantedPart part{.term = leaf.term,
                    .row = leaf.row,
                    .start_term = leaf.start_term,
                    .start_row = leaf.start_row};
    for (const int moment : {kBefore, kAfter}) {
      const EventTime now = found_.question.moments[moment];
      part.ranges[moment] = found_.plan.RangeOf(definition_, leaf, now);
      part.age_micros[moment] = found_.plan.AgeOf(definition_, leaf, now);
    }
    const ColumnPlan& column = found_.plan.plan.columns[leaf.column];
    if (IsOutcomes(column.source)) part.last = found_.plan.plan.spans[column.span].window->count;
    return part;
  }

  // Puts together what the workers found.
  void Merge(size_t leaf, std::vector<Findings>& all) {
    ExplainedPart& part = found_.parts[leaf];
    for (Findings& findings : all) {
      PartFindings& from = findings.parts[leaf];
      for (const int moment : {kBefore, kAfter}) {
        part.contributing[moment] += from.contributing[moment];
        Int128 total = from.totals[moment];
        if (part.wanted.start_term.has_value()) {
          total = total * part.wanted.age_micros[moment] - from.starts[moment];
        }
        part.totals[moment] += total;
        AddTotals(leaf, moment, from);
      }
      part.moved += from.moved;
      for (Contribution& one : from.listed) {
        ExplainedEntity& entity = part.listed.emplace_back();
        entity.contribution = std::move(one);
        for (const int moment : {kBefore, kAfter}) {
          entity.amounts[moment] = AmountOf(part.wanted, entity.contribution, moment);
        }
      }
    }
    const ColumnPlan& column = found_.plan.plan.columns[found_.plan.leaves[leaf].column];
    if (IsOutcomes(column.source)) CountLast(column, part);
    for (const int moment : {kBefore, kAfter}) {
      totals_[moment][leaf].total = part.totals[moment];
    }
    Order(part);
  }

  void AddTotals(size_t leaf, int moment, const PartFindings& from) {
    LeafTotals& totals = totals_[moment][leaf];
    for (const DurationFact& fact : from.durations) {
      if (fact.counts[moment]) totals.durations.push_back(fact.micros);
    }
    totals.count += from.totals[moment];
  }

  // Of the outcomes that each worker found latest those that are among the last of all.
  void CountLast(const ColumnPlan& column, ExplainedPart& part) {
    const auto key = [](const ExplainedEntity& entity) {
      const OutcomeDelta& outcome = entity.contribution.outcome;
      return std::tuple(outcome.time_micros, outcome.entity, outcome.success);
    };
    std::stable_sort(part.listed.begin(), part.listed.end(),
                     [&](const auto& a, const auto& b) { return key(a) > key(b); });
    const auto leaf = static_cast<size_t>(&part - found_.parts.data());
    for (const int moment : {kBefore, kAfter}) {
      const int64_t end = int64_t{part.wanted.ranges[moment].end} * kMicrosPerMinute;
      int64_t left = part.wanted.last;
      for (ExplainedEntity& entity : part.listed) {
        const OutcomeDelta& outcome = entity.contribution.outcome;
        if (outcome.time_micros >= end || left == 0) continue;
        --left;
        totals_[moment][leaf].outcomes.push_back(outcome);
        ++part.contributing[moment];
        // Of a count of successes a failure is among the last, and contributes nothing.
        const bool counts = column.source == ColumnPlan::Source::kOutcomesShare ||
                            !column.counts_successes || outcome.success;
        entity.amounts[moment] = counts;
        part.totals[moment] += counts;
        entity.contribution.amounts[moment] = 1;
      }
    }
    std::erase_if(part.listed, [&](const ExplainedEntity& entity) {
      const bool was = entity.contribution.amounts[kBefore] != 0;
      const bool is = entity.contribution.amounts[kAfter] != 0;
      part.moved += was != is;
      return found_.question.moves ? was == is : !is;
    });
  }

  void Order(ExplainedPart& part) const {
    const auto weight = [&](const ExplainedEntity& entity) {
      const Int128 amount = found_.question.moves ? entity.amounts[kAfter] - entity.amounts[kBefore]
                                                  : entity.amounts[kAfter];
      return amount < 0 ? -amount : amount;
    };
    std::stable_sort(part.listed.begin(), part.listed.end(), [&](const auto& a, const auto& b) {
      if (weight(a) != weight(b)) return weight(a) > weight(b);
      if (a.contribution.dated != b.contribution.dated) {
        return a.contribution.dated > b.contribution.dated;
      }
      return a.contribution.id < b.contribution.id;
    });
    const size_t listed = static_cast<size_t>(found_.question.listed_max);
    if (part.listed.size() > listed) {
      part.listed.erase(part.listed.begin() + static_cast<int64_t>(listed), part.listed.end());
    }
  }

  absl::Status FindCauses(LedgerJobs& jobs, absl::Duration limit) {
    std::vector<CauseQuestion> questions;
    std::vector<ExplainedEntity*> asking;
    for (ExplainedPart& part : found_.parts) {
      for (ExplainedEntity& entity : part.listed) {
        questions.push_back({.object = entity.contribution.object,
                             .id = entity.contribution.id,
                             .part = part.wanted});
        asking.push_back(&entity);
      }
    }
    if (questions.empty()) return absl::OkStatus();
    const auto job = std::make_shared<CauseJob>(std::move(questions), workers_);
    TAKT_RETURN_IF_ERROR(jobs.Run(job, limit));
    for (size_t i = 0; i < asking.size(); ++i) {
      ExplainedEntity& entity = *asking[i];
      entity.causes = std::move(job->answers[i]);
      const TermKind kind = definition_.terms[job->questions()[i].part->term].kind;
      const bool is_net = kind == TermKind::kSum || kind == TermKind::kLevel;
      entity.changed_since = is_net && (entity.causes.amounts != entity.contribution.amounts ||
                                        entity.causes.starts != entity.contribution.starts);
    }
    return absl::OkStatus();
  }

  // Of everything that was handed over and is not known yet.
  absl::Status FindTold(LedgerJobs& jobs, absl::Duration limit) {
    std::set<ToldKey> unknown;
    const auto look = [&](const Causes& causes) {
      for (const Cause& cause : causes.causes) {
        const ToldKey key(cause.object, cause.id, cause.link);
        if (cause.change.empty() && !found_.told.contains(key)) unknown.insert(key);
      }
    };
    for (const ExplainedPart& part : found_.parts) {
      for (const ExplainedEntity& entity : part.listed) look(entity.causes);
    }
    for (const auto& [key, causes] : found_.told) look(causes);
    if (unknown.empty()) return absl::OkStatus();
    std::vector<CauseQuestion> questions;
    for (const ToldKey& key : unknown) {
      questions.push_back(
          {.object = std::get<0>(key), .id = std::get<1>(key), .link = std::get<2>(key)});
    }
    const auto job = std::make_shared<CauseJob>(std::move(questions), workers_);
    TAKT_RETURN_IF_ERROR(jobs.Run(job, limit));
    size_t i = 0;
    for (const ToldKey& key : unknown) found_.told[key] = std::move(job->answers[i++]);
    return absl::OkStatus();
  }

  const Definition& definition_;
  const int workers_;
  Explanation found_;
  std::array<std::vector<LeafTotals>, 2> totals_;  // by moment and leaf
};

}  // namespace

absl::StatusOr<Explanation> Explain(const Definition& definition, const ExplainQuestion& question,
                                    LedgerJobs& jobs, absl::Duration limit) {
  return Explainer(definition, question, jobs.workers()).Run(jobs, limit);
}

absl::StatusOr<std::vector<ChangeEffects>> FindEffects(const std::vector<std::string>& changes,
                                                       LedgerJobs& jobs, absl::Duration limit) {
  const auto job = std::make_shared<EffectJob>(changes, jobs.workers());
  TAKT_RETURN_IF_ERROR(jobs.Run(job, limit));
  return std::move(job->answers);
}

}  // namespace takt
