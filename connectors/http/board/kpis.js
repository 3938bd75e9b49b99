// From the answers of the API to what is shown of each KPI: value, bounds, how many it is of, what it
// was, why there is none. No element is made here.

import * as format from "./format.js";

// Below this many outcomes a rate is shown with a word of warning.
export const FEW = 30;
// Seconds after which data are called old, as the alert on stale data does.
export const OLD = 900;
const HEADLINES = 8;
const LABELS_OF_TIME = "window";

export class Values {
  constructor(definition, kpis, trend) {
    this.definition = definition;
    this.byName = new Map(definition.kpis.map((kpi) => [kpi.name, kpi]));
    this.samples = new Map();
    for (const sample of kpis.kpis) {
      const key = `${sample.kpi}/${sample.part}`;
      if (!this.samples.has(key)) this.samples.set(key, []);
      this.samples.get(key).push(sample);
    }
    this.curves = new Map((trend?.series ?? []).map((each) => [seriesKey(each), each]));
    this.alerts = kpis.alerts ?? [];
    this.goals = kpis.goals ?? [];
    this.parts = new Set(definition.kpis.flatMap((kpi) => (kpi.numerator ? [kpi.numerator, kpi.denominator] : [])));
  }

  // Those that some KPI is kept for.
  static levels(definition) {
    const used = new Set(definition.kpis.flatMap((kpi) => kpi.levels));
    return definition.levels.filter((level) => used.has(level.name));
  }

  // The KPIs of a level without splits, those that others are parts of first.
  plain(level) {
    const shown = this.definition.kpis.filter((kpi) => kpi.levels.includes(level) && kpi.split.length === 0);
    return [...shown.filter((kpi) => !this.parts.has(kpi.name)), ...shown.filter((kpi) => this.parts.has(kpi.name))];
  }

  split(level) {
    return this.definition.kpis.filter(
      (kpi) => kpi.levels.includes(level) && kpi.split.length > 0 && !this.parts.has(kpi.name));
  }

  // What a wall shows: the named ones, else the first that are no mere counts.
  headlines(level, names) {
    const named = names.map((name) => this.byName.get(name)).filter((kpi) => kpi && kpi.levels.includes(level));
    const chosen = named.length > 0 ? named
      : this.plain(level).filter((kpi) => kpi.kind !== "count" && !this.parts.has(kpi.name));
    return chosen.slice(0, HEADLINES);
  }

  sample(name, part, window, labels = {}) {
    const found = (this.samples.get(`${name}/${part}`) ?? []).find((each) =>
      (each.labels[LABELS_OF_TIME] ?? window) === window &&
      Object.entries(labels).every(([label, wanted]) => each.labels[label] === wanted));
    return found ?? null;
  }

  number(name, part, window, labels) {
    return this.sample(name, part, window, labels)?.value ?? null;
  }

  // The chosen window, or the KPI's first one where it is not kept for that.
  windowOf(kpi, chosen) {
    return kpi.windows.length === 0 || kpi.windows.includes(chosen) ? chosen : kpi.windows[0];
  }

  // Everything that is told of one KPI of the group; `labels` are those of a split.
  told(kpi, chosen, labels = {}) {
    const window = this.windowOf(kpi, chosen);
    const main = kpi.kind === "durations" ? "p50" : "";
    const sample = this.sample(kpi.name, main, window, labels);
    const unit = kpi.kind === "durations" ? "seconds" : kpi.unit;
    const currency = this.definition.currency.code;
    const say = (amount) => format.value(amount, unit, currency);
    const amount = sample?.value ?? null;
    const curve = sample ? this.curves.get(seriesKey(sample)) : undefined;
    const outcomes = this.outcomes(kpi, window, labels);
    return {
      kpi, window, unit, amount, say,
      parts: format.parts(amount, unit, currency),
      windowText: kpi.windows.length === 0 ? "now" : window,
      bounds: this.bounds(kpi, window, labels, say),
      outcomes,
      of: this.of(kpi, window, labels, outcomes),
      few: kpi.kind === "share" && outcomes !== null && outcomes > 0 && outcomes < FEW,
      why: amount === null ? this.why(kpi, window, labels, outcomes) : null,
      curve: curve?.values ?? null,
      before: curve?.before ?? null,
      beforeAt: curve?.before_at ?? null,
      change: format.change(amount, curve?.before ?? null, unit),
      alerts: this.alertsOf(kpi.name, sample),
    };
  }

  bounds(kpi, window, labels, say) {
    if (kpi.kind === "share") {
      const lower = this.number(kpi.name, "lower", window, labels);
      const upper = this.number(kpi.name, "upper", window, labels);
      return lower === null || upper === null ? null : `${say(lower)} to ${say(upper)}`;
    }
    if (kpi.kind !== "durations") return null;
    const mean = this.number(kpi.name, "mean", window, labels);
    const high = this.number(kpi.name, "p90", window, labels);
    return mean === null ? null : `mean ${say(mean)}, 9 of 10 within ${say(high)}`;
  }

  outcomes(kpi, window, labels) {
    if (kpi.kind === "share") return this.number(kpi.denominator, "", window, labels);
    if (kpi.kind === "durations") return this.number(kpi.name, "outcomes", window, labels);
    return null;
  }

  of(kpi, window, labels, outcomes) {
    if (outcomes === null) return null;
    if (kpi.kind === "durations") return `n = ${format.number(outcomes)}`;
    const successes = this.number(kpi.numerator, "", window, labels);
    return successes === null ? `n = ${format.number(outcomes)}`
      : `${format.number(successes)} of ${format.number(outcomes)}`;
  }

  why(kpi, window, labels, outcomes) {
    if (kpi.kind === "share" && outcomes === 0) return `0 ${format.title(kpi.denominator).toLowerCase()}: nothing to take a share of`;
    if (kpi.kind === "durations" && outcomes === 0) return "nothing was completed in the window";
    if (kpi.kind !== "formula") return "not known yet";
    const lacking = kpi.reads.filter((name) => {
      const read = this.byName.get(name);
      if (!read) return false;
      const part = read.kind === "durations" ? "mean" : "";
      return !this.number(name, part, this.windowOf(read, window), labels);
    });
    if (lacking.length === 0) return "a part of its formula is zero or not known";
    return `${lacking.map((name) => format.title(name).toLowerCase()).join(", ")}: zero or not known`;
  }

  alertsOf(name, sample) {
    if (!sample) return [];
    return this.alerts.filter((alert) => alert.kpi === name && alert.level === sample.level &&
      Object.entries(alert.group ?? {}).every(([label, group]) => sample.labels[label] === group));
  }

  // [{labels, title}] of a KPI with splits, in the order of the snapshot. Stages in which a deal is not open
  // are left out while there is nothing in them.
  rows(kpi, chosen) {
    const window = this.windowOf(kpi, chosen);
    const part = kpi.kind === "durations" ? "p50" : "";
    const open = new Set(this.definition.stages.filter((stage) => stage.kind === "open").map((stage) => stage.name));
    return (this.samples.get(`${kpi.name}/${part}`) ?? [])
      .filter((sample) => (sample.labels[LABELS_OF_TIME] ?? window) === window)
      .filter((sample) => !("deal_stage" in sample.labels) || open.has(sample.labels.deal_stage) || sample.value)
      .map((sample) => {
        const labels = Object.fromEntries(kpi.split.map((label) => [label, sample.labels[label]]));
        return { labels, title: Object.values(labels).join(", ") };
      });
  }
}

function seriesKey(sample) {
  return `${sample.series}${JSON.stringify(sample.labels)}`;
}
