#include "connectors/mapping/mapping_decoder.h"

#include <algorithm>
#include <optional>

#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "connectors/mapping/mapping_fields.h"
#include "connectors/mapping/mapping_input.h"
#include "connectors/mapping/mapping_values.h"
#include "engine/base/status_macros.h"
#include "engine/time/parse_time.h"

namespace takt {
namespace {

using Kind = MappingCell::Kind;
using Root = MappingPath::Root;

constexpr size_t kChangesMax = 16384;  // of one record

// Which numbers make up the place of a rule's changes: see "Identity" in the header.
struct PlaceParts {
  bool document = true;
  bool item = true;
};

PlaceParts PlacePartsOf(const MappingRule& rule) {
  PlaceParts parts;
  for (const MappingPath& path : rule.event_id) {
    if (path.root == Root::kDocument || path.root == Root::kItem) parts.document = false;
    if (path.root == Root::kItem) parts.item = false;
  }
  return parts;
}

// Where a rule is being carried out.
struct Position {
  MappingFocus focus;
  uint32_t document_number = 0;
  uint32_t item_number = 0;
};

class RuleDecoder final : public MappingDecoder {
 public:
  RuleDecoder(MappingFile file, MappingZones zones, std::optional<int64_t> as_of_micros)
      : file_(std::move(file)),
        zones_(std::move(zones)),
        input_(file_, as_of_micros),
        fields_(input_, zones_, arena_) {
    for (const MappingRule& rule : file_.rules) place_parts_.push_back(PlacePartsOf(rule));
  }

  DecodeResult Decode(const Record& record, RawChanges& changes) override {
    changes.Clear();
    arena_.Clear();
    std::optional<Rejection> rejection = input_.Open(record);
    if (!rejection.has_value()) rejection = TakeDocuments(changes);
    if (rejection.has_value()) {
      changes.Clear();
      return *std::move(rejection);
    }
    if (changes.size() == 0) return Filtered{};
    return {};
  }

  std::vector<std::pair<std::string, uint64_t>> UnmappedValues() const override {
    return fields_.unmapped().Get();
  }

  void Trace() override { input_.Trace(); }
  std::vector<std::string> UnreachedFields() const override { return input_.Unreached(); }

 private:
  std::optional<Rejection> TakeDocuments(RawChanges& changes) {
    Position position;
    if (!file_.explode.has_value()) return TakeDocument(position, changes);
    const JsonTree& tree = input_.tree();
    const uint32_t all = input_.NodeAt(*file_.explode, position.focus);
    if (all == JsonTree::kNone) return NoRuleMatches();
    if (tree[all].kind != JsonNode::Kind::kArray) {
      position.focus.document = all;
      return TakeDocument(position, changes);
    }
    for (uint32_t node = tree.FirstChild(all); node != JsonTree::kNone;
         node = tree.NextChild(all, node)) {
      position.focus.document = node;
      if (auto rejection = TakeDocument(position, changes)) return rejection;
      ++position.document_number;
    }
    return std::nullopt;
  }

  std::optional<Rejection> TakeDocument(Position position, RawChanges& changes) {
    if (file_.unwrap.has_value()) {
      const uint32_t inside = input_.NodeAt(*file_.unwrap, position.focus);
      if (inside != JsonTree::kNone) position.focus.document = inside;
    }
    for (size_t i = 0; i < file_.rules.size(); ++i) {
      const MappingRule& rule = file_.rules[i];
      if (PassesAll(rule.match, position.focus)) return TakeItems(i, position, changes);
    }
    return NoRuleMatches();
  }

  std::optional<Rejection> NoRuleMatches() const {
    if (file_.otherwise == MappingFile::Otherwise::kFilter) return std::nullopt;
    return Rejection{Reason::kUnmapped, "no rule of the mapping matches"};
  }

  bool PassesAll(const std::vector<MappingTest>& tests, const MappingFocus& focus) {
    return std::all_of(tests.begin(), tests.end(), [&](const MappingTest& test) {
      return PassesTest(test, input_.At(test.path, focus));
    });
  }

