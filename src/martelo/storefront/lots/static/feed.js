// The live feed: a WebSocket, where that fails a stream, and where both fail a look every five
// seconds, said aloud.
//
// `told(name, data)` gets every event; `changed(state)` is one of `live`, `reconnecting` (we look
// ourselves meanwhile) and `offline` (that fails too).

import { LiveSocket } from "./live_socket.js";
import { LiveStream } from "./live_stream.js";

const LOOK_MS = 5000;
const QUIET_MS = 30000;
const PATIENCE_MS = 1500;
const MAX_WAIT_MS = 15000;

export class Feed {
  #auctionId;
  #told;
  #changed;
  #source = null;
  #lastId = null;
  #failures = 0;
  #isLive = false;
  #isEnded = false;
  #heardAt = Date.now();
  #lookTimer = 0;
  #openTimer = 0;

  constructor(auctionId, told, changed) {
    this.#auctionId = auctionId;
    this.#told = told;
    this.#changed = changed;
    this.#open();
    setInterval(() => this.#checkSilence(), LOOK_MS);
    addEventListener("offline", () => this.#lost());
    addEventListener("online", () => this.#open());
    // A page kept aside by the browser comes back with its connection gone.
    addEventListener("pageshow", (event) => event.persisted && this.#open());
    addEventListener("pagehide", () => this.#source?.close());
  }

  end() {
    this.#isEnded = true;
    this.#source?.close();
    clearTimeout(this.#lookTimer);
    clearTimeout(this.#openTimer);
  }

  // The answer to a bid, or `null` where it has to be asked for in another way.
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
      told: (name, data, id) => {
        this.#found();
        this.#lastId = id ?? this.#lastId;
        this.#told(name, data);
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
    this.#changed("live");
  }

  #lost() {
    if (this.#isEnded || (this.#lookTimer && !this.#isLive)) return;
    this.#isLive = false;
    this.#changed("reconnecting");
    this.#lookTimer = setTimeout(() => this.#look(), PATIENCE_MS);
  }

  async #look() {
    const hasAnswer = await this.#read();
    if (this.#isLive || this.#isEnded) return;
    this.#changed(hasAnswer ? "reconnecting" : "offline");
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
      if (!this.#isEnded) this.#told("look", auction);
      return true;
    } catch {
      return false;
    }
  }

  // A connection may be dead without our being told, and the feed's heartbeats are not shown to
  // scripts. So after a silence we look: at who watches, at the clock, and whether we missed a bid.
  async #checkSilence() {
    if (!this.#isLive || this.#isEnded || document.hidden) return;
    if (Date.now() - this.#heardAt < QUIET_MS) return;
    this.#heardAt = Date.now();
    if (!(await this.#read()) && this.#isLive) {
      this.#lost();
      this.#open();
    }
  }

  // What we saw is newer than what we were told: the connection is not to be trusted.
  distrust() {
    if (!this.#isLive) return;
    this.#lost();
    this.#open();
  }
}
