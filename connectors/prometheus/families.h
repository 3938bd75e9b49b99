// A thin writer of prometheus-cpp's metric families, so that each series is one line where it is
// made.
//
// Threads: one owner. HELP texts must be one line: the library does not escape them.
#pragma once

#include <prometheus/client_metric.h>
#include <prometheus/metric_family.h>

#include <string>
#include <utility>
#include <vector>

namespace takt {

using Labels = std::vector<std::pair<std::string, std::string>>;

class Families {
 public:
  // Begins a family; Add adds samples to the latest one.
  void Gauge(const char* name, const char* help) {
    Begin(name, help, prometheus::MetricType::Gauge);
  }
  void Counter(const char* name, const char* help) {
    Begin(name, help, prometheus::MetricType::Counter);
  }
  void Add(double value, const Labels& labels = {});

  // A family with one sample and no labels.
  void Gauge(const char* name, const char* help, double value) {
    Gauge(name, help);
    Add(value);
  }
  void Counter(const char* name, const char* help, double value) {
    Counter(name, help);
    Add(value);
  }

  std::string Render() const;

 private:
  void Begin(const char* name, const char* help, prometheus::MetricType type);
  std::vector<prometheus::MetricFamily> families_;
};

}  // namespace takt
