#include "engine/app/plan_items.h"

#include <algorithm>
#include <fstream>
#include <sstream>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "engine/app/term_text.h"

namespace takt {
namespace {

constexpr char kReadAgain[] =
    "replay: stop the engine, move the journal's folder away, start it: the sources are read again";

bool SameNode(const Node& a, const Node& b, bool ordered) {
  if (a.kind != b.kind || a.text != b.text || a.items.size() != b.items.size()) return false;
  ordered = ordered || absl::StrContains(a.path, ".pipelines");
  for (size_t i = 0; i < a.items.size(); ++i) {
    const Node* other = &b.items[i];
    if (a.IsMap() && !ordered) other = b.Find(a.items[i].key);
    if (other == nullptr || a.items[i].key != other->key) return false;
    if (!SameNode(a.items[i], *other, ordered)) return false;
  }
  return true;
}

// How many keys of a path make one item.
size_t ItemDepth(const std::string& section) {
  if (section == "objects") return 4;
  if (section == "sources") return 3;
  return 2;
}

std::string FileContent(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  std::stringstream content;
  content << file.rdbuf();
  return content.str();
}

class Planning {
 public:
  Planning(const LoadedConfig& before, const LoadedConfig& after,
           const std::optional<JournalFacts>& journal)
      : before_(before),
        after_(after),
        old_(*before.settings.definition),
        new_(*after.settings.definition),
        journal_(journal) {
    for (const Term& term : old_.terms) old_terms_.insert(TermText(old_, term));
  }

  std::vector<PlanItem> Run() && {
    Walk(&before_.root, &after_.root, 0);
    CompareMoney();
    CompareObjects();
    CompareFiles();
    CompareUnexplainedTerms();
    std::stable_sort(items_.begin(), items_.end(),
                     [](const PlanItem& a, const PlanItem& b) { return a.effort > b.effort; });
    return std::move(items_);
  }

 private:
  std::string PlaceText(const LoadedConfig& config, const Place& place) const {
    if (place.line == 0 || static_cast<size_t>(place.file) >= config.files.size()) return "";
    return absl::StrCat(config.files[static_cast<size_t>(place.file)], ":", place.line, ":",
                        place.column);
  }

  static const Place& PlaceOf(const Node& node) {
    return node.key.empty() ? node.place : node.key_place;
  }

  // Where an item is that only the definition shows: the node of this path, or what leads to it.
  std::string PlaceOfPath(const LoadedConfig& config, const std::string& path) const {
    const Node* node = &config.root;
    std::string place;
    for (const absl::string_view key : absl::StrSplit(path, '.')) {
      node = node->Find(key);
      if (node == nullptr) break;
      place = PlaceText(config, PlaceOf(*node));
    }
    return place;
  }

  // The first place below `node` whose text names `word`.
  const Node* FindWord(const Node& node, const std::string& word) const {
    const auto names = [&](const std::string& text) {
      for (size_t at = text.find(word); at != std::string::npos; at = text.find(word, at + 1)) {
        const auto is_part = [](char c) { return absl::ascii_isalnum(c) || c == '_'; };
        const size_t end = at + word.size();
        if ((at == 0 || !is_part(text[at - 1])) && (end == text.size() || !is_part(text[end]))) {
          return true;
        }
      }
      return false;
    };
    if (names(node.text) || node.key == word) return &node;
    for (const Node& item : node.items) {
      if (const Node* found = FindWord(item, word)) return found;
    }
    return nullptr;
  }

  void Add(PlanItem item) { items_.push_back(std::move(item)); }

  void Walk(const Node* before, const Node* after, size_t depth) {
    if (before != nullptr && after != nullptr && SameNode(*before, *after, false)) return;
    const Node& here = after != nullptr ? *after : *before;
    const std::string section = here.path.substr(0, here.path.find('.'));
    const bool both_maps =
        before != nullptr && after != nullptr && before->IsMap() && after->IsMap();
    const bool whole_section = depth == 1 && here.IsMap();  // told by what is in it
    const bool divides = depth == 0 || whole_section || (depth < ItemDepth(section) && both_maps);
    if (!divides) return AddItem(before, after, section);
    std::set<std::string> seen;
    if (after != nullptr) {
      for (const Node& item : after->items) {
        seen.insert(item.key);
        Walk(before == nullptr ? nullptr : before->Find(item.key), &item, depth + 1);
      }
    }
    if (before == nullptr) return;
    for (const Node& item : before->items) {
      if (!seen.contains(item.key)) Walk(&item, nullptr, depth + 1);
    }
  }

