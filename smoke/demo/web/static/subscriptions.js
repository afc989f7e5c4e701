import { badge, day, element, money, show, table, trouble } from "./dom.js";
import { ask } from "./api.js";

const COLUMNS = [
  ["Product", (item) => item.product],
  ["Article", (item) => item.sku],
  ["Status", (item) => badge(item.status)],
  ["Renews", (item) => day(item.renewsOn)],
  ["Monthly", (item) => money(item.monthly), "number"],
];

export async function draw(place) {
  try {
    const { items } = await ask("/subscriptions");
    show(place, items.length ? table("Subscriptions", COLUMNS, items) : element("p", { class: "card muted" }, "There are no subscriptions yet."));
  } catch {
    show(place, trouble("Your subscriptions cannot be shown at the moment."));
  }
}
