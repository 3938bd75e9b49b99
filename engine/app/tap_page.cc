#include "engine/app/tap_page.h"

#include <utility>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "engine/app/change_text.h"
#include "engine/app/explain_page.h"
#include "engine/app/moment_text.h"
#include "engine/base/bytes.h"
#include "engine/base/status_macros.h"
#include "engine/model/change_codec.h"
#include "engine/model/change_kind_name.h"
#include "engine/settings/nearest.h"

namespace takt {
namespace {

constexpr int kLimitMax = 200;
constexpr size_t kValueShown = 160;

absl::StatusOr<TapQuestion> ParseTap(const Definition& definition, const HttpRequest& request) {
  TapQuestion question;
  for (const auto& [name, value] : request.query) {
    if (name == "after") {
      if (!absl::SimpleAtoi(value, &question.after)) {
        return absl::InvalidArgumentError(
            absl::StrCat("after=\"", Shown(value), "\" is no number; take `next` of an answer"));
      }
    } else if (name == "limit") {
      if (!absl::SimpleAtoi(value, &question.limit) || question.limit < 1 ||
          question.limit > kLimitMax) {
        return absl::InvalidArgumentError(
            absl::StrCat("limit=\"", Shown(value), "\" is no number from 1 to ", kLimitMax));
      }
    } else if (name == "object") {
      const auto found = definition.object_ids.find(value);
      std::vector<std::string> names;
      for (const Object& object : definition.objects) names.push_back(object.name);
      if (found == definition.object_ids.end()) {
        return absl::NotFoundError(absl::StrCat("unknown object \"", Shown(value), "\"",
                                                Suggestion(value.substr(0, 64), names)));
      }
      question.object = found->second;
    } else if (name == "id") {
      question.id = value;
    } else {
      return absl::InvalidArgumentError(
          absl::StrCat("unknown parameter \"", Shown(name), "\"",
                       Suggestion(name.substr(0, 64), {"after", "object", "id", "limit"})));
    }
  }
  return question;
}

class TapRenderer {
 public:
  explicit TapRenderer(const Definition& definition) : definition_(definition) {
    kpis_.resize(definition.terms.size());
    for (const Kpi& kpi : definition.kpis) {
      const bool has_term = kpi.kind != KpiKind::kShare && kpi.kind != KpiKind::kFormula;
      if (has_term) kpis_[kpi.term].push_back(kpi.name);
    }
  }

  std::string Render(const TapPage& page, const std::vector<std::vector<ChangeEffects>>& effects) {
    json_.Object([&] {
      json_.Key("records").Array([&] {
        for (size_t i = 0; i < page.records.size(); ++i) {
          json_.Object([&] { WriteRecord(page.records[i], effects[i]); });
        }
      });
      json_.Member("next", page.next).Member("left_out", page.left_out);
    });
    return std::move(json_).Finish() + "\n";
  }

 private:
  void WriteRecord(const TappedRecord& record, const std::vector<ChangeEffects>& effects) {
    std::string text =
        absl::StrCat(record.place.source, " ", record.place.topic, "/", record.place.partition,
                     " @", record.place.offset, "  ",
                     Shown(absl::string_view(record.value).substr(0, kValueShown)), "\n");
    json_.Member("number", record.number).Member("source", record.place.source);
    json_.Member("topic", record.place.topic).Member("partition", record.place.partition);
    json_.Member("offset", record.place.offset).Member("value", record.value);
    json_.Member("cut", record.is_cut).Member("filtered", record.filtered);
    if (record.filtered) absl::StrAppend(&text, "  filtered\n");
    json_.Key("dead_letter");
    if (record.rejection.has_value()) {
      const std::string reason(ReasonName(record.rejection->reason));
      json_.Object(
          [&] { json_.Member("reason", reason).Member("detail", record.rejection->detail); });
      absl::StrAppend(&text, "  dead letter: ", reason, ": ", Shown(record.rejection->detail),
                      "\n");
    } else {
      json_.Null();
    }
    json_.Key("changes").Array([&] {
      for (size_t i = 0; i < record.changes.size(); ++i) {
        const bool known = i < effects.size();
        WriteChange(record.changes[i], known ? effects[i] : ChangeEffects(), &text);
      }
    });
    json_.Member("text", text);
  }

