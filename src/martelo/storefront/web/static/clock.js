// Times of the page by the server's clock: countdowns and the reader's zone.
//
// An element with `data-ends` counts down to that instant; whoever changes the attribute changes
// the countdown. `data-offset` on <html> is the server's clock minus ours, in milliseconds.

import { formatLeft, pageArrival } from "./countdown.js";

const root = document.documentElement;
root.dataset.offset = String(Math.round(Date.parse(root.dataset.now) - pageArrival()));

function tick() {
  const now = Date.now() + Number(root.dataset.offset);
  for (const element of document.querySelectorAll("[data-ends]")) {
    const rest = Date.parse(element.dataset.ends) - now;
    const text = formatLeft(rest);
    if (element.textContent !== text) element.textContent = text;
    element.closest(".lot")?.classList.toggle("urgent", rest <= 60000 && !element.closest(".scheduled"));
  }
  setTimeout(tick, 1000 - (now % 1000) + 10);
}
tick();

// The server writes times in the zone of this cookie, from the next page on.
const zone = Intl.DateTimeFormat().resolvedOptions().timeZone;
if (zone && !document.cookie.includes(`martelo-zone=${zone}`)) {
  const secure = location.protocol === "https:" ? "; Secure" : "";
  // biome-ignore lint/suspicious/noDocumentCookie: the Cookie Store API is missing where pages are served without TLS
  document.cookie = `martelo-zone=${zone}; Path=/; Max-Age=31536000; SameSite=Lax${secure}`;
}
