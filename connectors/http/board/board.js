// The board: asks the engine it came from, again and again, and shows what it says. It asks nobody else.

import * as format from "./format.js";
import { byId, element, setText, show } from "./page.js";
import { OLD, Values } from "./kpis.js";
import { showDeals } from "./deals.js";
import { showAlerts, showGoals, showStrips, splitCard, tile } from "./tiles.js";
import { showConfiguration, showLetters, showPartitions, showWay } from "./flow.js";

const STATUS_EVERY = 2000;
const KPIS_EVERY = 4000;
const TREND_EVERY = 30000;
const ASK_FOR = 8000;
// From so many seconds of now in one of ours on, time itself is sped up, as the demo's is.
const FAST = 1000;

const address = new URLSearchParams(location.search);
const wall = address.has("wall");
const chosen = { level: "company", group: null, window: address.get("window") };
const known = { definition: null, hash: null, status: null, kpis: null, trend: null, trendAsked: 0, lost: null, heard: null, speed: 0 };

async function ask(path) {
  const answer = await fetch(path, { cache: "no-store", signal: AbortSignal.timeout(ASK_FOR) });
  if (!answer.ok) throw new Error(`${path}: ${answer.status} ${(await answer.text()).trim()}`);
  return answer.json();
}

function scopeQuery() {
  const query = new URLSearchParams({ level: chosen.level });
  if (chosen.group !== null) query.set("group", chosen.group);
  return query.toString();
}

// --- what is chosen --------------------------------------------------------------------------------------------------

function options(names) {
  return names.map((name) => element("option", { value: name, text: name }));
}

function windowsOf(definition) {
  const all = definition.kpis.flatMap((kpi) => kpi.windows);
  const often = (name) => all.filter((each) => each === name).length;
  return [...new Set(all)].sort((a, b) => often(b) - often(a));
}

function showChoices() {
  const { definition } = known;
  const levels = Values.levels(definition);
  const level = levels.find((each) => each.name === chosen.level) ?? levels[0] ?? definition.levels[0];
  chosen.level = level.name;
  if (level.groups.length === 0) chosen.group = null;
  else if (!level.groups.includes(chosen.group)) chosen.group = level.groups[0];
  const windows = windowsOf(definition);
  if (!windows.includes(chosen.window)) chosen.window = windows.includes("28d") ? "28d" : windows[0] ?? null;
  show(byId("level"), ...options(levels.map((each) => each.name)));
  show(byId("group"), ...options(level.groups));
  show(byId("window"), ...options(windows));
  byId("level").value = level.name;
  byId("group").value = chosen.group ?? "";
  byId("window").value = chosen.window ?? "";
  byId("group-label").hidden = level.groups.length === 0;
  setText(byId("scope"), [chosen.group ?? "the company", chosen.window].filter(Boolean).join(", "));
}

function remember() {
  address.set("level", chosen.level);
  if (chosen.group === null) address.delete("group");
  else address.set("group", chosen.group);
  if (chosen.window) address.set("window", chosen.window);
  history.replaceState(null, "", `?${address}`);
  const there = new URLSearchParams(address);
  if (wall) there.delete("wall");
  else there.set("wall", "");
  byId("wall").href = `?${there}`;
}

function setTheme(theme) {
  document.documentElement.dataset.theme = ["light", "dark"].includes(theme) ? theme : "auto";
  byId("theme").value = document.documentElement.dataset.theme;
}

async function choose(change) {
  Object.assign(chosen, change);
  showChoices();
  remember();
  known.trend = null;
  known.trendAsked = 0;
  await attempt(refreshKpis);
  setText(byId("announce"), `Showing ${byId("scope").textContent}`);
}

// --- how the engine is -----------------------------------------------------------------------------------------------

function stateOf(status) {
  if (known.lost) return ["unreachable", `unreachable since ${known.lost.toLocaleTimeString()}: ${known.lostWhy}. Shown is what was last heard`];
  if (status.restore.error) return ["broken", `the journal cannot be replayed: ${status.restore.error}`];
  if (!status.ready) return ["restoring", `restoring, ${format.percent(status.restore.progress, 0)}`];
  if (!status.alive) return ["broken", `the ${status.stuck} does not turn`];
  const bad = status.sources.find((source) => ["stopped", "unavailable"].includes(source.state));
  if (bad) return ["broken", `source ${bad.name} is ${bad.state}${bad.error ? `: ${bad.error}` : ""}`];
  if (status.now === null) return ["waiting", "waiting for the first events of every partition"];
  if (status.data_age_seconds > OLD && known.speed > FAST && status.data_age_seconds < 3 * known.speed) return ["live", "live, in fast motion"];
  if (status.data_age_seconds > OLD) return ["stale", `data are ${format.duration(status.data_age_seconds)} old`];
  return ["live", "live"];
}

function showState() {
  const { status, definition } = known;
  const [state, text] = status || known.lost ? stateOf(status) : ["connecting", "connecting"];
  if (byId("state").dataset.state !== state) setText(byId("announce"), text);
  byId("state").dataset.state = state;
  document.documentElement.dataset.state = state;
  setText(byId("state-text"), text);
  if (!status) return;
  setText(byId("as-of"), format.moment(status.now, definition?.time_zone));
  byId("as-of").dateTime = status.now ?? "";
  setText(byId("age"), status.now === null ? "" : `(${format.duration(status.data_age_seconds)} ago)`);
  byId("restore").hidden = status.ready;
  byId("restore-progress").value = status.restore.progress;
  setText(byId("restore-text"), `${format.percent(status.restore.progress, 0)}, ${format.number(status.restore.changes_replayed)} changes in ${format.duration(status.restore.seconds)}. KPIs come when it is done.`);
}

