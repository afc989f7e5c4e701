import { element, label, show, trouble } from "./dom.js";
import { ApiError, ask } from "./api.js";

export async function draw(place) {
  const email = element("input", { id: "email", name: "email", type: "email", autocomplete: "username", required: "" });
  const password = element("input",
    { id: "password", name: "password", type: "password", autocomplete: "current-password", required: "" });
  const button = element("button", { type: "submit" }, label("Sign in"));
  const message = element("div", {});
  const form = element("form", { class: "card", novalidate: "" },
    element("h1", {}, "Sign in"),
    element("label", { for: "email" }, "Email"), email,
    element("label", { for: "password" }, "Password"), password,
    message, button);
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    button.disabled = true;
    show(message);
    try {
      await ask("/auth/login", { method: "POST", body: { email: email.value, password: password.value } });
      location.assign(destination());
    } catch (error) {
      show(message, trouble(error instanceof ApiError ? error.message : "The portal cannot be reached"));
      button.disabled = false;
    }
  });
  show(place, form);
}

function destination() {
  const next = new URLSearchParams(location.search).get("next") ?? "/dashboard";
  return next.startsWith("/") && !next.startsWith("//") ? next : "/dashboard";
}
