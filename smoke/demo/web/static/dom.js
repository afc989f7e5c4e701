// Small helpers to make elements; text is always text, never markup.
export function element(name, attributes = {}, ...content) {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) {
    if (value !== null && value !== undefined) made.setAttribute(key, value);
  }
  made.append(...content.filter((part) => part !== null && part !== undefined));
  return made;
}

export function show(place, ...content) {
  place.replaceChildren(...content);
}

export function table(name, columns, rows) {
  const head = element("tr", {}, ...columns.map(([title, , kind]) => element("th", { scope: "col", class: kind }, title)));
  const lines = rows.map((row) =>
    element("tr", {}, ...columns.map(([, cell, kind]) => element("td", { class: kind }, cell(row)))));
  const parts = [element("thead", {}, head), element("tbody", {}, ...lines)];
  return element("div", { class: "card flush" }, element("table", { "aria-label": name }, ...parts));
}

export function badge(text) {
  return element("span", { class: `badge ${String(text).toLowerCase()}` }, text);
}

export function money(amount) {
  return `$${amount}`;
}

export function day(text) {
  if (!text) return "–";
  return new Date(`${text}T00:00:00Z`).toLocaleDateString("en-GB", {
    day: "numeric", month: "short", year: "numeric", timeZone: "UTC",
  });
}

export function trouble(message) {
  return element("p", { class: "trouble", role: "alert" }, message);
}

// What this build switches on, and the labels of variant B where an experiment runs.
const features = new Set(document.querySelector('meta[name="features"]').content.split(" "));

const VARIANT = {
  "Sign in": "Log in to your account",
  "Continue to summary": "Show my order",
  "Discard": "Throw away",
  "Check availability": "Look it up",
};

export const has = (feature) => features.has(feature);
export const label = (text) => (has("variant") ? VARIANT[text] ?? text : text);
