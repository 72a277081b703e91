// Time on the server's clock: what is left, and instants in the reader's zone.

const HARD_SPACE = "\u00a0";
const two = (number) => String(number).padStart(2, "0");

// As `format_left` in formatting.py.
export function formatLeft(milliseconds) {
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

// The server's clock, from what its answers say. An answer is always a little old on arrival, so
// the sample that puts the clock furthest ahead is the best; a large gap means our clock moved.
export class ServerClock {
  #offset = null;

  learn(serverTime, arrivedAt = Date.now()) {
    const sample = Date.parse(serverTime) - arrivedAt;
    if (Number.isNaN(sample)) return;
    const isFirst = this.#offset === null;
    this.#offset = isFirst || Math.abs(sample - this.#offset) > 5000 ? sample : Math.max(this.#offset, sample);
  }

  now() {
    return Date.now() + (this.#offset ?? 0);
  }
}

// When the page itself arrived.
export function pageArrival() {
  const [navigation] = performance.getEntriesByType("navigation");
  return performance.timeOrigin + (navigation ? navigation.responseStart : performance.now());
}

const PARTS = { day: "numeric", month: "short", hour: "2-digit", minute: "2-digit", hourCycle: "h23" };

export function momentFormat(language, zone) {
  const format = new Intl.DateTimeFormat(language, { ...PARTS, timeZone: zone });
  return (at) => {
    const parts = Object.fromEntries(format.formatToParts(at).map((each) => [each.type, each.value]));
    const of = language === "en" ? " " : " de ";
    return `${parts.day}${of}${parts.month}, ${parts.hour}:${parts.minute}`;
  };
}

export function secondFormat(zone) {
  const options = { day: "2-digit", month: "2-digit", hour: "2-digit", minute: "2-digit", second: "2-digit" };
  const format = new Intl.DateTimeFormat("pt-BR", { ...options, hourCycle: "h23", timeZone: zone });
  return (at) => format.format(at).replace(",", "");
}
