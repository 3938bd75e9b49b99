#include "engine/kpi/page.h"

#include <algorithm>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "engine/kpi/labels.h"
#include "engine/kpi/number_text.h"
#include "engine/kpi/watch_series.h"

namespace takt {
namespace {

// Bytes that a sample takes beside its name and labels: blank, value, line feed.
constexpr size_t kSampleRestBytes = 24;

class PageWriter {
 public:
  explicit PageWriter(PageFormat format) : format_(format) {}

  // Prometheus knows no type `info`; there it is a gauge whose name keeps the suffix.
  void BeginInfo(const std::string& name, const std::string& help) {
    if (format_ == PageFormat::kOpenMetrics) {
      Head(name, "info", help);
    } else {
      Head(absl::StrCat(name, "_info"), "gauge", help);
    }
  }

  void BeginGauge(const std::string& name, const std::string& help) {
    Head(name, "gauge", help);
    if (format_ == PageFormat::kOpenMetrics && absl::EndsWith(name, "_seconds")) {
      absl::StrAppend(&page_, "# UNIT ", name, " seconds\n");
    }
  }

  void AddSample(const std::string& name, const std::string& labels, double value) {
    page_.append(name);
    page_.append(labels);
    page_.push_back(' ');
    AppendNumber(value, &page_);
    page_.push_back('\n');
  }

  void Reserve(size_t bytes) { page_.reserve(page_.size() + bytes); }

  std::string Finish() && {
    if (format_ == PageFormat::kOpenMetrics) page_.append("# EOF\n");
    return std::move(page_);
  }

 private:
  void Head(const std::string& name, const char* type, const std::string& help) {
    absl::StrAppend(&page_, "# HELP ", name, " ", EscapedHelp(help), "\n# TYPE ", name, " ", type,
                    "\n");
  }

  std::string EscapedHelp(const std::string& help) const {
    if (format_ == PageFormat::kOpenMetrics) return EscapedLabelValue(help);
    return absl::StrReplaceAll(help, {{"\\", "\\\\"}, {"\n", "\\n"}});
  }

  PageFormat format_;
  std::string page_;
};

size_t BytesOf(const Snapshot& snapshot) {
  size_t bytes = 4096;
  for (const Family& family : snapshot.families) {
    bytes += 2 * family.name.size() + family.help.size() + 64;
    for (const Sample& sample : family.samples) {
      bytes += family.name.size() + sample.labels.text().size() + kSampleRestBytes;
    }
  }
  return bytes;
}

void WriteInfo(const Definition& definition, PageWriter& writer) {
  const bool any = std::any_of(definition.kpis.begin(), definition.kpis.end(),
                               [](const Kpi& kpi) { return kpi.exported; });
  if (!any) return;
  writer.BeginInfo("takt_kpi",
                   "What each KPI is: its unit, its currency where it is money, its "
                   "definition.");
  for (const Kpi& kpi : definition.kpis) {
    if (!kpi.exported) continue;
    const bool is_money = kpi.unit.powers.contains("money");
    const Labels labels = {{"kpi", kpi.name},
                           {"unit", UnitText(kpi.unit)},
                           {"currency", is_money ? definition.currency.code : ""},
                           {"definition", kpi.help}};
    writer.AddSample("takt_kpi_info", labels.text(), 1);
  }
}

}  // namespace

std::string RenderPage(const Definition& definition, const Snapshot& snapshot, PageFormat format) {
  PageWriter writer(format);
  writer.Reserve(BytesOf(snapshot));
  for (const Family& family : snapshot.families) {
    if (family.samples.empty()) continue;
    writer.BeginGauge(family.name,
                      family.help.empty() ? definition.kpis[family.kpi].name : family.help);
    for (const Sample& sample : family.samples) {
      writer.AddSample(family.name, sample.labels.text(), sample.value);
    }
  }
  for (const WatchFamily& family : WatchFamilies(definition, snapshot)) {
    writer.BeginGauge(family.name, family.help);
    for (const Sample& sample : family.samples) {
      writer.AddSample(family.name, sample.labels.text(), sample.value);
    }
  }
  WriteInfo(definition, writer);
  writer.BeginGauge("takt_data_as_of_timestamp_seconds",
                    "The moment that the KPIs are as of, in event time.");
  writer.AddSample("takt_data_as_of_timestamp_seconds", "",
                   static_cast<double>(snapshot.now.micros) / 1e6);
  return std::move(writer).Finish();
}

}  // namespace takt
