// The way of the events: counts by step, partitions, dead letters, and the configuration.

import * as format from "./format.js";
import { Values } from "./kpis.js";
import { byId, element, setText, show, table } from "./page.js";

const STEPS = [
  ["polled", "Polled", "records read from the sources"],
  ["dead_lettered", "Dead letters", "records that do not count, kept with their reason"],
  ["filtered", "Filtered", "records that the mapping leaves out"],
  ["admitted", "Admitted", "records that count"],
  ["changes_admitted", "Changes", "made of the admitted records"],
  ["changes_replayed", "Replayed", "changes from the journal at the start"],
  ["applied", "Applied", "changes that joined a history"],
  ["duplicate", "Duplicates", "changes that were there already"],
  ["refused", "Refused", "changes of entities whose history is full"],
  ["corrections", "Corrections", "applied changes of the past"],
];

export function showWay(status, earlier) {
  const seconds = earlier ? status.uptime_seconds - earlier.uptime_seconds : 0;
  const { steps } = status;
  show(byId("way"), ...STEPS.map(([name, title, what]) => {
    const rate = seconds > 0 ? (steps[name] - earlier.steps[name]) / seconds : 0;
    return element("li", { "data-key": name, "data-step": name, title: what },
      element("span", { class: "step", text: title }),
      element("span", { class: "count", "data-value": steps[name], text: format.number(steps[name]) }),
      element("span", { class: "rate", text: rate > 0 ? `${format.number(rate, rate < 10 ? 1 : 0)} a second` : "" }));
  }));
  setText(byId("laws"), laws(steps));
}

// Both conservation laws. Changes may be under way between reader and worker; records may not.
function laws(steps) {
  const lost = steps.polled - steps.dead_lettered - steps.filtered - steps.admitted;
  const underWay = steps.changes_admitted + steps.changes_replayed - steps.applied - steps.duplicate - steps.refused;
  const records = lost === 0 ? "✓ Every record is accounted for." : `✗ ${format.number(lost)} records are not accounted for.`;
  const changes = underWay === 0 ? "✓ Every change is accounted for." : `… ${format.number(underWay)} changes are under way.`;
  return `${records} ${changes}`;
}

const NOW_REASONS = {
  nothing: "no partition yet",
  not_spoken: "has not spoken: now is not defined",
  behind: "the least far",
  wall_clock: "",
  finished: "",
};

function remarks(status, partition) {
  const said = [];
  const holder = status.now_holder;
  const holds = holder && holder.source === partition.source && holder.topic === partition.topic &&
    holder.partition === partition.partition;
  if (holds && NOW_REASONS[status.now_reason]) said.push(`◆ holds now (${NOW_REASONS[status.now_reason]})`);
  if (partition.finished) said.push("read to its end");
  else if (partition.idle) said.push("idle, by proof");
  if (partition.silent) said.push("▲ silent");
  if (!partition.broker_time) said.push("times by producers");
  return said.join(", ");
}

const orNone = (value, say) => (value === null ? format.NONE : say(value));

export function showPartitions(status, zone) {
  const states = new Map(status.sources.map((source) => [source.name, source]));
  const rows = status.partitions.map((partition) => {
    const source = states.get(partition.source);
    const state = source ? `${source.state}${source.pause !== "none" ? `: ${source.pause}` : ""}` : format.NONE;
    return [
      `${partition.source} ${partition.topic}/${partition.partition}`, state,
      format.number(partition.polled), format.number(partition.dead_lettered),
      orNone(partition.lag_records, format.number), orNone(partition.lag_seconds, format.duration),
      format.moment(partition.watermark, zone), remarks(status, partition)];
  });
  for (const source of status.sources) {
    if (status.partitions.some((partition) => partition.source === source.name)) continue;
    rows.push([source.name, source.state, format.NONE, format.NONE, format.NONE, format.NONE, format.NONE, source.error]);
  }
  show(byId("partitions"), ...table("Where each partition stands",
    ["Partition", "State", "Polled", "Dead letters", "Lag", "Behind", "Watermark", "Remarks"], rows, [2, 3, 4, 5]));
}

export function showLetters(status) {
  if (status.dead_letters.length === 0) {
    show(byId("letters"), element("p", { class: "none", text: "✓ None since the engine started." }));
    return;
  }
  const rows = [...status.dead_letters].sort((a, b) => b.count - a.count).map((letter) => [
    letter.reason.replaceAll("_", " "), letter.source,
    element("span", { "data-value": letter.count, "data-reason": letter.reason, text: format.number(letter.count) }),
    status.steps.polled > 0 ? format.percent(letter.count / status.steps.polled, 2) : format.NONE]);
  show(byId("letters"), element("table", {}, ...table("Dead letters by reason", ["Reason", "Source", "Records", "Of all"], rows, [2, 3])));
}

function stagesText(definition) {
  const pipelines = new Map();
  for (const stage of definition.stages) {
    if (!pipelines.has(stage.pipeline)) pipelines.set(stage.pipeline, []);
    pipelines.get(stage.pipeline).push(stage);
  }
  return [...pipelines].map(([name, stages]) => {
    const named = (kind) => stages.filter((stage) => stage.kind === kind).map((stage) => stage.name);
    const ends = ["won", "lost", "omitted"].map((kind) => (named(kind).length > 0 ? `${kind}: ${named(kind).join(", ")}` : "")).filter(Boolean);
    return `${name}: ${named("open").join(" → ")} (${ends.join("; ")})`;
  }).join(" · ");
}

export function showConfiguration(definition, status) {
  const levels = Values.levels(definition).map((level) => (level.label ? `${level.name} (${level.groups.length})` : level.name));
  const facts = [
    ["Time zone", definition.time_zone],
    ["Currency", definition.currency.code],
    ["Levels", levels.join(", ")],
    ["Pipelines", stagesText(definition)],
    ["Sources", status.sources.map((source) => `${source.name}: ${source.state}${source.error ? ` (${source.error})` : ""}`).join(" · ")],
    ["Histories", `${format.number(status.entities)} entities, ${format.bytes(status.memory.bytes)}`],
    ["Journal", status.journal.enabled ? `${format.bytes(status.journal.bytes)}${status.journal.error ? `, ✗ ${status.journal.error}` : ""}` : "none"],
    ["Audit", status.audit.audits === 0 ? "none yet" : status.audit.divergent_cells === 0 ? `✓ ${format.number(status.audit.audits)} without a difference` : `✗ ${format.number(status.audit.divergent_cells)} cells differ`],
    ["Program", `${status.version}, configuration ${status.config_hash}, up ${format.duration(status.uptime_seconds)}`],
  ];
  show(byId("facts"), ...facts.flatMap(([name, text]) => [element("dt", { text: name }), element("dd", { text })]));
  show(byId("meanings"), ...definition.kpis.flatMap((kpi) => [
    element("dt", { text: kpi.name }),
    element("dd", { text: `${kpi.help} ${kpi.windows.length > 0 ? `Over ${kpi.windows.join(", ")}.` : "As of now."}` })]));
}
