"""Service workers that the pages may register; the same bytes in every build, as such workers are."""

from smoke.demo.release import ShellWorker

PATH = "/sw.js"

_SCRIPT = """\
// Keeps the shell of the pages, which is the same for all of them.
const kept = () => caches.match("/");
const asked = async (request) => {
  const answer = await fetch(request);
  if (answer.ok) await (await caches.open("shell-v1")).put("/", answer.clone());
  return answer;
};
addEventListener("install", (event) => event.waitUntil(asked("/").then(() => self.skipWaiting())));
addEventListener("activate", (event) => event.waitUntil(clients.claim()));
addEventListener("fetch", (event) => {
  if (event.request.mode === "navigate") event.respondWith(answer(event));
});
"""

_ANSWERS = {
    ShellWorker.PINS: "(await kept()) ?? asked(event.request)",
    ShellWorker.REVALIDATES: "(event.waitUntil(asked('/').catch(() => null)), await kept()) ?? asked(event.request)",
    ShellWorker.REFRESHES: "asked(event.request).catch(kept)",
}

SCRIPTS = {kind: f"{_SCRIPT}const answer = async (event) => {how};\n" for kind, how in _ANSWERS.items()}
"""The script of each."""
