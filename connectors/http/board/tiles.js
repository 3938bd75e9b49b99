// KPIs, alerts and goals as elements.

import * as format from "./format.js";
import { drawing, element, show, table } from "./page.js";

const WIDTH = 100;
const HEIGHT = 24;

// The curve of the last days and the present value behind them. Days without a value are gaps.
function curve(told) {
  const values = [...(told.curve ?? []), told.amount];
  const known = values.filter((value) => value !== null);
  if (known.length < 2) return null;
  const low = Math.min(...known);
  const span = Math.max(...known) - low || 1;
  const at = (value, place) => [
    ((place / (values.length - 1)) * (WIDTH - 4) + 2).toFixed(1),
    (HEIGHT - 3 - ((value - low) / span) * (HEIGHT - 6)).toFixed(1)];
  let path = "";
  let pen = "M";
  values.forEach((value, place) => {
    if (value === null) pen = "M";
    else {
      path += `${pen}${at(value, place).join(" ")}`;
      pen = "L";
    }
  });
  const first = values.find((value) => value !== null);
  const label = `Day by day over four weeks: from ${told.say(first)} to ${told.say(known.at(-1))}, ` +
    `lowest ${told.say(low)}, highest ${told.say(Math.max(...known))}`;
  const picture = drawing("svg",
    { viewBox: `0 0 ${WIDTH} ${HEIGHT}`, class: "curve", role: "img", "aria-label": label, preserveAspectRatio: "none" },
    drawing("path", { d: path }));
  return picture;
}

function movement(told, zone) {
  if (!told.change) return null;
  const { up, down, text } = told.change;
  const mark = up ? "▲" : down ? "▼" : "=";
  const word = up ? "up " : down ? "down " : "";
  return element("p", { class: "change", title: `As of ${format.moment(told.beforeAt, zone)}: ${told.say(told.before)}` },
    element("span", { "aria-hidden": "true", text: `${mark} ` }),
    element("span", { class: "hidden-text", text: word }),
    up || down ? `${text} from ${told.say(told.before)}` : `as before, ${told.say(told.before)}`);
}

function usual(told) {
  const alert = told.alerts.find((each) => (each.window ?? told.window) === told.window && each.baseline !== null && each.baseline !== undefined);
  return alert ? element("p", { class: "usual", text: `usually ${told.say(alert.baseline)}` }) : null;
}

export function tile(told, { part, zone, asked }) {
  const active = told.alerts.some((alert) => alert.active);
  const classes = ["tile", part ? "part" : "", active ? "alarmed" : ""].filter(Boolean).join(" ");
  return element("article", { class: classes, "data-key": told.kpi.name, "data-kpi": told.kpi.name },
    element("div", { class: "head" }, element("h3", { title: told.kpi.help }, asked
      ? element("button", { type: "button", class: "ask", "data-ask": told.kpi.name, "data-window": told.kpi.windows.length > 0 ? told.window : null, text: format.title(told.kpi.name) })
      : format.title(told.kpi.name)),
      element("p", { class: "window", text: told.windowText })),
    element("p", { class: "value", "data-value": told.amount ?? "", title: told.amount }, told.parts[0],
      told.parts[1] ? element("span", { class: "per", text: ` ${told.parts[1]}` }) : null),
    told.why ? element("p", { class: "why", text: told.why }) : null,
    told.bounds ? element("p", { class: "bounds", text: told.bounds }) : null,
    told.of ? element("p", { class: "of", text: told.few ? `${told.of}: few` : told.of }) : null,
    active ? element("p", { class: "alarm", text: "▲ alert" }) : null,
    usual(told),
    movement(told, zone),
    curve(told));
}

// A KPI by stage or source: a row for each, with a bar as long as its share of the largest value.
export function splitCard(kpi, rows) {
  const largest = Math.max(...rows.map((row) => row.told.amount ?? 0), 0);
  const bar = (amount) => drawing("svg", { viewBox: "0 0 100 8", class: "bar", "aria-hidden": "true", preserveAspectRatio: "none" },
    drawing("rect", { width: largest > 0 ? (100 * Math.max(amount ?? 0, 0)) / largest : 0, height: 8 }));
  const body = rows.map(({ title, told }) => [
    title,
    element("span", { "data-value": told.amount ?? "", title: told.why ?? told.bounds, text: told.parts.filter(Boolean).join(" ") }),
    told.of?.replace("n = ", "") ?? format.NONE,
    bar(told.amount)]);
  const any = rows[0]?.told;
  return element("article", { class: "split", "data-key": kpi.name, "data-kpi": kpi.name },
    element("h3", { text: format.title(kpi.name), title: kpi.help }),
    element("p", { class: "window", text: any ? any.windowText : "" }),
    element("table", {}, ...table(kpi.help, [kpi.split.map((label) => format.title(label.replace(/^sales_/, ""))).join(", "),
      any?.kpi.kind === "durations" ? "Median" : "Value", "n", element("span", { class: "hidden-text", text: "Bar" })], body, [1, 2])));
}

