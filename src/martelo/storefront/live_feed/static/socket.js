// A lot's events and one's own bids over a WebSocket; docs/api/ describes the frames.
//
// `opened()` is called once events arrive, `heard(name, data, id)` for each, with its position, and
// `lost(isFinal)` once none arrive any more: final here, since a broken socket does not reconnect.

const OPEN_MS = 4000;
const ANSWER_MS = 4000;
const MARGIN_S = 15; // a ticket is given up this long before it expires

export class LiveSocket {
  #auctionId;
  #on;
  #socket;
  #isOpen = false;
  #isClosed = false;
  #patience;
  #ticketUntil = 0;
  #asking = null;
  #refs = 0;
  #waiting = new Map();

  // `lastId`: the position to continue from, if any.
  constructor(auctionId, on, lastId = null) {
    this.#auctionId = auctionId;
    this.#on = on;
    this.#patience = setTimeout(() => this.#lose(), OPEN_MS);
    const address = new URL("/live", location.href);
    address.protocol = location.protocol === "https:" ? "wss:" : "ws:";
    this.#socket = new WebSocket(address);
    this.#socket.onopen = () => this.#subscribe(lastId);
    this.#socket.onmessage = (event) => this.#hear(JSON.parse(event.data));
    this.#socket.onclose = () => this.#lose();
  }

  close() {
    this.#isClosed = true;
    this.#isOpen = false;
    clearTimeout(this.#patience);
    this.#socket.close();
    for (const answer of [...this.#waiting.values()]) answer(null);
  }

  // The answer to a bid: its `status` and members; `null` where the outcome is unknown.
  async bid(wanted, key) {
    if (!this.#isOpen || !(await this.authenticate())) return null;
    return this.#ask({ op: "bid", auction_id: this.#auctionId, ...wanted, key });
  }

  // Say who bids, by a ticket that the page's own session gives; `false` where that fails.
  async authenticate() {
    if (Date.now() < this.#ticketUntil) return true;
    this.#asking ??= this.#useTicket().finally(() => (this.#asking = null));
    return this.#asking;
  }

  async #useTicket() {
    const { ticket, expires_in: expiresIn } = await fetchTicket();
    if (!ticket || !this.#isOpen) return false;
    const answer = await this.#ask({ op: "auth", token: ticket });
    if (answer?.status !== 200) return false;
    this.#ticketUntil = Date.now() + (expiresIn - MARGIN_S) * 1000;
    return true;
  }

  async #subscribe(lastId) {
    const after = lastId === null ? {} : { after: lastId };
    const answer = await this.#ask({ op: "subscribe", auction_id: this.#auctionId, ...after });
    if (answer?.status === 200) this.#open();
    else this.#lose();
  }

  #ask(frame) {
    this.#refs += 1;
    const ref = this.#refs;
    return new Promise((answer) => {
      const settle = (data) => {
        clearTimeout(timer);
        this.#waiting.delete(ref);
        answer(data);
      };
      const timer = setTimeout(() => settle(null), ANSWER_MS);
      this.#waiting.set(ref, settle);
      this.#send({ ...frame, ref });
    });
  }

  #send(frame) {
    if (this.#socket.readyState === WebSocket.OPEN) this.#socket.send(JSON.stringify(frame));
  }

  #hear(frames) {
    for (const frame of Array.isArray(frames) ? frames : [frames]) this.#take(frame);
  }

  #take({ ev, id, ...data }) {
    if (ev === "answer") this.#waiting.get(data.ref)?.(data);
    else this.#on.heard(ev, data, id);
  }

  #open() {
    if (this.#isOpen || this.#isClosed) return;
    this.#isOpen = true;
    clearTimeout(this.#patience);
    this.#on.opened();
  }

  #lose() {
    if (this.#isClosed) return;
    this.close();
    this.#on.lost(true);
  }
}

async function fetchTicket() {
  try {
    const signal = AbortSignal.timeout(ANSWER_MS);
    const answer = await fetch("/ao-vivo/bilhete", { signal, cache: "no-store" });
    return answer.ok ? await answer.json() : {};
  } catch {
    return {};
  }
}
