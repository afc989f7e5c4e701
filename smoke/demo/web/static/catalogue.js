import { element, money, show, trouble } from "./dom.js";
import { ask } from "./api.js";

export async function draw(place) {
  try {
    const { items } = await ask("/catalogue");
    show(place, element("div", { class: "grid" }, ...items.map(article)));
  } catch {
    show(place, trouble("The catalogue cannot be shown at the moment."));
  }
}

function article(item) {
  return element("article", { class: "card", "aria-label": item.name },
    element("h2", {}, item.name),
    element("p", { class: "muted" }, item.summary),
    element("p", { class: "figure" }, money(item.monthly), element("small", {}, " a month")),
    element("a", { class: "button", href: `/checkout?sku=${encodeURIComponent(item.sku)}` }, "Order"));
}
