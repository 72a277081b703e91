// A lot's events over server-sent events: what is left where WebSockets do not get through.
//
// `opened()`, `told(name, data)` and `lost(isFinal)` as in live_socket.js; the browser itself tries
// again after a cut, not after a refusal.

const NAMES = ["snapshot", "bid", "edited", "extended", "ending_soon", "closed", "cancelled"];

export class LiveStream {
  #source;

  constructor(auctionId, { opened, told, lost }) {
    if (!("EventSource" in window)) {
      queueMicrotask(() => lost(true));
      return;
    }
    this.#source = new EventSource(`/auction/${auctionId}/events`);
    this.#source.onopen = opened;
    this.#source.onerror = () => lost(this.#source.readyState === EventSource.CLOSED);
    for (const name of NAMES) {
      this.#source.addEventListener(name, (event) => told(name, JSON.parse(event.data)));
    }
  }

  close() {
    this.#source?.close();
  }

  // Nobody bids on a stream.
  async bid() {
    return null;
  }
}
