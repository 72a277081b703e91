// The live feed: server-sent events, and where they fail a look every five seconds, said aloud.
//
// `told(name, data)` gets every event; `changed(state)` is one of `live`, `reconnecting` (we look
// ourselves meanwhile) and `offline` (that fails too).

const LOOK_MS = 5000;
const QUIET_MS = 30000;
const PATIENCE_MS = 1500;
const LONGEST_WAIT_MS = 15000;
const NAMES = ["snapshot", "bid", "edited", "extended", "ending_soon", "closed", "cancelled"];

export class Feed {
  #address;
  #told;
  #changed;
  #source = null;
  #failures = 0;
  #isLive = false;
  #isEnded = false;
  #heardAt = Date.now();
  #lookTimer = 0;
  #openTimer = 0;

  constructor(address, told, changed) {
    this.#address = address;
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

  #open() {
    if (this.#isEnded) return;
    clearTimeout(this.#openTimer);
    this.#source?.close();
    if (!("EventSource" in window)) {
      this.#lost();
      return;
    }
    const source = new EventSource(`${this.#address}/events`);
    this.#source = source;
    source.onopen = () => this.#found();
    source.onerror = () => {
      this.#lost();
      // The browser itself tries again after a cut, not after a refusal.
      if (source.readyState === EventSource.CLOSED && source === this.#source) this.#openLater();
    };
    for (const name of NAMES) {
      source.addEventListener(name, (event) => {
        this.#found();
        this.#heardAt = Date.now();
        this.#told(name, JSON.parse(event.data));
      });
    }
  }

  #openLater() {
    const longest = Math.min(LONGEST_WAIT_MS, 1000 * 2 ** this.#failures);
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
      const answer = await fetch(this.#address, { headers, signal, credentials: "omit", cache: "no-store" });
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
