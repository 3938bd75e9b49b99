#include "tests/pipeline/world.h"

#include <cmath>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"

namespace takt {
namespace {

constexpr ObjectId kDeal = 0;
constexpr ObjectId kLead = 1;
constexpr FieldId kStage = 2;
constexpr FieldId kAmount = 3;
constexpr FieldId kLeadOfDeal = 4;
constexpr MomentId kCreatedMoment = 0;
constexpr MomentId kWonMoment = 1;       // of deals
constexpr MomentId kCustomerMoment = 1;  // of leads

Object MakeObject(const std::string& name) {
  Object object;
  object.name = name;
  object.fields = {{"merged_into", FieldType::kText}, {"created_at", FieldType::kTime}};
  object.moments.push_back({.name = "created", .source = Moment::Source::kCreated});
  object.states.push_back({.name = "exists", .source = State::Source::kExists});
  return object;
}

Object MakeDeal() {
  Object deal = MakeObject("deal");
  deal.fields.push_back({"stage", FieldType::kText});
  deal.fields.push_back({"amount", FieldType::kMoney});
  deal.fields.push_back({"lead", FieldType::kText});
  Moment won;
  won.name = "won";
  won.source = Moment::Source::kField;
  won.field = kStage;
  won.conditions.push_back({.field = kStage, .texts = {"won"}});
  deal.moments.push_back(won);
  deal.links.push_back({"lead", kLeadOfDeal, kLead, {kWonMoment}, {}});
  return deal;
}

Object MakeLead() {
  Object lead = MakeObject("lead");
  Moment customer;
  customer.name = "customer";
  customer.source = Moment::Source::kLinked;
  customer.origin = kDeal;
  customer.origin_link = 0;
  customer.moments = {kWonMoment};
  lead.moments.push_back(customer);
  return lead;
}

void Finish(Object& object) {
  for (size_t i = 0; i < object.fields.size(); ++i) {
    object.field_ids[object.fields[i].name] = static_cast<FieldId>(i);
  }
  for (size_t i = 0; i < object.moments.size(); ++i) {
    object.evaluation_order.push_back(static_cast<MomentId>(i));
  }
}

void AddKpi(Definition& definition, const std::string& name, KpiKind kind, Term term) {
  term.group_sets = {{.group_set = 0}};
  Kpi kpi;
  kpi.name = name;
  kpi.help = name;
  kpi.kind = kind;
  kpi.exported = true;
  kpi.over = {ParseWindow("all").value()};
  kpi.per = {0};
  kpi.term = static_cast<TermId>(definition.terms.size());
  definition.terms.push_back(std::move(term));
  definition.kpi_ids[name] = static_cast<KpiId>(definition.kpis.size());
  definition.kpis.push_back(std::move(kpi));
}

bool FillChange(const std::vector<absl::string_view>& words, RawChange& change) {
  int64_t minute = 0;
  if (words.size() < 4 || !absl::SimpleAtoi(words[2], &minute)) return false;
  change.object = words[0];
  change.id = words[1];
  change.has_time = true;
  change.time = EventTime::From(kNewYear + absl::Minutes(minute));
  change.kind = words[3] == "record"   ? ChangeKind::kRecord
                : words[3] == "delete" ? ChangeKind::kDelete
                                       : ChangeKind::kPatch;
  for (size_t i = 4; i < words.size(); ++i) {
    const std::pair<absl::string_view, absl::string_view> field = absl::StrSplit(words[i], '=');
    change.fields.push_back({field.first, {RawValue::Kind::kText, field.second, 0}});
  }
  return true;
}

}  // namespace

std::shared_ptr<const Definition> DealsAndLeads() {
  auto definition = std::make_shared<Definition>();
  definition->levels = {{.name = "company"}};
  definition->group_sets = {{.dimensions = {}, .size = 1}};
  definition->objects = {MakeDeal(), MakeLead()};
  for (size_t i = 0; i < definition->objects.size(); ++i) {
    Finish(definition->objects[i]);
    definition->object_ids[definition->objects[i].name] = static_cast<ObjectId>(i);
  }
  AddKpi(*definition, "deals", KpiKind::kCount, {.object = kDeal, .at = {kCreatedMoment}});
  AddKpi(*definition, "amount", KpiKind::kSum,
         {.object = kDeal,
          .measure = {.kind = MeasureKind::kField, .field = kAmount},
          .at = {kWonMoment}});
  AddKpi(*definition, "customers", KpiKind::kCount, {.object = kLead, .at = {kCustomerMoment}});
  NumberRows(*definition);
  return definition;
}

DecodeResult TextDecoder::Decode(const Record& record, RawChanges& changes) {
  if (record.value == "bad") return Rejection{Reason::kMalformed, "bad"};
  if (record.value == "skip") return Filtered{};
  // Several changes in one record stand behind each other, divided by semicolons.
  for (const absl::string_view part : absl::StrSplit(record.value, ';')) {
    if (!FillChange(absl::StrSplit(part, ' '), changes.Add())) {
      changes.Clear();
      return Rejection{Reason::kMalformed, std::string(part)};
    }
  }
  return std::monostate();
}

absl::Status WorldSource::Open(const std::vector<Position>& positions) {
  next_.assign(world_.partitions.size(), 0);
  for (const Position& position : positions) {
    next_[position.partition] = static_cast<size_t>(position.next_offset);
  }
  world_.opened_at = positions;
  return absl::OkStatus();
}

absl::Status WorldSource::Poll(absl::Duration, int records_max, const RecordCallback& callback) {
  if (!world_.poll_status.ok()) return world_.poll_status;
  for (size_t partition = 0; partition < next_.size(); ++partition) {
    const std::vector<MemoryRecord>& records = world_.partitions[partition];
    for (; next_[partition] < records.size() && records_max > 0; --records_max) {
      const MemoryRecord& from = records[next_[partition]];
      Record record;
      record.topic = "deals";
      record.partition = static_cast<int32_t>(partition);
      record.offset = static_cast<int64_t>(next_[partition]++);
      record.next_offset = record.offset + 1;
      record.record_time_micros = absl::ToUnixMicros(kNewYear + absl::Hours(24 * 365));
      record.has_value = from.value.has_value();
      if (record.has_value) record.value = *from.value;
      for (const auto& [name, value] : from.headers) record.headers.emplace_back(name, value);
      callback(record);
    }
  }
  return absl::OkStatus();
}

std::vector<PartitionState> WorldSource::Partitions() const {
  std::vector<PartitionState> states;
  for (size_t partition = 0; partition < next_.size(); ++partition) {
    PartitionState state;
    state.topic = "deals";
    state.partition = static_cast<int32_t>(partition);
    state.next_offset = static_cast<int64_t>(next_[partition]);
    state.end_offset = static_cast<int64_t>(world_.partitions[partition].size());
    const bool at_end = state.next_offset == state.end_offset;
    state.idle_by_proof = at_end && world_.is_idle;
    state.finished = at_end && world_.is_finite;
    states.push_back(state);
  }
  return states;
}

absl::StatusOr<uint64_t> WorldLetters::Send(const DeadLetter& letter) {
  if (sent_ - acknowledged_ >= world_.letters_pending_max) {
    return absl::ResourceExhaustedError("too many letters are pending");
  }
  ++world_.letters[{letter.record.partition, letter.record.offset}];
  return sent_++;
}

void WorldLetters::Poll() {
  if (world_.acknowledge) acknowledged_ = sent_;
}

absl::Status WorldLetters::Flush(absl::Duration) {
  Poll();
  return absl::OkStatus();
}

SourceParts PartsOf(World& world, const std::string& name) {
  SourceParts parts;
  parts.settings.name = name;
  parts.source = std::make_unique<WorldSource>(world, name);
  parts.decoder = std::make_unique<TextDecoder>();
  parts.dead_letters = std::make_unique<WorldLetters>(world);
  return parts;
}

EngineParts PartsOf(World& world, std::shared_ptr<MemoryDisk> disk, Clock& clock,
                    const Shape& shape) {
  EngineParts parts;
  parts.definition = DealsAndLeads();
  parts.settings.workers = shape.workers;
  parts.records_per_poll_max = shape.records_per_poll;
  parts.clock = &clock;
  parts.sources.push_back(PartsOf(world, "crm"));
  if (disk != nullptr) parts.journal = std::make_unique<MemoryJournalFiles>(std::move(disk));
  return parts;
}

double ValueOf(const std::shared_ptr<const Snapshot>& snapshot, const std::string& kpi) {
  if (snapshot == nullptr) return std::nan("");
  const Sample* sample = Find(*snapshot, absl::StrCat("sales_company_", kpi), {});
  return sample == nullptr ? std::nan("") : sample->value;
}

}  // namespace takt
