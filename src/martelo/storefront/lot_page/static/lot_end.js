// A lot that has just ended, as its reloaded page shows it to this reader: seller and buyer see more
// than the feed sends to everybody, as each other's full name, and its rules, its empty history and
// its times are in the past tense.

import { fromAuction, isOver } from "../live_feed/auction.js";

const TRIES = 4;
const TIMEOUT_MS = 8000;

const pause = (milliseconds) => new Promise((done) => setTimeout(done, milliseconds));

// The reloaded page and its script's start data; an empty object where it cannot be loaded.
async function look(address) {
  try {
    const answer = await fetch(address, { signal: AbortSignal.timeout(TIMEOUT_MS), cache: "no-store" });
    if (!answer.ok) return {};
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    return { page, start: JSON.parse(page.getElementById("lot-start").textContent) };
  } catch {
    return {};
  }
}

// Texts that only the server writes, marked with `data-worded`; the script draws everything else.
function reword(page) {
  for (const part of document.querySelectorAll("[data-worded]")) {
    const fresh = page.querySelector(`[data-worded="${part.dataset.worded}"]`);
    if (fresh) part.replaceChildren(...fresh.childNodes);
  }
}

// The start data of the ended lot's page, once its texts are on this page, or `null`. All viewers
// request it after the same end, so requests are spread out, the first over `spreadMs`.
export async function showEnded(address, spreadMs) {
  for (let tries = 1; tries <= TRIES; tries += 1) {
    await pause(spreadMs * tries * Math.random());
    const { page, start } = await look(address);
    if (start && isOver(fromAuction(start.auction, null))) {
      reword(page);
      return start;
    }
  }
  return null;
}
