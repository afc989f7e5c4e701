// The checkout: a draft can be taken back; placing the order cannot.
import { element, label, money, show, trouble } from "./dom.js";
import { ask } from "./api.js";

export async function draw(place) {
  const { items } = await ask("/catalogue");
  const wanted = new URLSearchParams(location.search).get("sku");
  const product = element("select", { id: "product" }, ...items.map((item) =>
    element("option", { value: item.sku, selected: item.sku === wanted ? "" : null }, `${item.name} (${money(item.monthly)})`)));
  const quantity = element("input", { id: "quantity", type: "number", min: "1", max: "100", value: "1" });
  const message = element("div", {});
  const form = element("form", { class: "card narrow" },
    element("label", { for: "product" }, "Product"), product,
    element("label", { for: "quantity" }, "Quantity"), quantity,
    message, element("button", { type: "submit" }, label("Continue to summary")));
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    try {
      const body = { sku: product.value, quantity: Number(quantity.value) };
      summary(place, await ask("/checkout/drafts", { method: "POST", body }));
    } catch (error) {
      show(message, trouble(error.message));
    }
  });
  show(place, form);
}

function summary(place, draft) {
  const lines = [
    ["Product", draft.product],
    ["Quantity", String(draft.quantity)],
    ["Monthly each", money(draft.monthly)],
    ["Total", money(draft.total)],
  ];
  const message = element("div", {});
  const order = element("button", { type: "button" }, "Place order");
  const discard = element("button", { type: "button", class: "quiet" }, label("Discard"));
  order.addEventListener("click", () => act(message, () => ask("/checkout/orders", { method: "POST", body: { draft: draft.id } }),
    () => show(place, element("p", { role: "status" }, "Thank you for your order."))));
  discard.addEventListener("click", () => act(message, () => ask(`/checkout/drafts/${draft.id}`, { method: "DELETE" }),
    () => show(place, element("p", { role: "status", class: "card" }, "The draft was discarded."))));
  const list = lines.flatMap(([term, text]) => [element("dt", {}, term), element("dd", {}, text)]);
  show(place, element("section", { class: "card narrow", "aria-label": "Order summary", "data-draft": draft.id },
    element("h2", {}, "Order summary"), element("dl", {}, ...list), message,
    element("div", { class: "actions" }, order, discard)));
}

async function act(message, call, done) {
  try {
    await call();
    done();
  } catch (error) {
    show(message, trouble(error.message));
  }
}
