#include "engine/app/trend.h"

#include <algorithm>
#include <limits>
#include <optional>
#include <set>
#include <utility>

#include "absl/container/flat_hash_map.h"
#include "absl/container/flat_hash_set.h"
#include "absl/strings/str_cat.h"
#include "engine/kpi/json_writer.h"
#include "engine/time/window.h"

namespace takt {
namespace {

constexpr int kDays = 28;
constexpr size_t kSamplesKeptMax = 1'000'000;
constexpr absl::Duration kKeptFor = absl::Seconds(30);
constexpr absl::Duration kEvaluateFor = absl::Seconds(1);

size_t SamplesOf(const Snapshot& snapshot) {
  size_t samples = 0;
  for (const Family& family : snapshot.families) samples += family.samples.size();
  return samples;
}

std::string TimeText(EventTime time) {
  return absl::FormatTime("%Y-%m-%dT%H:%M:%E*SZ", time.ToTime(), absl::UTCTimeZone());
}

// The last moment before `window` began; none for windows without a begin.
std::optional<EventTime> BeforeWindow(const Definition& definition, const std::string& label,
                                      EventTime now) {
  const Window* window = FindWindow(definition, label);
  if (window == nullptr) return std::nullopt;
  const MinuteRange range = Resolve(*window, MinuteOf(now.micros) + 1, definition.calendar);
  const EventTime before{int64_t{range.begin} * kMicrosPerMinute - 1};
  return IsAdmissible(before) ? std::optional<EventTime>(before) : std::nullopt;
}

std::set<std::string> WindowsOf(const Snapshot& snapshot) {
  std::set<std::string> windows;
  for (const Family& family : snapshot.families) {
    for (const Sample& sample : family.samples) {
      const std::string* window = sample.labels.Find("window");
      if (window != nullptr) windows.insert(*window);
    }
  }
  return windows;
}

// The series that have a curve, and their values at some moment.
class Curves {
 public:
  Curves(const Definition& definition, const Snapshot& selected) {
    for (const Family& family : selected.families) {
      if (family.part == "lower" || family.part == "upper") continue;
      if (!definition.kpis[family.kpi].split.empty()) continue;
      for (const Sample& sample : family.samples) {
        places_.emplace(absl::StrCat(family.name, sample.labels.text()), series_.size());
        names_.emplace(family.name);
        series_.push_back({&family, &sample});
      }
    }
  }

  struct Series {
    const Family* family;
    const Sample* sample;
  };
  const std::vector<Series>& series() const { return series_; }

  // By place; NaN where the snapshot has no such series, or is null.
  std::vector<double> ValuesAt(const Snapshot* snapshot) const {
    std::vector<double> values(series_.size(), std::numeric_limits<double>::quiet_NaN());
    if (snapshot == nullptr) return values;
    for (const Family& family : snapshot->families) {
      if (!names_.contains(family.name)) continue;
      for (const Sample& sample : family.samples) {
        const auto place = places_.find(absl::StrCat(family.name, sample.labels.text()));
        if (place != places_.end()) values[place->second] = sample.value;
      }
    }
    return values;
  }

