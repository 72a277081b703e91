// Bids over the live socket, answered with the texts that the storefront uses for a form.

import { formatNumber, parseAmount, parseTyped } from "../web/money.js";

const FIELDS = { bid: "amount", ceiling: "max_amount" };
const KEY_BYTES = 18;

export class LiveBids {
  #start;
  #feed;
  #view;

  // `feed()` is the page's feed of the moment; `view` fills in texts.
  constructor(start, feed, view) {
    this.#start = start;
    this.#feed = feed;
    this.#view = view;
  }

  prepare() {
    if (this.#start.is_signed_in) this.#feed().prepare();
  }

  // The result of the form's bid, or `null` where the form must be sent to the storefront, with the
  // same key: there is no connection, or no text for the answer.
  async send(form) {
    const name = FIELDS[form.dataset.form];
    const amount = name && parseTyped(form.elements[name].value, this.#start.language);
    if (!amount) return null;
    const answer = await this.#feed().bid({ [name]: amount }, form.elements.key.value);
    if (answer === null) return null;
    return answer.status === 201 ? this.#accepted(form, answer, amount) : this.#refused(answer);
  }

  #accepted(form, answer, amount) {
    const price = this.#money(answer.current_price);
    let text = this.#view.fill("accepted_outbid", { amount: price });
    if (answer.outcome === "leading") {
      text = this.#view.fill("accepted_leading", { amount: price });
      const raise = this.#view.fill("accepted_raise", { amount: this.#money(amount) });
      if (form.dataset.form === "ceiling") text = `${text} ${raise}`;
    }
    return { text, key: newKey(), answer };
  }

  #refused(problem) {
    const slug = (problem.type ?? "").split("/").pop();
    const sentence = this.#start.refusals[slug];
    if (!sentence) return null;
    const minimum = problem.minimum_bid ?? problem.least_ceiling ?? null;
    const values = {
      least: minimum && this.#money(minimum),
      starts_at: problem.starts_at && this.#view.moment(Date.parse(problem.starts_at)),
      until: problem.until && this.#view.moment(Date.parse(problem.until)),
    };
    const text = sentence.replace(/\{(\w+)\}/g, (_, name) => values[name] ?? "");
    const accepted = minimum ? formatNumber(parseAmount(minimum), this.#start.language) : "";
    return { slug, text, accepted, key: newKey() };
  }

  #money(amount) {
    return this.#view.money(parseAmount(amount));
  }
}

function newKey() {
  const bytes = crypto.getRandomValues(new Uint8Array(KEY_BYTES));
  return btoa(String.fromCharCode(...bytes))
    .replaceAll("+", "-")
    .replaceAll("/", "_");
}