// --- asking and showing ----------------------------------------------------------------------------------------------

async function refreshDefinition() {
  known.definition = await ask("api/v1/definition");
  known.hash = known.status.config_hash;
  document.title = `${known.definition.organisation || "Takt"}: board`;
  setText(byId("organisation"), known.definition.organisation || "Takt");
  showChoices();
  remember();
}

// How fast now moves, in seconds a second, between two looks.
function noteSpeed() {
  const { now } = known.status;
  const heard = { at: performance.now(), now: now === null ? null : Date.parse(now) };
  const before = known.heard;
  known.heard = heard;
  known.speed = before && before.now !== null && heard.now !== null ? (heard.now - before.now) / (heard.at - before.at) : 0;
}

async function refreshStatus() {
  const earlier = known.status;
  known.status = await ask("api/v1/status");
  noteSpeed();
  if (known.lost) known.trendAsked = 0;
  known.lost = null;
  if (known.definition === null || known.hash !== known.status.config_hash) await refreshDefinition();
  const usable = earlier && earlier.uptime_seconds < known.status.uptime_seconds ? earlier : null;
  showWay(known.status, usable);
  showPartitions(known.status, known.definition.time_zone);
  showLetters(known.status);
  showConfiguration(known.definition, known.status);
}

async function refreshKpis() {
  if (known.definition === null) return;
  const scope = scopeQuery();
  const kpis = await ask(`api/v1/kpis?${scope}`);
  if (scope !== scopeQuery()) return;  // another group was chosen meanwhile
  known.kpis = kpis;
  showKpis();
  if (Date.now() - known.trendAsked < TREND_EVERY) return;
  known.trendAsked = Date.now();
  const trend = await ask(`api/v1/trend?${scope}`);
  if (scope !== scopeQuery()) return;
  known.trend = trend;
  showKpis();
}

function showKpis() {
  const values = new Values(known.definition, known.kpis, known.trend);
  const zone = known.definition.time_zone;
  const names = (address.get("kpis") ?? "").split(",").filter(Boolean);
  const shown = wall ? values.headlines(chosen.level, names) : values.plain(chosen.level);
  if (known.kpis.now === null) {
    show(byId("kpis"), element("p", { class: "none", text: "No KPIs yet: “now” is not defined before every partition has spoken." }));
  } else {
    show(byId("kpis"), ...shown.map((kpi) => tile(values.told(kpi, chosen.window), { part: values.parts.has(kpi.name), zone, asked: !wall })));
  }
  const splits = known.kpis.now === null || wall ? [] : values.split(chosen.level);
  byId("splits-section").hidden = splits.length === 0;
  show(byId("splits"), ...splits.map((kpi) => splitCard(kpi, values.rows(kpi, chosen.window).map((row) => (
    { title: row.title, told: values.told(kpi, chosen.window, row.labels) })))));
  byId("alerts-section").classList.toggle("quiet", !values.alerts.some((alert) => alert.active));
  if (wall) {
    showStrips(byId("alerts"), byId("goals"), values);
  } else {
    showAlerts(byId("alerts"), values);
    showGoals(byId("goals"), values);
  }
}

async function attempt(refresh) {
  try {
    await refresh();
  } catch (error) {
    if (known.lost === null) known.lost = new Date();
    known.lostWhy = error.name === "TimeoutError" ? "no answer" : error.message;
  }
  showState();
}

function repeat(refresh, every) {
  const turn = async () => {
    if (!document.hidden) await attempt(refresh);
    setTimeout(turn, every);
  };
  turn();
}

function start() {
  document.documentElement.classList.toggle("wall", wall);
  setText(byId("wall"), wall ? "Everything" : "Wall");
  chosen.level = address.get("level") ?? "company";
  chosen.group = address.get("group");
  setTheme(address.get("theme") ?? (wall ? "dark" : "auto"));
  byId("level").addEventListener("change", (event) => choose({ level: event.target.value }));
  byId("group").addEventListener("change", (event) => choose({ group: event.target.value }));
  byId("window").addEventListener("change", (event) => choose({ window: event.target.value }));
  byId("theme").addEventListener("change", (event) => {
    setTheme(event.target.value);
    address.set("theme", event.target.value);
    remember();
  });
  byId("kpis").addEventListener("click", (event) => {
    const { ask: name, window } = event.target.closest("[data-ask]")?.dataset ?? {};
    const kpi = known.definition.kpis.find((each) => each.name === name);
    const scope = { level: chosen.level, ...(chosen.group === null ? {} : { group: chosen.group }), ...(window ? { window } : {}) };
    if (kpi) showDeals(ask, known.definition, kpi, scope);
  });
  repeat(async () => {
    await refreshStatus();
    if (known.kpis === null) await refreshKpis();
  }, STATUS_EVERY);
  setTimeout(() => repeat(refreshKpis, KPIS_EVERY), KPIS_EVERY);
}

start();
