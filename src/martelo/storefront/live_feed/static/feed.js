// The live feed: a WebSocket, where that fails a stream, and where both fail a request every five
// seconds, which the page shows.
//
// `onEvent(name, data)` gets every event; `onChange(state)` one of `live`, `reconnecting` (requests
// replace the feed) and `offline` (these fail too).

import { LiveSocket } from "./socket.js";
import { LiveStream } from "./stream.js";

const LOOK_MS = 5000;
const QUIET_MS = 30000;
const PATIENCE_MS = 1500;
const MAX_WAIT_MS = 15000;

export class Feed {
  #auctionId;
  #onEvent;
  #onChange;
  #source = null;
  #lastId = null;
  #failures = 0;
  #isLive = false;
  #isEnded = false;
  #heardAt = Date.now();
  #lookTimer = 0;
  #openTimer = 0;

  constructor(auctionId, onEvent, onChange) {
    this.#auctionId = auctionId;
    this.#onEvent = onEvent;
    this.#onChange = onChange;
    this.#open();
    setInterval(() => this.#checkSilence(), LOOK_MS);
    addEventListener("offline", () => this.#lost());
    addEventListener("online", () => this.#open());
    // A page restored from the browser's cache has lost its connection.
    addEventListener("pageshow", (event) => event.persisted && this.#open());
    addEventListener("pagehide", () => this.#source?.close());
  }

  end() {
    this.#isEnded = true;
    this.#source?.close();
    clearTimeout(this.#lookTimer);
    clearTimeout(this.#openTimer);
  }

  // The answer to a bid, or `null` where it must be sent in another way.
  async bid(wanted, key) {
    return this.#source ? this.#source.bid(wanted, key) : null;
  }

  // Somebody is about to bid.
  prepare() {
    this.#source?.authenticate?.();
  }

  #open() {
    this.#openWith(
      (on) => new LiveSocket(this.#auctionId, on, this.#lastId),
      (wasOpen) => {
        if (wasOpen) this.#tryAgain();
        else
          this.#openWith(
            (on) => new LiveStream(this.#auctionId, on),
            () => this.#tryAgain(),
          );
      },
    );
  }

  #openWith(make, onEnd) {
    if (this.#isEnded) return;
    clearTimeout(this.#openTimer);
    this.#source?.close();
    let wasOpen = false;
    const source = make({
      opened: () => {
        wasOpen = true;
        this.#found();
      },
      heard: (name, data, id) => {
        this.#found();
        this.#lastId = id ?? this.#lastId;
        this.#onEvent(name, data);
      },
      lost: (isFinal) => {
        if (source !== this.#source) return;
        if (isFinal) onEnd(wasOpen);
        else this.#lost();
      },
    });
    this.#source = source;
  }

  #tryAgain() {
    this.#lost();
    this.#openLater();
  }

  #openLater() {
    const longest = Math.min(MAX_WAIT_MS, 1000 * 2 ** this.#failures);
    this.#failures += 1;
    clearTimeout(this.#openTimer);
    this.#openTimer = setTimeout(() => this.#open(), longest * (0.5 + Math.random() / 2));
  }

  #found() {
    this.#failures = 0;
    this.#heardAt = Date.now();
    clearTimeout(this.#lookTimer);
    this.#lookTimer = 0;
    if (this.#isLive || this.#isEnded) return;
    this.#isLive = true;
    this.#onChange("live");
  }

  #lost() {
    if (this.#isEnded || (this.#lookTimer && !this.#isLive)) return;
    this.#isLive = false;
    this.#onChange("reconnecting");
    this.#lookTimer = setTimeout(() => this.#look(), PATIENCE_MS);
  }

  async #look() {
    const hasAnswer = await this.#read();
    if (this.#isLive || this.#isEnded) return;
    this.#onChange(hasAnswer ? "reconnecting" : "offline");
    this.#lookTimer = setTimeout(() => this.#look(), LOOK_MS);
  }

  async #read() {
    try {
      const headers = { Accept: "application/json" };
      const signal = AbortSignal.timeout(LOOK_MS);
      const answer = await fetch(`/auction/${this.#auctionId}`, {
        headers,
        signal,
        credentials: "omit",
        cache: "no-store",
      });
      if (!answer.ok) return false;
      const auction = await answer.json();
      if (!this.#isEnded) this.#onEvent("look", auction);
      return true;
    } catch {
      return false;
    }
  }

  // A connection may break without an event, and scripts do not see the feed's heartbeats. So a
  // silence is followed by a request: for the viewers, the clock and missed bids.
  async #checkSilence() {
    if (!this.#isLive || this.#isEnded || document.hidden) return;
    if (Date.now() - this.#heardAt < QUIET_MS) return;
    this.#heardAt = Date.now();
    if (!(await this.#read()) && this.#isLive) {
      this.#lost();
      this.#open();
    }
  }

  // A request returned newer data than the connection: do not trust the connection.
  distrust() {
    if (!this.#isLive) return;
    this.#lost();
    this.#open();
  }
}
