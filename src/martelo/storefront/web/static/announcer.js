// Texts for screen readers: polite, at most one in five seconds.

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

  // Replaced by the next such text if that comes before it was spoken.
  say(text) {
    this.#latest = text;
    this.#schedule();
  }

  // Always spoken, once.
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
