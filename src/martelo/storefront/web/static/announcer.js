// What is said aloud to those who listen: politely, at most once in five seconds.

const PAUSE_MS = 5000;

export class Announcer {
  #region;
  #important = [];
  #latest = "";
  #saidAt = 0;
  #timer = 0;

  constructor(region) {
    this.#region = region;
  }

  // Replaced by whatever of its kind comes before it was said.
  say(text) {
    this.#latest = text;
    this.#schedule();
  }

  // Said in any case, once.
  insist(text) {
    this.#important.push(text);
    this.#schedule();
  }

  #schedule() {
    if (this.#timer) return;
    const wait = Math.max(100, this.#saidAt + PAUSE_MS - Date.now());
    this.#timer = setTimeout(() => {
      this.#timer = 0;
      this.#saidAt = Date.now();
      this.#region.textContent = [...this.#important, this.#latest].filter(Boolean).join(" ");
      this.#important = [];
      this.#latest = "";
    }, wait);
  }
}
