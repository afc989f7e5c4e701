// Works on the queue `emails` as an application would: node queue.mjs LIBRARY PORT, one order a line on standard input.
import { createInterface } from "node:readline";

const [library, port] = process.argv.slice(2);
const connection = { host: "127.0.0.1", port: Number(port), maxRetriesPerRequest: null };
const module = await import(library);
const isBull = library === "bull4";
const Queue = isBull ? module.default : module.Queue;
const queue = isBull
  ? new Queue("emails", { redis: connection, settings: { lockDuration: 1000, stalledInterval: 60_000 } })
  : new Queue("emails", { connection });
const ended = [];

async function work(job) {
  if (job.name === "bad") throw new Error("the address was refused: hunter2");
  if (job.name === "hang") await new Promise((resolve) => setTimeout(resolve, 600_000));
}

const orders = {
  add: ([name, options]) => queue.add(name, {}, options ?? {}),
  pause: () => queue.pause(),
  resume: () => queue.resume(),
  async work([name]) {
    const note = (job) => ended.push(job.name);
    if (isBull) {
      queue.process("*", work);
      queue.on("completed", note).on("failed", note);
      return;
    }
    const worker = new module.Worker("emails", work, { connection, name, lockDuration: 1000, stalledInterval: 60_000 });
    worker.on("completed", note).on("failed", note).on("error", () => {});
    await worker.waitUntilReady();
  },
  async ended([count]) {
    while (ended.length < count) await new Promise((resolve) => setTimeout(resolve, 20));
    return ended;
  },
};

console.log("ready");
for await (const line of createInterface({ input: process.stdin })) {
  const [order, ...given] = JSON.parse(line);
  const result = await orders[order](given);
  console.log(JSON.stringify(Array.isArray(result) ? result : "done"));
}
process.exit(0);