  void AddItem(const Node* before, const Node* after, const std::string& section) {
    const Node& here = after != nullptr ? *after : *before;
    PlanItem item;
    item.path = here.path;
    item.what = before == nullptr ? "new" : after == nullptr ? "taken out" : "changed";
    item.place =
        after != nullptr ? PlaceText(after_, PlaceOf(here)) : PlaceText(before_, PlaceOf(here));
    Judge(section, item);
    Add(std::move(item));
  }

  void Judge(const std::string& section, PlanItem& item) const {
    const auto say = [&](Effort effort, const char* why) {
      item.effort = effort;
      item.why = why;
    };
    if (section == "kpis") return JudgeKpi(item);
    if (section == "dimensions" || section == "calendar") {
      return say(Effort::kFold, "facts go to other groups or panes");
    }
    if (section == "objects")
      return say(Effort::kFold, "moments and facts follow anew from the histories");
    if (section == "sources") return JudgeSource(item);
    if (section == "engine") return JudgeEngine(item);
    if (section == "use") return say(Effort::kNothing, "what it brings is told by itself");
    if (section == "money") return say(Effort::kNothing, "see the currency");
    if (section == "alerts" || section == "goals") {
      return say(Effort::kNothing, "evaluated from the values that are there");
    }
    say(Effort::kNothing, "no value depends on it");
  }

  void JudgeKpi(PlanItem& item) const {
    const std::string name = item.path.substr(item.path.find('.') + 1);
    const auto found = new_.kpi_ids.find(name);
    if (found == new_.kpi_ids.end()) {
      item.why = "its rows are left out";
      return;
    }
    for (const std::string& text : TermTextsOf(new_, found->second)) {
      if (old_terms_.contains(text)) continue;
      item.effort = Effort::kFold;
      item.why = "it adds up facts, or groups of them, that no cells hold yet";
      return;
    }
    item.why = "evaluated from the cells that are there";
  }

  void JudgeSource(PlanItem& item) const {
    const std::vector<std::string> keys = absl::StrSplit(item.path, '.');
    const std::string key = keys.size() > 2 ? keys[2] : "";
    if (keys.size() == 2 || item.what != "changed") {
      const bool is_out = item.what == "taken out";
      item.effort = Effort::kRestart;
      item.why = is_out ? "what it said stays in the journal" : "it is read from its beginning";
    } else if (key == "mapping") {
      item.effort = Effort::kReplay;
      item.why = absl::StrCat("the journal holds what the old mapping made of earlier records; ",
                              kReadAgain);
    } else if (key == "kafka" || key == "file") {
      item.effort = Effort::kRestart;
      item.why = "new topics and files are read from their beginning; another cluster is refused";
    } else {
      item.effort = Effort::kRestart;
      item.why = "it holds for records that are read from then on";
    }
  }

  void JudgeEngine(PlanItem& item) const {
    item.effort = Effort::kRestart;
    item.why = "how the process runs, not what it computes";
    if (item.path != "engine.journal") return;
    item.effort = Effort::kReplay;
    item.why = "another folder: if it is empty, everything is read again from the sources";
  }

  void CompareMoney() {
    if (old_.currency.code == new_.currency.code) return;
    Add({Effort::kReplay, PlaceOfPath(after_, "money.report_in"), "money.report_in", "changed",
         absl::StrCat("the journal keeps amounts in ", old_.currency.code, "; ", kReadAgain)});
  }