  void WriteChange(const std::string& encoded, const ChangeEffects& effects, std::string* text) {
    ByteReader reader(encoded);
    Change change;
    if (!DecodeChange(reader, &change)) return;  // cannot be: a reader encoded it
    absl::StrAppend(text, "  ", definition_.objects[change.object].name, " ", Shown(change.id),
                    "  ", MomentText(change.time), "  ", std::string(ChangeKindName(change.kind)),
                    "  ", FieldsText(definition_, change), "\n");
    json_.Object([&] {
      WriteChangeMembers(definition_, change, json_);
      json_.Member("applied", effects.is_applied);
      json_.Key("facts").Array([&] {
        for (const ChangeEffect& effect : effects.effects) WriteFact(effect, text);
      });
    });
  }

  void WriteFact(const ChangeEffect& effect, std::string* text) {
    const std::vector<std::string>& kpis = kpis_[effect.term];
    if (kpis.empty()) return;
    const Term& term = definition_.terms[effect.term];
    const std::string amount = AmountText(term, effect.amount);
    const std::string date = MomentText(EventTime{int64_t{effect.minute} * kMicrosPerMinute});
    const std::string group = GroupText(term, effect.group);
    json_.Object([&] {
      json_.Key("kpis").Array([&] {
        for (const std::string& kpi : kpis) json_.Value(kpi);
      });
      json_.Member("group", group).Member("date", date).Member("amount", amount);
    });
    absl::StrAppend(text, "    ", absl::StrJoin(kpis, ", "), "  ", effect.amount > 0 ? "+" : "",
                    amount, "  at ", date, group.empty() ? "" : "  ", group, "\n");
  }

  std::string AmountText(const Term& term, int64_t amount) const {
    if (term.kind == TermKind::kDurations || term.measure.kind == MeasureKind::kStart) {
      return absl::StrCat(amount / 1000000, " s");
    }
    if (term.measure.kind == MeasureKind::kOne) return absl::StrCat(amount);
    const Field& field = definition_.objects[term.object].fields[term.measure.field];
    return FieldText(definition_, field.type, Value::Integer(amount));
  }

  // The values of the coarsest group set's dimensions; empty: the company.
  std::string GroupText(const Term& term, GroupId group) const {
    const GroupSet* coarsest = nullptr;
    for (const TermRows& rows : term.group_sets) {
      const GroupSet& set = definition_.group_sets[rows.group_set];
      if (coarsest == nullptr || set.size < coarsest->size) coarsest = &set;
    }
    std::string text;
    for (size_t i = coarsest == nullptr ? 0 : coarsest->dimensions.size(); i-- > 0;) {
      const Dimension& dimension = definition_.dimensions[coarsest->dimensions[i]];
      const auto size = static_cast<uint32_t>(dimension.values.size());
      text = absl::StrCat(dimension.name, "=", dimension.values[group % size],
                          text.empty() ? "" : " ", text);
      group /= size;
    }
    return text;
  }

  const Definition& definition_;
  std::vector<std::vector<std::string>> kpis_;  // by term
  JsonWriter json_;
};

}  // namespace

HttpResponse TapRecords(Engine& engine, const HttpRequest& request) {
  const absl::StatusOr<TapQuestion> question = ParseTap(engine.definition(), request);
  if (!question.ok()) return JsonError(question.status());
  std::vector<std::vector<ChangeEffects>> effects;
  const TapPage page = engine.TakeTapped(*question, &effects);
  return HttpResponse::Json(200, TapRenderer(engine.definition()).Render(page, effects));
}

}  // namespace takt