const groupText = (group) => Object.values(group ?? {}).join(", ") || "company";

function sayer(values, name) {
  const kpi = values.byName.get(name);
  return (amount) => format.value(amount, kpi?.kind === "durations" ? "seconds" : kpi?.unit ?? "", values.definition.currency.code);
}

function alertRow(values, alert) {
  const say = sayer(values, alert.kpi);
  const parts = [`${say(alert.value)}`];
  if (alert.outcomes !== null && alert.outcomes !== undefined) {
    parts.push(alert.successes !== null && alert.successes !== undefined
      ? `${format.number(alert.successes)} of ${format.number(alert.outcomes)}` : `n = ${format.number(alert.outcomes)}`);
  }
  if (alert.baseline !== null && alert.baseline !== undefined) parts.push(`usually ${say(alert.baseline)}`);
  if (alert.score !== null && alert.score !== undefined && alert.threshold) {
    parts.push(`score ${format.number(alert.score, 2)} of ${format.number(alert.threshold, 2)}`);
  } else if (alert.threshold !== null && alert.threshold !== undefined) {
    parts.push(`held against ${say(alert.threshold)}`);
  }
  return element("li", { class: alert.active ? "alert active" : "alert", "data-key": `${alert.alert}/${groupText(alert.group)}` },
    element("strong", { class: "verdict", text: alert.active ? `▲ ${alert.severity}` : "✓ quiet" }),
    element("span", { class: "what", text: `${format.title(alert.alert)}, ${groupText(alert.group)}` }),
    element("span", { class: "numbers", text: parts.join(" · ") }),
    alert.active && alert.text ? element("span", { class: "say", text: alert.text }) : null);
}

// A wall has a line for alerts and one for goals, the counts first: what does not fit is cut, never the KPIs.
export function showStrips(alerts, goals, values) {
  const active = values.alerts.filter((alert) => alert.active);
  const named = (each, name) => `${format.title(name)}, ${groupText(each.group)}`;
  show(alerts, active.length === 0 ? null : element("p", { class: "strip active" },
    element("strong", { class: "verdict", text: active.length === 1 ? `▲ ${active[0].severity}` : `▲ ${active.length} alerts` }),
    ` ${active.length === 1 && active[0].text ? active[0].text : active.map((alert) => named(alert, alert.alert)).join(" · ")}`));
  const behind = values.goals.filter((goal) => isKnown(goal) && !goal.met);
  show(goals, values.goals.length === 0 ? null : element("p", { class: "strip" },
    element("strong", { class: "verdict", text: behind.length === 0 ? "✓ goals" : `▼ ${behind.length} of ${values.goals.length} goals behind` }),
    ` ${behind.length === 0 ? `none of ${values.goals.length} is behind` : behind.map((goal) => named(goal, goal.goal)).join(" · ")}`));
}

const isKnown = (goal) => goal.met !== null && goal.met !== undefined && goal.value !== null;

export function showAlerts(target, values) {
  const all = values.alerts;
  if (all.length === 0) {
    show(target, element("p", { class: "none", text: "This configuration has no alerts." }));
    return;
  }
  const active = all.filter((alert) => alert.active);
  const quiet = all.filter((alert) => !alert.active);
  show(target,
    element("p", { class: "none", text: active.length === 0 ? `✓ None of ${all.length} alerts is active.` : `▲ ${active.length} of ${all.length} alerts are active.` }),
    active.length > 0 ? element("ul", { class: "alerts" }, ...active.map((alert) => alertRow(values, alert))) : null,
    quiet.length > 0 ? element("details", { "data-key": "quiet" }, element("summary", { text: `Quiet: ${quiet.length}` }),
      element("ul", { class: "alerts" }, ...quiet.map((alert) => alertRow(values, alert)))) : null);
}

export function showGoals(target, values) {
  if (values.goals.length === 0) {
    show(target);
    return;
  }
  show(target, element("ul", { class: "goals" }, ...values.goals.map((goal) => {
    const say = sayer(values, goal.kpi);
    const known = isKnown(goal);
    return element("li", { class: "goal", "data-key": `${goal.goal}/${groupText(goal.group)}` },
      element("strong", { class: "verdict", text: !known ? "– not known" : goal.met ? "✓ on the line" : "▼ behind" }),
      element("span", { class: "what", text: `${format.title(goal.goal)}, ${groupText(goal.group)}` }),
      element("span", { class: "numbers", text: `${say(goal.value)}, due by now ${say(goal.target)}` }));
  })));
}