  std::optional<Rejection> TakeItems(size_t rule_number, Position position, RawChanges& changes) {
    const MappingRule& rule = file_.rules[rule_number];
    if (!rule.explode.has_value()) return TakeChanges(rule_number, position, changes);
    const JsonTree& tree = input_.tree();
    const uint32_t all = input_.NodeAt(*rule.explode, position.focus);
    if (all == JsonTree::kNone || tree.FirstChild(all) == JsonTree::kNone) {
      return Rejection{Reason::kMissingId, absl::StrCat("nothing in ", rule.explode->text)};
    }
    for (uint32_t node = tree.FirstChild(all); node != JsonTree::kNone;
         node = tree.NextChild(all, node)) {
      position.focus.item = node;
      if (auto rejection = TakeChanges(rule_number, position, changes)) return rejection;
      ++position.item_number;
    }
    return std::nullopt;
  }

  std::optional<Rejection> TakeChanges(size_t rule_number, const Position& position,
                                       RawChanges& changes) {
    const MappingRule& rule = file_.rules[rule_number];
    const PlaceParts& parts = place_parts_[rule_number];
    const uint32_t document = parts.document ? position.document_number : 0;
    const uint32_t item = parts.item ? position.item_number : 0;
    for (uint32_t number = 0; number < rule.changes.size(); ++number) {
      const MappingChange& plan = rule.changes[number];
      if (!PassesAll(plan.when, position.focus)) continue;
      const MappingOutcome outcome = OutcomeOf(plan.op, position.focus);
      if (outcome == MappingOutcome::kFilter) continue;
      if (outcome == MappingOutcome::kDeadLetter) {
        return Rejection{Reason::kUnmapped,
                         absl::StrCat("operation: ", OperationText(plan.op, position.focus))};
      }
      const MappingField* property = nullptr;
      if (plan.property.has_value()) {
        property = PropertyOf(*plan.property, position.focus);
        if (property == nullptr) continue;
      }
      if (changes.size() == kChangesMax) {
        return Rejection{Reason::kTooLarge, "more than 16384 changes"};
      }
      RawChange& change = changes.Add();
      change.kind = KindOf(outcome);
      change.place = (document * 4096 + item) * 64 + number;
      if (rule.order.empty()) change.order.minor = number;
      if (auto rejection = Fill(rule, plan, property, position.focus, change)) return rejection;
    }
    return std::nullopt;
  }

  absl::string_view OperationText(const MappingOp& op, const MappingFocus& focus) {
    return op.from.has_value() ? input_.At(*op.from, focus).text : "dead_letter";
  }

  MappingOutcome OutcomeOf(const MappingOp& op, const MappingFocus& focus) {
    if (!op.from.has_value()) return op.otherwise;
    const MappingCell cell = input_.At(*op.from, focus);
    if (cell.has_value() && cell.kind != Kind::kNested) {
      for (const auto& [pattern, outcome] : op.outcomes) {
        if (MatchesPattern(cell.text, pattern)) return outcome;
      }
    }
    return op.otherwise;
  }

  static ChangeKind KindOf(MappingOutcome outcome) {
    switch (outcome) {
      case MappingOutcome::kRecord:
        return ChangeKind::kRecord;
      case MappingOutcome::kDelete:
        return ChangeKind::kDelete;
      case MappingOutcome::kUndelete:
        return ChangeKind::kUndelete;
      case MappingOutcome::kPatch:
      case MappingOutcome::kFilter:
      case MappingOutcome::kDeadLetter:
        break;
    }
    return ChangeKind::kPatch;
  }

  const MappingField* PropertyOf(const MappingProperty& property, const MappingFocus& focus) {
    const auto found = property.fields.find(std::string(input_.At(property.key, focus).text));
    return found == property.fields.end() ? nullptr : &found->second;
  }

  std::optional<Rejection> Fill(const MappingRule& rule, const MappingChange& plan,
                                const MappingField* property, const MappingFocus& focus,
                                RawChange& change) {
    change.object = plan.object;
    change.id = plan.join_id ? Joined(plan.id, '/', focus) : FirstText(plan.id, focus);
    // Not to be met in an id, so that two ways to join never give one text.
    change.event_id = Joined(rule.event_id, '\x1f', focus);
    if (auto rejection = ReadTime(plan.time, focus, change)) return rejection;
    if (auto rejection = ReadOrder(rule, focus, change)) return rejection;
    for (const MappingField& field : plan.fields) {
      if (auto rejection = fields_.Read(field, focus, change)) return rejection;
    }
    return property == nullptr ? std::nullopt : fields_.Read(*property, focus, change);
  }

