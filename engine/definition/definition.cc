#include "engine/definition/definition.h"

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"

namespace takt {

void NumberRows(Definition& definition) {
  RowId next = 0;
  for (Term& term : definition.terms) {
    for (TermRows& rows : term.group_sets) {
      rows.first_row = next;
      next += definition.group_sets[rows.group_set].size;
    }
  }
  definition.row_count = next;
}

std::string RuleName(const Alert& alert) {
  std::string name = "Sales";
  bool begins = true;
  for (const char c : alert.name) {
    if (c != '_') name.push_back(begins ? absl::ascii_toupper(static_cast<unsigned char>(c)) : c);
    begins = c == '_';
  }
  return name;
}

const char* SeverityName(Severity severity) {
  return severity == Severity::kPage ? "page" : "ticket";
}

std::string UnitText(const Unit& unit) {
  std::string above;
  std::string below;
  for (const auto& [name, power] : unit.powers) {
    std::string& side = power > 0 ? above : below;
    const int magnitude = power > 0 ? power : -power;
    absl::StrAppend(&side, side.empty() ? "" : " ", name);
    if (magnitude > 1) absl::StrAppend(&side, "^", magnitude);
  }
  if (above.empty() && below.empty()) return "ratio";
  if (below.empty()) return above;
  return absl::StrCat(above.empty() ? "1" : above, "/", below);
}

}  // namespace takt
