#include "connectors/prometheus/families.h"

#include <prometheus/text_serializer.h>

namespace takt {

void Families::Begin(const char* name, const char* help, prometheus::MetricType type) {
  prometheus::MetricFamily& family = families_.emplace_back();
  family.name = name;
  family.help = help;
  family.type = type;
}

void Families::Add(double value, const Labels& labels) {
  prometheus::MetricFamily& family = families_.back();
  prometheus::ClientMetric& metric = family.metric.emplace_back();
  for (const auto& [name, text] : labels) metric.label.push_back({name, text});
  if (family.type == prometheus::MetricType::Counter) {
    metric.counter.value = value;
  } else {
    metric.gauge.value = value;
  }
}

std::string Families::Render() const {
  // A family without a sample has nothing to tell.
  std::vector<prometheus::MetricFamily> told;
  for (const prometheus::MetricFamily& family : families_) {
    if (!family.metric.empty()) told.push_back(family);
  }
  return prometheus::TextSerializer().Serialize(told);
}

}  // namespace takt
