// A lot that has just ended, as its page, loaded again, shows it to this reader: to seller and buyer
// it tells more than the feed tells everybody, as the other's whole name, and its rules, its empty
// history and its times speak of what is over.

import { fromAuction, isOver } from "./auction.js";

const TRIES = 4;
const TIMEOUT_MS = 8000;

const pause = (milliseconds) => new Promise((done) => setTimeout(done, milliseconds));

// The page, loaded again, and what its script begins with; nothing where it cannot be had.
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

// What only the server words, marked with `data-worded`; everything else the script draws itself.
function reword(page) {
  for (const part of document.querySelectorAll("[data-worded]")) {
    const fresh = page.querySelector(`[data-worded="${part.dataset.worded}"]`);
    if (fresh) part.replaceChildren(...fresh.childNodes);
  }
}

// What the script of the ended lot's page begins with, once its words are on this page, or `null`.
// All who watch look after the same end, so the looks are spread, the first over `spreadMs`.
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