 private:
  std::vector<Series> series_;
  absl::flat_hash_map<std::string, size_t> places_;
  absl::flat_hash_set<std::string> names_;
};

}  // namespace

Trend::Kept Trend::Prepared(const Definition& definition, const Snapshot& current,
                            const Snapshot& selected) {
  Kept kept;
  {
    MutexLock lock(mutex_);
    kept = kept_;
  }
  const EventTime now = current.now;
  const absl::Duration moved = absl::AbsDuration(now.ToTime() - kept.now.ToTime());
  const bool fits = kept.definition == &definition && !kept.days.empty();
  if (!fits || clock_.Monotonic() - kept.made > kKeptFor || moved > absl::Hours(24)) {
    kept = Kept{.definition = &definition, .now = now, .made = clock_.Monotonic()};
    const size_t affordable = kSamplesKeptMax / std::max<size_t>(SamplesOf(current), 1);
    const int days = static_cast<int>(std::clamp<size_t>(affordable, 2, kDays));
    for (int day = days; day > 0; --day) {
      const EventTime at{now.micros - absl::ToInt64Microseconds(absl::Hours(24 * day))};
      if (IsAdmissible(at)) kept.days.push_back({.at = at});
    }
  }
  for (const std::string& window : WindowsOf(selected)) {
    if (kept.before.contains(window)) continue;
    const auto before = BeforeWindow(definition, window, kept.now);
    if (before.has_value()) kept.before[window] = {.at = *before};
  }
  return kept;
}

// Newest first, as that is what is looked at; what fails now is not asked for again until all is new.
void Trend::Evaluate(Kept& kept) {
  std::vector<Point*> open;
  for (auto& [window, point] : kept.before) open.push_back(&point);
  for (auto point = kept.days.rbegin(); point != kept.days.rend(); ++point) open.push_back(&*point);
  const absl::Duration end = clock_.Monotonic() + kEvaluateFor;
  for (Point* point : open) {
    if (point->asked) continue;
    if (clock_.Monotonic() >= end) return;
    auto snapshot = ask_(point->at);
    point->asked = true;
    if (snapshot.ok()) point->snapshot = *std::move(snapshot);
  }
}

// Puts what is kept beside the series that are asked for.
class Trend::Text {
 public:
  Text(const Curves& curves, const Kept& kept) : curves_(curves), kept_(kept) {
    for (const Point& day : kept.days) days_.push_back(curves.ValuesAt(day.snapshot.get()));
    for (const auto& [window, point] : kept.before) {
      before_[window] = curves.ValuesAt(point.snapshot.get());
    }
  }

  std::string Write() {
    json_.Object([&] {
      json_.Member("now", TimeText(kept_.now)).Key("at").Array([&] {
        for (const Point& day : kept_.days) json_.Value(TimeText(day.at));
      });
      json_.Key("series").Array([&] {
        for (size_t place = 0; place < curves_.series().size(); ++place) {
          json_.Object([&] { WriteSeries(place); });
        }
      });
    });
    return std::move(json_).Finish() + "\n";
  }

 private:
  void WriteSeries(size_t place) {
    const Labels& labels = curves_.series()[place].sample->labels;
    json_.Member("series", curves_.series()[place].family->name);
    json_.Key("labels").Object([&] {
      for (const Labels::Pair& label : labels) json_.Member(label.first, label.second);
    });
    json_.Key("values").Array([&] {
      for (const std::vector<double>& day : days_) json_.Value(day[place]);
    });
    const std::string* window = labels.Find("window");
    if (window == nullptr && !days_.empty()) {
      WriteBefore(days_.front()[place], kept_.days.front().at);
    } else if (window != nullptr && before_.contains(*window)) {
      WriteBefore(before_[*window][place], kept_.before.at(*window).at);
    } else {
      json_.Key("before").Null().Key("before_at").Null();
    }
  }

  void WriteBefore(double value, EventTime at) {
    json_.Member("before", value).Member("before_at", TimeText(at));
  }

  const Curves& curves_;
  const Kept& kept_;
  std::vector<std::vector<double>> days_;
  std::map<std::string, std::vector<double>> before_;
  JsonWriter json_;
};

std::string Trend::Render(const Definition& definition,
                          const std::shared_ptr<const Snapshot>& current,
                          const Selection& selection) {
  if (current == nullptr) return "{\"now\":null,\"at\":[],\"series\":[]}\n";
  const Snapshot selected = Select(definition, *current, selection);
  Kept kept = Prepared(definition, *current, selected);
  bool mine = false;
  {
    MutexLock lock(mutex_);
    mine = !std::exchange(evaluating_, true);
  }
  if (mine) {
    Evaluate(kept);
    MutexLock lock(mutex_);
    kept_ = kept;
    evaluating_ = false;
  }
  const Curves curves(definition, selected);
  return Text(curves, kept).Write();
}

}  // namespace takt
