// Times of the page, told by the server's clock: countdowns and the reader's zone.
//
// An element with `data-ends` counts down to that instant; whoever changes the attribute changes
// the countdown. `data-offset` on <html> is the server's clock minus ours, in milliseconds.

const root = document.documentElement;
const [navigation] = performance.getEntriesByType("navigation");
const arrived = performance.timeOrigin + (navigation ? navigation.responseStart : 0);
root.dataset.offset = String(Math.round(Date.parse(root.dataset.now) - arrived));

const HARD_SPACE = "\u00a0";
const two = (number) => String(number).padStart(2, "0");

// As `format_left` in formatting.py.
function left(milliseconds) {
  const seconds = Math.max(0, Math.floor(milliseconds / 1000));
  const minutes = Math.floor(seconds / 60);
  const hours = Math.floor(minutes / 60);
  const days = Math.floor(hours / 24);
  let parts = [seconds, "s"];
  if (days) parts = [days, "d", hours % 24, "h"];
  else if (hours) parts = [hours, "h", two(minutes % 60), "min"];
  else if (minutes) parts = [minutes, "min", two(seconds % 60), "s"];
  return parts.join(HARD_SPACE);
}

function tick() {
  const now = Date.now() + Number(root.dataset.offset);
  for (const element of document.querySelectorAll("[data-ends]")) {
    const rest = Date.parse(element.dataset.ends) - now;
    const text = left(rest);
    if (element.textContent !== text) element.textContent = text;
    element.closest(".lot")?.classList.toggle("urgent", rest <= 60000 && !element.closest(".scheduled"));
  }
  setTimeout(tick, 1000 - (now % 1000) + 10);
}
tick();

// The server tells times in the zone this names; it takes effect with the next page.
const zone = Intl.DateTimeFormat().resolvedOptions().timeZone;
if (zone && !document.cookie.includes(`martelo-zone=${zone}`)) {
  const secure = location.protocol === "https:" ? "; Secure" : "";
  document.cookie = `martelo-zone=${zone}; Path=/; Max-Age=31536000; SameSite=Lax${secure}`;
}
