// State to page: the one place that writes a lot's page.

import { hasCeiling, isOver, MAX_LINES, phase, standing } from "../live_feed/auction.js";
import { Announcer } from "../web/announcer.js";
import { formatLeft, momentFormat, secondFormat } from "../web/countdown.js";
import { formatMoney, formatNumber } from "../web/money.js";

const URGENT_MS = 60000;
const QUICK_STEPS = [1, 2, 5];
const SHOW_EXTENDED_MS = 6000;

const slots = Object.fromEntries(
  [...document.querySelectorAll("[data-slot]")].map((element) => [element.dataset.slot, element]),
);

function write(name, text) {
  const element = slots[name];
  if (element && element.textContent !== text) element.textContent = text;
}

function show(name, isShown) {
  if (slots[name]) slots[name].hidden = !isShown;
}

function restart(element, name) {
  element.classList.remove(name);
  void element.offsetWidth; // or the browser sees no change to animate
  element.classList.add(name);
}

export class LotView {
  #start;
  #texts;
  #moment;
  #second;
  #previous = null;
  #drawnHistory = null;
  #announcer = new Announcer(slots.announcer);
  #saidUrgent = false;
  #extendedTimer = 0;

  constructor(start) {
    this.restart(start);
  }

  // A page loaded later may show times in the reader's zone, which the server knows by then.
  restart(start) {
    this.#start = start;
    this.#texts = start.texts;
    this.#moment = momentFormat(start.language, start.zone);
    this.#second = secondFormat(start.zone);
    this.#drawnHistory = null;
  }

