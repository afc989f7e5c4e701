// The six journeys of the embedded portal as Playwright tests, as a team would write them: log in once a worker.
const { test: base, expect } = require("@playwright/test");

const url = process.env.BENCH_URL;

async function signIn(page) {
  await page.goto(`${url}/login`);
  await page.getByLabel("Email").fill(process.env.BENCH_USER);
  await page.getByLabel("Password").fill(process.env.BENCH_PASSWORD);
  await page.getByRole("button", { name: "Sign in" }).click();
  await expect(page.getByRole("button", { name: "Sign out" })).toBeVisible();
}

const test = base.extend({
  storageState: ({ session }, use) => use(session),
  session: [async ({ browser }, use) => {
    const context = await browser.newContext({ storageState: undefined });
    await signIn(await context.newPage());
    const state = await context.storageState();
    await context.close();
    await use(state);
  }, { scope: "worker" }],
});

base("login", async ({ page }) => {
  await signIn(page);
  await page.reload();
  await expect(page.getByRole("button", { name: "Sign out" })).toBeVisible();
});

test("dashboard", async ({ page }) => {
  await page.goto(`${url}/dashboard`);
  await expect(page.getByRole("heading", { name: "Dashboard" })).toBeVisible();
});

for (const name of ["Invoices", "Subscriptions"]) {
  test(name.toLowerCase(), async ({ page }) => {
    await page.goto(`${url}/account/${name.toLowerCase()}`);
    await expect(page.getByRole("heading", { name })).toBeVisible();
    await expect(page.getByRole("table", { name }).getByRole("row").nth(1)).toBeVisible();
  });
}

test("catalogue", async ({ page }) => {
  await page.goto(`${url}/catalogue`);
  await expect(page.getByRole("heading", { name: "Catalogue" })).toBeVisible();
  await expect(page.getByRole("article").first()).toBeVisible();
});

test("checkout", async ({ page }) => {
  await page.goto(`${url}/checkout`);
  await expect(page.getByRole("heading", { name: "Checkout" })).toBeVisible();
  await page.getByLabel("Quantity").fill("2");
  await page.getByRole("button", { name: "Continue to summary" }).click();
  const summary = page.getByRole("region", { name: "Order summary" });
  await expect(summary.getByRole("button", { name: "Place order" })).toBeVisible();
  await summary.getByRole("button", { name: "Discard" }).click();
  await expect(page.getByText("The draft was discarded.")).toBeVisible();
});