  void CompareObjects() {
    for (const Object& object : new_.objects) {
      const auto known = old_.object_ids.find(object.name);
      const std::string path = absl::StrCat("objects.", object.name);
      if (known == old_.object_ids.end()) {
        Add({Effort::kReplay, PlaceOfPath(after_, path), path, "new",
             absl::StrCat("its records became dead letters (unknown_object) and were never kept; ",
                          kReadAgain)});
        continue;
      }
      CompareFields(old_.objects[known->second], object);
      CompareStages(old_.objects[known->second], object);
      CompareKeep(old_.objects[known->second], object);
    }
  }

  void CompareFields(const Object& before, const Object& after) {
    for (const Field& field : after.fields) {
      const auto known = before.field_ids.find(field.name);
      if (known == before.field_ids.end()) {
        AddNewField(after, field);
      } else if (before.fields[known->second].type != field.type) {
        AddNewType(after, field);
      }
    }
  }

  std::string PlaceOfField(const Object& object, const std::string& field) const {
    const Node* node = FindWord(after_.root, absl::StrCat(object.name, ".", field));
    if (node == nullptr) node = FindWord(after_.root, field);
    return node == nullptr ? ""
                           : PlaceText(after_, node->place.line > 0 ? node->place : PlaceOf(*node));
  }

  void AddNewField(const Object& object, const Field& field) {
    PlanItem item;
    item.path = absl::StrCat(object.name, ".", field.name);
    item.what = "new field";
    item.place = PlaceOfField(object, field.name);
    item.effort = Effort::kReplay;
    item.why =
        absl::StrCat("field ", field.name, " was never kept: replay the source; ", kReadAgain);
    if (journal_.has_value()) {
      const auto kept = journal_->kept.find(item.path);
      const auto all = journal_->of_object.find(object.name);
      const uint64_t changes = all == journal_->of_object.end() ? 0 : all->second;
      const uint64_t with = kept == journal_->kept.end() ? 0 : kept->second;
      if (changes == 0) {
        item.effort = Effort::kFold;
        item.why = absl::StrCat("the journal holds no change of ", object.name);
      } else if (with == changes) {
        item.effort = Effort::kFold;
        item.why = "an earlier configuration had it: the journal kept it all along";
      } else if (with > 0) {
        item.why = absl::StrCat("field ", field.name, " was kept for ", with, " of ", changes,
                                " changes of ", object.name, "; for the others ", kReadAgain);
      }
    }
    Add(std::move(item));
  }

  void AddNewType(const Object& object, const Field& field) {
    PlanItem item;
    item.path = absl::StrCat(object.name, ".", field.name);
    item.what = "other type";
    item.place = PlaceOfField(object, field.name);
    item.effort = Effort::kFold;
    item.why = "values that are exact in the new type are kept, others are left out";
    if (journal_.has_value() && journal_->translation.values_lost > 0) {
      item.effort = Effort::kReplay;
      item.why = absl::StrCat(journal_->translation.values_lost,
                              " values of the journal do not fit the new type; ", kReadAgain);
    }
    Add(std::move(item));
  }

  void CompareStages(const Object& before, const Object& after) {
    std::set<std::string> old_names;
    std::set<std::string> new_names;
    for (const Stage& stage : before.stages) old_names.insert(stage.name);
    for (const Stage& stage : after.stages) new_names.insert(stage.name);
    const std::string path = absl::StrCat("objects.", after.name, ".pipelines");
    for (const std::string& name : new_names) {
      if (old_names.empty() || old_names.contains(name)) continue;
      const Node* node = FindWord(after_.root, name);
      Add({Effort::kReplay,
           node == nullptr ? PlaceOfPath(after_, path) : PlaceText(after_, node->place), path,
           absl::StrCat("new stage ", name),
           "records with this stage became dead letters (unknown_stage): write them to the topic "
           "again"});
    }
    for (const std::string& name : old_names) {
      if (new_names.contains(name)) continue;
      std::string why = "changes into it count in no stage";
      if (journal_.has_value()) {
        const auto found = journal_->in_stage.find(absl::StrCat(after.name, " ", name));
        absl::StrAppend(&why, "; the journal holds ",
                        found == journal_->in_stage.end() ? 0 : found->second);
      }
      Add({Effort::kFold, PlaceOfPath(before_, path), path,
           absl::StrCat("stage ", name, " taken out"),
           absl::StrCat(why, "; keep the name in `pipelines` if it was renamed")});
    }
  }

