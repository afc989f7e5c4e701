// The requests of the benchmark as Playwright tests; they need no browser.
const { test, expect } = require("@playwright/test");

const url = process.env.BENCH_URL;

for (let number = 0; number < Number(process.env.BENCH_CHECKS); number += 1) {
  test(`check ${number}`, async ({ request }) => {
    const answer = await request.get(`${url}/${number % 2 ? "page" : "read"}/${number}`);
    expect(answer.status()).toBe(200);
    if (number % 2) {
      expect(await answer.text()).toContain("Customer Portal");
    } else {
      expect((await answer.json()).items.length).toBeGreaterThanOrEqual(20);
    }
  });
}
