// A lot's events over server-sent events, where WebSockets do not get through.
//
// `opened()`, `heard(name, data)` and `lost(isFinal)` as in socket.js; the browser itself
// reconnects after a lost connection, not after a refusal.

const NAMES = ["snapshot", "bid", "edited", "extended", "ending_soon", "rescheduled", "voided", "closed", "cancelled"];

export class LiveStream {
  #source;

  constructor(auctionId, { opened, heard, lost }) {
    if (!("EventSource" in window)) {
      queueMicrotask(() => lost(true));
      return;
    }
    this.#source = new EventSource(`/auction/${auctionId}/events`);
    this.#source.onopen = opened;
    this.#source.onerror = () => lost(this.#source.readyState === EventSource.CLOSED);
    for (const name of NAMES) {
      this.#source.addEventListener(name, (event) => heard(name, JSON.parse(event.data)));
    }
  }

  close() {
    this.#source?.close();
  }

  // A stream carries no bids.
  async bid() {
    return null;
  }
}
