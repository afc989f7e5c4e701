import { element, show } from "./dom.js";

export async function draw(place) {
  show(
    place,
    element("h1", {}, "Customer Portal"),
    element("p", { class: "lead" }, "Invoices, subscriptions and orders of your company, in one place."),
    element("p", { class: "actions" },
      element("a", { class: "button", href: "/login" }, "Go to sign-in"),
      element("a", { class: "button quiet", href: "/catalogue" }, "See the catalogue"),
      element("a", { class: "button quiet", href: "/availability" }, "Check availability")),
  );
}
