// The entry: finds the page for the address, loads its chunk when it is needed, and draws the frame around it.
import { element, has, show } from "./dom.js";
import { whoAmI, signOut } from "./api.js";

const PAGES = {
  "/": { load: () => import("./home.js"), open: true },
  "/availability": { load: () => import("./availability.js"), open: true },
  "/login": { load: () => import("./login.js"), open: true },
  "/dashboard": { load: () => import("./dashboard.js"), title: "Dashboard" },
  "/account/invoices": { load: () => import("./invoices.js"), title: "Invoices" },
  "/account/subscriptions": { load: () => import("./subscriptions.js"), title: "Subscriptions" },
  "/catalogue": { load: () => import("./catalogue.js"), title: "Catalogue" },
  "/checkout": { load: () => import("./checkout.js"), title: "Checkout" },
};

// start
const root = document.getElementById("root");
addEventListener("popstate", () => start(root));
addEventListener("click", follow);
if (has("worker")) navigator.serviceWorker?.register("/sw.js");
await start(root);
if (has("consent")) (await import("./consent.js")).askForConsent();

// Goes from page to page without loading the document anew.
async function follow(event) {
  const link = event.target.closest("a[href]");
  if (!link || event.defaultPrevented || event.button || event.ctrlKey || event.metaKey || event.shiftKey) return;
  if (link.origin !== location.origin || !PAGES[link.pathname]) return;
  event.preventDefault();
  history.pushState({}, "", link.href);
  await start(root);
}

async function start(root) {
  const page = PAGES[location.pathname];
  if (!page) {
    show(root, plainFrame(element("h1", {}, "Page not found"), element("a", { href: "/" }, "Go to the start page")));
    return;
  }
  if (page.open) {
    const chunk = await page.load();
    const body = element("div", {});
    await chunk.draw(body);
    show(root, plainFrame(body));
    return;
  }
  const [customer, chunk] = await Promise.all([whoAmI(), page.load()]);
  if (!customer) {
    location.replace(`/login?next=${encodeURIComponent(location.pathname)}`);
    return;
  }
  const body = element("div", {});
  show(root, frame(customer, page.title, body));
  await chunk.draw(body, customer);
}

function plainFrame(...content) {
  return element("div", { class: "plain" }, header([]), element("main", { class: "narrow" }, ...content), footer());
}

function frame(customer, title, body) {
  const links = Object.entries(PAGES)
    .filter(([, page]) => page.title)
    .map(([path, page]) =>
      element("a", { href: path, "aria-current": path === location.pathname ? "page" : null }, page.title));
  const leave = element("button", { type: "button", class: "quiet" }, "Sign out");
  leave.addEventListener("click", async () => {
    await signOut();
    location.assign("/login");
  });
  const menu = element("nav", { "aria-label": "Main" }, ...links);
  const person = element("div", { class: "person" }, element("span", {}, customer.name), leave);
  const main = element("main", {}, element("h1", {}, title), body);
  return element("div", { class: "shell" }, header([menu, person]), main, footer());
}

function header(content) {
  const brand = element("a", { class: "brand", href: "/" }, element("span", { class: "mark", "aria-hidden": "true" }), "Aozora");
  return element("header", {}, element("div", { class: "bar" }, brand, ...content));
}

function footer() {
  const commit = document.querySelector('meta[name="commit"]')?.content.slice(0, 7) ?? "unnamed";
  return element("footer", {}, `Aozora Hosting K.K. · Customer Portal · build ${commit}`);
}
