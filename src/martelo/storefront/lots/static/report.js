// The report of a lot that has just ended: looked for until it is there, for a minute at most.
//
// Everybody who watched the end begins at once, so the looks are spread, and become rarer.

const FIRST_MS = 2000;
const GROWTH = 1.4;
const PATIENCE_MS = 60000;
const TIMEOUT_MS = 4000;

const pause = (milliseconds) => new Promise((done) => setTimeout(done, milliseconds));

// What the server says of the report, as nodes; none while nobody can tell.
async function look(address) {
  try {
    const headers = { "X-Fragment": "report" };
    const answer = await fetch(address, { headers, signal: AbortSignal.timeout(TIMEOUT_MS), cache: "no-store" });
    if (answer.status !== 200) return [];
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    return [...page.querySelectorAll("[data-report]")];
  } catch {
    return [];
  }
}

// Returns whether the report came; what is shown in `slot` says so too.
export async function awaitReport(slot, address) {
  const until = Date.now() + PATIENCE_MS;
  for (let wait = FIRST_MS; Date.now() < until; wait *= GROWTH) {
    await pause(wait * (0.5 + Math.random() / 2));
    const [told] = await look(address);
    if (told) slot.replaceChildren(told);
    if (told?.dataset.report === "ready") return true;
  }
  slot.replaceChildren();
  return false;
}
