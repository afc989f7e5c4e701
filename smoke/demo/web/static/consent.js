// Asks visitors who have not said yet: until they do, nothing else on the page can be pressed.
import { element } from "./dom.js";

const ANSWER = "consent";

export function askForConsent() {
  if (localStorage.getItem(ANSWER)) return;
  const title = element("h2", { id: "consent-title" }, "We value your privacy");
  const text = element("p", {}, "We use cookies to measure how the portal is used. You decide.");
  const answers = [["Accept all", "all"], ["Only necessary", "necessary"]].map(([label, kept]) => {
    const button = element("button", { type: "button" }, label);
    button.addEventListener("click", () => {
      localStorage.setItem(ANSWER, kept);
      veil.remove();
    });
    return button;
  });
  const card = element("div", { class: "card narrow", role: "dialog", "aria-labelledby": "consent-title" }, title, text,
    element("div", { class: "actions" }, ...answers));
  const veil = element("div", { class: "veil" }, card);
  document.body.append(veil);
}