  money(cents) {
    return formatMoney(cents ?? 0, this.#start.language);
  }

  fill(name, values = {}) {
    return this.#texts[name].replace(/\{(\w+)\}/g, (_, key) => values[key] ?? "");
  }

  moment(at) {
    return this.#moment(at);
  }

  count(name, count) {
    if (count === 1) return this.#texts[`${name}_one`];
    return count === 0 ? (this.#texts[`${name}_none`] ?? "") : this.fill(`${name}_many`, { count });
  }

  draw(state, now) {
    const at = phase(state, now);
    slots.page.dataset.phase = at;
    this.#drawPrice(state, at);
    this.#drawTime(state, at, now);
    this.#drawStanding(state, at);
    this.#drawForms(state, at);
    this.#drawHistory(state);
    write("viewers", this.count("viewers", state.viewers));
    write("edited", this.#texts.edited);
    show("edited", state.isEdited);
    this.#announceChange(state, at, now);
    this.#previous = state;
  }

  say(text) {
    this.#announcer.insist(text);
  }

  drawFeed(connection) {
    slots.feed.dataset.state = connection;
    write("feed-text", this.#texts[connection]);
    slots.page.classList.toggle("stale", connection === "offline");
  }

  #drawPrice(state, at) {
    const isSold = at === "sold";
    const label = state.price === null ? "starting" : isSold ? "sold" : isOver(state) ? "highest" : "current";
    const cents = isSold ? (state.result.price ?? state.price) : (state.price ?? state.starting);
    write("price-label", this.#texts[`label_${label}`]);
    write("price", this.money(cents));
    write("bids", isOver(state) && !state.bidCount ? "" : this.count("bids", state.bidCount));
    if (this.#previous && this.#previous.price !== state.price) restart(slots.price, "changed");
    show("reserve", state.reserveMet !== null);
    if (state.reserveMet === null) return;
    write("reserve", this.#texts[state.reserveMet ? "reserve_met" : "reserve_not_met"]);
    slots.reserve.classList.toggle("met", state.reserveMet);
    slots.reserve.classList.toggle("not-met", !state.reserveMet);
  }

  #drawTime(state, at, now) {
    const labels = { open: "ends_in", scheduled: "starts_in", closing: "closing", cancelled: "was_to_end" };
    const isCounting = at === "open" || at === "scheduled";
    const closedAt = at === "sold" ? state.result.closedAt : state.endsAt;
    const instant = at === "scheduled" ? state.startsAt : closedAt;
    const left = instant - now;
    const isUrgent = at === "open" && left <= URGENT_MS;
    write("time-label", this.#texts[labels[at] ?? "ended"]);
    write("time", isCounting ? formatLeft(left) : this.#moment(instant));
    slots.time.dateTime = new Date(instant).toISOString();
    write("moment", this.#moment(instant));
    show("moment", isCounting);
    show("urgent", isUrgent);
    slots["time-box"].classList.toggle("urgent", isUrgent);
    if (!isUrgent) this.#saidUrgent = false;
    if (isUrgent && !this.#saidUrgent) {
      this.#saidUrgent = true;
      this.#announcer.insist(this.#texts.say_urgent);
    }
    if (at === "open" && this.#previous && state.endsAt > this.#previous.endsAt) {
      this.#drawExtended(state.endsAt - this.#previous.endsAt, left);
    }
    if (!isCounting) show("extended", false);
  }

  #drawExtended(more, left) {
    write("extended", this.fill("extended", { time: formatLeft(more + 999) }));
    show("extended", true);
    restart(slots["time-box"], "jumped");
    clearTimeout(this.#extendedTimer);
    this.#extendedTimer = setTimeout(() => show("extended", false), SHOW_EXTENDED_MS);
    this.#announcer.insist(this.fill("say_extended", { time: formatLeft(left) }));
  }

  #drawStanding(state, at) {
    const [mark, more] = this.#standingOf(state, at);
    show("standing", mark !== "");
    if (mark) slots.standing.className = `standing ${mark}`;
    write("standing-title", mark ? this.#texts[mark] : "");
    write("standing-more", more);
  }

  #standingOf(state, at) {
    const own = standing(state);
    const { result } = state;
    if (at === "sold") {
      const amount = this.money(result.price);
      if (own) return [own, this.fill(`${own}_more`, { amount })];
      const way = result.soldBy === "buy_now" ? "sold_at_once" : "sold_more";
      return ["sold", this.fill(way, { name: result.winner?.name ?? this.#texts.closed_account, amount })];
    }
    if (at === "unsold") return ["unsold", this.#texts[state.bidCount ? "unsold_bids" : "unsold_none"]];
    if (at === "cancelled") {
      const { reason } = result;
      return ["cancelled", reason ? this.fill("cancelled_more", { reason }) : ""];
    }
    if (at === "scheduled") {
      return ["scheduled", this.fill("scheduled_more", { moment: this.#moment(state.startsAt) })];
    }
    if (own === "leading") {
      if (state.reserveMet === false) return [own, this.#texts.leading_unmet];
      const amount = this.money(state.ceiling);
      return [own, hasCeiling(state) ? this.fill("ceiling", { amount }) : this.#texts.leading_more];
    }
    if (own === "voided") return [own, this.#texts.voided_more];
    if (own === "outbid") return [own, this.fill("outbid_more", { amount: this.money(state.minimum) })];
    return ["", ""];
  }

  #drawForms(state, at) {
    const isLeading = standing(state) === "leading";
    show("actions", at === "open" && standing(state) !== "voided");
    const canEdit = (at === "open" || at === "scheduled") && state.bidCount === 0;
    show("own-actions", canEdit);
    show("own-hint", canEdit);
    show("buy", state.bidCount === 0);
    if (at !== "open" || !slots.actions) return;
    const wasLeading = this.#previous ? standing(this.#previous) === "leading" : isLeading;
    show("bid-form", !isLeading);
    if (isLeading && !wasLeading) slots.ceiling.open = true;
    if (wasLeading && !isLeading) this.#forgetAnswers();
    write("least", this.fill("least", { amount: this.money(state.minimum) }));
    write("ceiling-title", this.#texts[hasCeiling(state) ? "raise_ceiling" : "automatic_bid"]);
    write("ceiling-least", this.#ceilingHint(state, isLeading));
    if (this.#previous?.minimum !== state.minimum) this.#drawAmounts(state);
  }

  // What a leader's ceiling must exceed is unknown after a bid made elsewhere.
  #ceilingHint(state, isLeading) {
    if (!isLeading) return this.fill("least", { amount: this.money(state.minimum) });
    if (state.ceiling === null) return "";
    const name = hasCeiling(state) ? "least_raise" : "least_ceiling";
    return this.fill(name, { amount: this.money(state.ceiling) });
  }

  // "You lead", said to a bid that has been outbid since.
  #forgetAnswers() {
    for (const status of document.querySelectorAll(".bid-form .form-status")) status.textContent = "";
  }

  // The minimum is filled in until somebody types another amount.
  #drawAmounts(state) {
    const { language } = this.#start;
    const field = document.getElementById("amount");
    const isFree = field && !field.form.dataset.unsettled;
    if (isFree && this.#previous && field.value === formatNumber(this.#previous.minimum ?? 0, language)) {
      field.value = formatNumber(state.minimum ?? 0, language);
    }
    const step =
      this.#start.auction.min_increment || state.price === null ? this.#start.step : state.minimum - state.price;
    [...slots.quick.children].forEach((button, index) => {
      const cents = (state.minimum ?? 0) + QUICK_STEPS[index] * step;
      button.value = formatNumber(cents, language);
      button.textContent = this.money(cents);
    });
  }

  #drawHistory(state) {
    const newest = state.lines[0]?.seq ?? 0;
    const voided = state.lines.filter((each) => each.isVoided).length;
    const key = `${newest}:${state.number}:${voided}`;
    if (this.#drawnHistory === key) return;
    const isFirst = this.#drawnHistory === null;
    this.#drawnHistory = key;
    show("no-bids", state.lines.length === 0);
    show("history-hint", state.lines.length > 0);
    show("newest-only", state.bidCount > MAX_LINES);
    const known = new Set([...slots.history.children].map((item) => Number(item.dataset.place)));
    slots.history.replaceChildren(
      ...state.lines.map((line) => this.#line(line, state, !isFirst && !known.has(line.seq))),
    );
  }

  #line(line, state, isFresh) {
    const item = document.getElementById("bid-line").content.firstElementChild.cloneNode(true);
    const isOwn = line.number === state.number;
    const [name, number, tag] = item.querySelectorAll("b, .who .quiet, .tag");
    item.dataset.place = line.seq;
    item.classList.toggle("own", isOwn);
    item.classList.toggle("fresh", isFresh);
    item.classList.toggle("voided", line.isVoided);
    name.textContent = line.name ?? this.#texts.closed_account;
    number.textContent = this.fill("number", { number: line.number });
    if (isOwn) tag.textContent = this.#texts.own;
    else tag.remove();
    item.querySelector(".sum").textContent = this.money(line.cents);
    const time = item.querySelector("time");
    time.dateTime = new Date(line.at).toISOString();
    time.textContent = this.#second(line.at);
    const marks = [line.isAutomatic && this.#texts.automatic, line.isVoided && this.#texts.void].filter(Boolean);
    if (marks.length) time.after(` · ${marks.join(" · ")}`);
    return item;
  }

  #announceChange(state, at, now) {
    const before = this.#previous;
    if (!before) return;
    const [mark, more] = this.#standingOf(state, at);
    const [oldMark] = this.#standingOf(before, phase(before, now));
    if (mark && mark !== oldMark) this.#announcer.insist(`${this.#texts[mark].replace(/!?$/, ".")} ${more}`);
    if (state.voiding && state.voiding !== before.voiding) {
      this.#announcer.insist(this.fill("say_voided", state.voiding));
    }
    if (state.price !== before.price && !isOver(state)) {
      this.#announcer.say(
        this.fill("say_price", { amount: this.money(state.price), bids: this.count("bids", state.bidCount) }),
      );
    }
  }
}
