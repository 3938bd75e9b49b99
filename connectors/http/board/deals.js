// "Which ones are these?": the entities that a value is made of, asked for when somebody opens a tile.

import * as format from "./format.js";
import { byId, element, setText, show, table } from "./page.js";

const LIMIT = 100;

function placeText(entity) {
  const place = entity.changes.at(-1)?.places?.[0];
  if (!place) return format.NONE;
  const name = place.topic.split("/").at(-1);
  return place.line ? `${name}, line ${format.number(place.line)}` : `${place.topic}/${place.partition}, offset ${place.offset}`;
}

// A count of one is a tick; sums, durations and levels say how much.
function share(part, entity, currency) {
  if (entity.contribution === 1 && !["money", "seconds", "ratio"].includes(part.unit)) return "✓";
  return format.value(entity.contribution, part.unit, currency);
}

function partElements(part, definition) {
  const currency = definition.currency.code;
  const listed = part.entities.map((entity) => [
    `${entity.object} ${entity.id}`, share(part, entity, currency),
    format.moment(entity.dated, definition.time_zone), placeText(entity)]);
  const title = `${format.title(part.kpi)}: ${format.value(part.value, part.unit, currency)}`;
  const count = part.more > 0 ? `${format.number(part.contributing)} in all, the first ${listed.length}` : `${format.number(part.contributing)} in all`;
  return [
    element("h3", { text: title, "data-part": part.kpi }),
    element("p", { class: "of", text: `${part.role}${part.window ? `, ${part.window}` : ""}: ${count}` }),
    listed.length === 0 ? null
      : element("div", { class: "scroll", role: "region", tabindex: "0", "aria-label": title },
        element("table", {}, ...table(title, ["Which", "Counts", "Dated", "Told by"], listed, [1]))),
  ];
}

// `scope`: level, group and window as of the address.
export async function showDeals(ask, definition, kpi, scope) {
  const dialog = byId("deals");
  setText(byId("deals-title"), format.title(kpi.name));
  setText(byId("deals-what"), "asking …");
  show(byId("deals-parts"));
  dialog.showModal();
  const query = new URLSearchParams({ ...scope, kpi: kpi.name, limit: LIMIT });
  try {
    const said = await ask(`api/v1/explain?${query}`);
    const value = said.values.find((each) => each.part === "") ?? said.values[0];
    setText(byId("deals-what"), [
      format.value(value.value, said.unit, definition.currency.code), said.definition,
      said.expression ? `(${said.expression})` : "", `As of ${format.moment(said.now, definition.time_zone)}.`].filter(Boolean).join(" "));
    show(byId("deals-parts"), ...said.parts.flatMap((part) => partElements(part, definition)));
  } catch (error) {
    setText(byId("deals-what"), `It cannot be told now: ${error.message}`);
  }
}
