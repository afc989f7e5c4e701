import { day, element, money, show, trouble } from "./dom.js";
import { ask } from "./api.js";

export async function draw(place, customer) {
  const summary = ask("/account/summary");
  const boxes = [
    box("Open invoices", summary.then(openInvoices)),
    box("Subscriptions", subscriptions()),
    box("Your contact", summary.then(contact)),
  ];
  show(place, element("p", { class: "lead" }, `Welcome back, ${customer.name} (${customer.company})`),
    element("div", { class: "grid" }, ...boxes.map(([made]) => made)));
  await Promise.all(boxes.map(([, filled]) => filled));
}

// Each box stands alone: what one cannot load, or what a third party does not tell, does not hide the others.
function box(title, content) {
  const body = element("div", { class: "body" }, element("p", { class: "muted" }, "Loading…"));
  const made = element("section", { class: "card", "aria-label": title }, element("h2", {}, title), body);
  const filled = content.then(
    (parts) => show(body, ...parts),
    () => show(body, trouble("Not available at the moment.")),
  );
  return [made, filled];
}

function openInvoices({ invoices: items }) {
  const open = items.filter((invoice) => invoice.status === "Unpaid");
  const sum = open.reduce((cents, invoice) => cents + Math.round(Number(invoice.total) * 100), 0);
  return [
    element("p", { class: "figure" }, money((sum / 100).toFixed(2))),
    element("p", { class: "muted" }, `${open.length} of ${items.length} invoices are open`),
    element("a", { href: "/account/invoices" }, "All invoices"),
  ];
}

async function subscriptions() {
  const { items } = await ask("/subscriptions");
  const lines = items.slice(0, 3).map((item) =>
    element("li", {}, element("span", {}, item.product), element("span", { class: "muted" }, `renews ${day(item.renewsOn)}`)));
  return [element("ul", {}, ...lines), element("a", { href: "/account/subscriptions" }, "All subscriptions")];
}

function contact({ contact: person }) {
  return [
    element("p", { class: "name" }, person.name),
    element("p", { class: "muted" }, person.email),
    element("p", { class: "muted" }, person.phone),
  ];
}