  absl::string_view FirstText(const std::vector<MappingPath>& paths, const MappingFocus& focus) {
    for (const MappingPath& path : paths) {
      const MappingCell cell = input_.At(path, focus);
      if (cell.has_value() && cell.kind != Kind::kNested) return cell.text;
    }
    return {};
  }

  // The texts at all paths; empty when there is none at any.
  absl::string_view Joined(const std::vector<MappingPath>& paths, char separator,
                           const MappingFocus& focus) {
    if (paths.size() < 2) return FirstText(paths, focus);
    std::string& joined = arena_.Add();
    bool any = false;
    for (const MappingPath& path : paths) {
      if (&path != &paths.front()) joined.push_back(separator);
      const MappingCell cell = input_.At(path, focus);
      if (!cell.has_value() || cell.kind == Kind::kNested) continue;
      any = true;
      joined.append(cell.text.data(), cell.text.size());
    }
    return any ? absl::string_view(joined) : absl::string_view();
  }

  std::optional<Rejection> ReadTime(const MappingTime& time, const MappingFocus& focus,
                                    RawChange& change) {
    for (const MappingPath& path : time.from) {
      const MappingCell cell = input_.At(path, focus);
      if (!cell.has_value()) continue;
      const std::optional<int64_t> micros =
          ReadMappedTime(time.unit, zones_.Of(time.unit.zone), cell);
      if (!micros.has_value()) {
        return Rejection{Reason::kBadTime, absl::StrCat(path.text, ": not as the mapping says")};
      }
      change.has_time = true;
      change.time.micros = *micros;
      return std::nullopt;
    }
    return std::nullopt;
  }

  std::optional<Rejection> ReadOrder(const MappingRule& rule, const MappingFocus& focus,
                                     RawChange& change) {
    uint64_t* const parts[] = {&change.order.major, &change.order.minor};
    for (size_t i = 0; i < rule.order.size() && i < 2; ++i) {
      const MappingCell cell = input_.At(rule.order[i], focus);
      if (!cell.has_value()) continue;
      if (!absl::SimpleAtoi(cell.text, parts[i])) {
        return Rejection{Reason::kBadValue,
                         absl::StrCat(rule.order[i].text, ": an order is a whole number")};
      }
    }
    return std::nullopt;
  }

  const MappingFile file_;
  const MappingZones zones_;
  std::vector<PlaceParts> place_parts_;  // by rule
  TextArena arena_;
  MappingInput input_;
  MappingFields fields_;
};

absl::Status LoadZones(const MappingFile& file, MappingZones& zones) {
  for (const MappingRule& rule : file.rules) {
    for (const MappingChange& change : rule.changes) {
      TAKT_RETURN_IF_ERROR(zones.Load(change.time.unit.zone));
      for (const MappingField& field : change.fields) {
        TAKT_RETURN_IF_ERROR(zones.Load(field.unit.zone));
      }
      if (!change.property.has_value()) continue;
      for (const auto& [name, field] : change.property->fields) {
        TAKT_RETURN_IF_ERROR(zones.Load(field.unit.zone));
      }
    }
  }
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<std::unique_ptr<MappingDecoder>> MakeMappingDecoder(MappingFile file,
                                                                   const Calendar& calendar) {
  if (file.rules.empty()) return absl::InvalidArgumentError("the mapping has no rules");
  MappingZones zones(calendar.zone());
  TAKT_RETURN_IF_ERROR(LoadZones(file, zones));
  std::optional<int64_t> as_of;
  if (!file.as_of.empty()) {
    as_of = ParseTime(file.as_of, calendar.zone());
    if (!as_of.has_value()) {
      return absl::InvalidArgumentError(absl::StrCat("as_of is no time: ", file.as_of));
    }
  }
  return std::make_unique<RuleDecoder>(std::move(file), std::move(zones), as_of);
}

}  // namespace takt
