// Both specs of the benchmark run with this: two workers, nothing recorded, no retries.
const { defineConfig } = require("@playwright/test");

const launch = process.env.BENCH_LAUNCH ? JSON.parse(process.env.BENCH_LAUNCH) : {};

module.exports = defineConfig({
  fullyParallel: true,
  workers: 2,
  retries: 0,
  reporter: "line",
  use: { launchOptions: launch, trace: "off", screenshot: "off", video: "off" },
});
