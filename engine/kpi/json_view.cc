#include "engine/kpi/json_view.h"

#include <cmath>

#include "absl/strings/str_cat.h"
#include "absl/time/time.h"
#include "engine/kpi/json_writer.h"
#include "engine/kpi/number_text.h"
#include "engine/kpi/watch_json.h"

namespace takt {
namespace {

void AppendMember(const char* name, const std::string& text, std::string* out) {
  absl::StrAppend(out, "\"", name, "\":");
  AppendJsonText(text, out);
}

void AppendLabels(const Labels& labels, std::string* out) {
  out->push_back('{');
  for (size_t i = 0; i < labels.size(); ++i) {
    if (i > 0) out->push_back(',');
    AppendJsonText(labels[i].first, out);
    out->push_back(':');
    AppendJsonText(labels[i].second, out);
  }
  out->push_back('}');
}

// What all elements of a family begin with.
std::string HeadOf(const Definition& definition, const Family& family) {
  const Kpi& kpi = definition.kpis[family.kpi];
  std::string head = "{";
  AppendMember("kpi", kpi.name, &head);
  head.push_back(',');
  AppendMember("level", definition.levels[family.level].name, &head);
  head.push_back(',');
  AppendMember("part", family.part, &head);
  head.push_back(',');
  AppendMember("unit", UnitOfPart(kpi, family.part), &head);
  head.push_back(',');
  AppendMember("series", family.name, &head);
  head.append(",\"labels\":");
  return head;
}

// The positions that the values are a function of.
void AppendRead(const Snapshot& snapshot, std::string* out) {
  out->append("\"read\":[");
  for (size_t i = 0; i < snapshot.read.size(); ++i) {
    const ReadPosition& position = snapshot.read[i];
    out->append(i > 0 ? ",{" : "{");
    AppendMember("source", position.source, out);
    out->push_back(',');
    AppendMember("topic", position.topic, out);
    absl::StrAppend(out, ",\"partition\":", position.partition,
                    ",\"next_offset\":", position.next_offset, "}");
  }
  out->append("],");
}

}  // namespace

std::string RenderJson(const Definition& definition, const Snapshot& snapshot) {
  std::string out = absl::StrCat(
      "{\"now\":\"",
      absl::FormatTime("%Y-%m-%dT%H:%M:%E*SZ", snapshot.now.ToTime(), absl::UTCTimeZone()), "\",");
  AppendRead(snapshot, &out);
  out.append("\"kpis\":[");
  bool first = true;
  for (const Family& family : snapshot.families) {
    const std::string head = HeadOf(definition, family);
    for (const Sample& sample : family.samples) {
      if (!first) out.push_back(',');
      first = false;
      out.append(head);
      AppendLabels(sample.labels, &out);
      out.append(",\"value\":");
      if (std::isfinite(sample.value)) {
        AppendNumber(sample.value, &out);
      } else {
        out.append("null");
      }
      out.push_back('}');
    }
  }
  absl::StrAppend(&out, "],", WatchMembers(definition, snapshot), "}");
  return out;
}

}  // namespace takt
