// A lot that has just ended, as its page shows it to this reader: to seller and buyer it tells more
// than the feed tells everybody, as the other's whole name.

import { fromAuction, isOver } from "./auction.js";

const TRIES = 4;
const WAIT_MS = 1000;
const TIMEOUT_MS = 8000;

const pause = (milliseconds) => new Promise((done) => setTimeout(done, milliseconds));

// What the page, loaded again, would begin with; `null` where it cannot be had.
async function look(address) {
  try {
    const answer = await fetch(address, { signal: AbortSignal.timeout(TIMEOUT_MS), cache: "no-store" });
    if (!answer.ok) return null;
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    return JSON.parse(page.getElementById("lot-start").textContent);
  } catch {
    return null;
  }
}

// The ended auction, or `null`; all bidders look after the same end, so the looks are spread.
export async function readEnded(address) {
  for (let tries = 1; tries <= TRIES; tries += 1) {
    await pause(WAIT_MS * tries * Math.random());
    const told = await look(address);
    if (told && isOver(fromAuction(told.auction, null))) return told.auction;
  }
  return null;
}