  void CompareKeep(const Object& before, const Object& after) {
    if (before.keep == after.keep) return;
    const std::string path = absl::StrCat("objects.", after.name, ".keep");
    const bool longer =
        before.keep.has_value() && (!after.keep.has_value() || *after.keep > *before.keep);
    if (!longer) return;  // told as a change of the object
    Add({Effort::kReplay, PlaceOfPath(after_, path), path, "longer",
         "what was older at its arrival was refused (too_old): write the dead letters again"});
  }

  // Files that a configuration names, when only their content changed.
  void CompareFiles() {
    for (const SourceSettings& source : after_.settings.sources) {
      for (const SourceSettings& old : before_.settings.sources) {
        if (old.name != source.name || old.mapping.empty() || source.mapping.empty()) continue;
        if (FileContent(old.mapping) == FileContent(source.mapping)) continue;
        const std::string path = absl::StrCat("sources.", source.name, ".mapping");
        if (IsTold(path)) continue;
        Add({Effort::kReplay, PlaceOfPath(after_, path), path, "other content",
             absl::StrCat("the journal holds what the old mapping made of earlier records; ",
                          kReadAgain)});
      }
    }
    for (const Dimension& dimension : new_.dimensions) {
      const std::string path = absl::StrCat("dimensions.", dimension.name);
      if (!IsTold(path) && HasOtherRows(dimension)) {
        Add({Effort::kFold, PlaceOfPath(after_, path), path, "other rows",
             "the table says something else: facts go to other groups"});
      }
    }
  }

  bool HasOtherRows(const Dimension& dimension) const {
    const auto same_rows = [](const std::vector<Dimension::Row>& a,
                              const std::vector<Dimension::Row>& b) {
      return std::equal(a.begin(), a.end(), b.begin(), b.end(), [](const auto& x, const auto& y) {
        return x.since == y.since && x.value == y.value;
      });
    };
    for (const Dimension& old : old_.dimensions) {
      if (old.name != dimension.name) continue;
      if (old.values != dimension.values || old.table.size() != dimension.table.size()) return true;
      for (const auto& [root, rows] : dimension.table) {
        const auto found = old.table.find(root);
        if (found == old.table.end() || !same_rows(rows, found->second)) return true;
      }
    }
    return false;
  }

  bool IsTold(const std::string& path) const {
    return std::any_of(items_.begin(), items_.end(),
                       [&](const PlanItem& item) { return item.path == path; });
  }

  // Alerts and the like may ask for rows of their own.
  void CompareUnexplainedTerms() {
    const bool folds = std::any_of(items_.begin(), items_.end(), [](const PlanItem& item) {
      return item.effort >= Effort::kFold;
    });
    if (folds) return;
    for (const Term& term : new_.terms) {
      if (old_terms_.contains(TermText(new_, term))) continue;
      for (PlanItem& item : items_) {
        const bool asks =
            absl::StartsWith(item.path, "alerts") || absl::StartsWith(item.path, "goals");
        if (!asks) continue;
        item.effort = Effort::kFold;
        item.why = "it asks for groups that no cells hold yet";
      }
      return;
    }
  }

  const LoadedConfig& before_;
  const LoadedConfig& after_;
  const Definition& old_;
  const Definition& new_;
  const std::optional<JournalFacts>& journal_;
  std::set<std::string> old_terms_;
  std::vector<PlanItem> items_;
};

}  // namespace

const char* EffortName(Effort effort) {
  switch (effort) {
    case Effort::kNothing:
      return "nothing";
    case Effort::kRestart:
      return "restart";
    case Effort::kFold:
      return "fold again";
    case Effort::kReplay:
      return "replay";
  }
  return "";
}

std::vector<PlanItem> PlanItems(const LoadedConfig& before, const LoadedConfig& after,
                                const std::optional<JournalFacts>& journal) {
  return Planning(before, after, journal).Run();
}

}  // namespace takt
