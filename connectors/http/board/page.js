// Elements, and keeping them: what is shown is written anew only where it changed, so that focus,
// selection and a screen reader's place survive every update.

export const byId = (id) => document.getElementById(id);

// element("p", {class: "x", text: "y", title: null}, child, ...): attributes that are null are left out.
export function element(name, attributes = {}, ...children) {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) {
    if (value === null || value === undefined || value === false) continue;
    if (key === "text") made.textContent = value;
    else made.setAttribute(key, value === true ? "" : value);
  }
  made.append(...children.filter((child) => child !== null && child !== undefined));
  return made;
}

export function drawing(name, attributes = {}, ...children) {
  const made = document.createElementNS("http://www.w3.org/2000/svg", name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  made.append(...children);
  return made;
}

export function setText(target, text) {
  if (target.textContent !== text) target.textContent = text;
}

// Makes the children of `target` equal to `wanted`, touching those that differ and no others. Children
// that carry data-key are compared by it and kept in place.
export function show(target, ...wanted) {
  wanted = wanted.filter((child) => child !== null && child !== undefined);
  for (let place = 0; place < wanted.length; ++place) {
    const have = target.childNodes[place];
    if (!have) target.append(wanted[place]);
    else if (!have.isEqualNode(wanted[place])) replace(have, wanted[place]);
  }
  while (target.childNodes.length > wanted.length) target.lastChild.remove();
}

function replace(have, wanted) {
  const alike = have.nodeType === Node.ELEMENT_NODE && wanted.nodeType === Node.ELEMENT_NODE &&
    have.tagName === wanted.tagName && have.dataset.key === wanted.dataset.key;
  if (!alike) {
    have.replaceWith(wanted);
    return;
  }
  for (const { name } of [...have.attributes]) {
    if (!wanted.hasAttribute(name) && !(name === "open" && have.tagName === "DETAILS")) have.removeAttribute(name);
  }
  for (const { name, value } of wanted.attributes) {
    if (have.getAttribute(name) !== value) have.setAttribute(name, value);
  }
  show(have, ...wanted.childNodes);
}

// A table of head texts and rows of cells; a cell is a text, or an element. `numbers` are the places of
// columns that hold numbers.
export function table(caption, heads, rows, numbers = []) {
  const cell = (kind, content, place) => element(kind,
    { class: numbers.includes(place) ? "number" : null, scope: kind === "th" ? "col" : null },
    content instanceof Node ? content : document.createTextNode(content));
  return [
    element("caption", { class: "hidden-text", text: caption }),
    element("thead", {}, element("tr", {}, ...heads.map((head, place) => cell("th", head, place)))),
    element("tbody", {}, ...rows.map((row) => element("tr", {}, ...row.map((content, place) => cell("td", content, place))))),
  ];
}
