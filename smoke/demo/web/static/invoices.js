import { badge, day, element, money, show, table, trouble } from "./dom.js";
import { ask } from "./api.js";

const COLUMNS = [
  ["Number", (invoice) => invoice.number],
  ["Issued", (invoice) => day(invoice.issuedOn)],
  ["Due", (invoice) => day(invoice.dueOn)],
  ["Status", (invoice) => badge(invoice.status)],
  ["Total", (invoice) => money(invoice.total), "number"],
];

export async function draw(place) {
  try {
    const { items } = await ask("/invoices");
    show(place, items.length ? table("Invoices", COLUMNS, items) : element("p", { class: "card muted" }, "There are no invoices yet."));
  } catch {
    show(place, trouble("Your invoices cannot be shown at the moment."));
  }
}
