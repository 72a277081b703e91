// The report of a lot that has just ended: requested until it is there, for a minute at most.
//
// All viewers begin at the same end, so requests are spread out and become rarer.

const FIRST_MS = 2000;
const GROWTH = 1.4;
const PATIENCE_MS = 60000;
const TIMEOUT_MS = 4000;

const pause = (milliseconds) => new Promise((done) => setTimeout(done, milliseconds));

// The server's elements about the report; none while it does not answer.
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

// Returns whether the report arrived; `slot` shows it.
export async function awaitReport(slot, address) {
  const until = Date.now() + PATIENCE_MS;
  for (let wait = FIRST_MS; Date.now() < until; wait *= GROWTH) {
    await pause(wait * (0.5 + Math.random() / 2));
    const [element] = await look(address);
    if (element) slot.replaceChildren(element);
    if (element?.dataset.report === "ready") return true;
  }
  slot.replaceChildren();
  return false;
}
