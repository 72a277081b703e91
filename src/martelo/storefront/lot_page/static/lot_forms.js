// The forms of a lot's page, sent without leaving it. Each carries its key, so that a second click,
// or a retry after a lost answer, is still one bid.

import { formatNumber, parseAmount, parseTyped } from "../web/money.js";

const TRIES = 3;
const PAUSE_MS = 1200;
const TIMEOUT_MS = 8000;
const OUTCOME_UNKNOWN = "outcome-unknown";

const pause = (milliseconds) => new Promise((done) => setTimeout(done, milliseconds));

async function send(form, body) {
  const headers = { Accept: "application/json" };
  const signal = AbortSignal.timeout(TIMEOUT_MS);
  try {
    const answer = await fetch(form.action, { method: "POST", body, headers, signal, redirect: "error" });
    return { status: answer.status, reply: await answer.json() };
  } catch {
    return { status: 0, reply: {} }; // no answer, or one that cannot be read
  }
}

// An answer that is not the storefront's own, as the gateway's, leaves the outcome open.
const isOpen = ({ status, reply }) => status !== 200 || reply.slug === OUTCOME_UNKNOWN;

// With the same key and amount each time, although the feed may change the page meanwhile.
async function sendSurely(form, onRetry) {
  const body = new URLSearchParams(new FormData(form));
  let answer = await send(form, body);
  for (let tries = 1; tries < TRIES && isOpen(answer); tries += 1) {
    onRetry();
    await pause(PAUSE_MS * tries);
    answer = await send(form, body);
  }
  return answer;
}

export function keepForms(start, liveBids, { accepted }) {
  const texts = start.texts;

  for (const form of document.querySelectorAll("form[data-form]")) {
    const fault = form.querySelector(".fault");
    const field = form.querySelector("input[type=text]");
    const note = document.createElement("p");
    note.className = "form-status";
    note.setAttribute("role", "status");
    fault.before(note);
    let isBusy = false;

    const report = (text) => (note.textContent = text);
    const refuse = (text) => {
      fault.textContent = text;
      fault.hidden = text === "";
      field?.toggleAttribute("aria-invalid", false);
      if (text) field?.setAttribute("aria-invalid", "true");
    };

    form.addEventListener("focusin", () => liveBids.prepare());
    form.addEventListener("submit", async (event) => {
      if (!start.is_signed_in) return; // the plain form leads to the sign-in page and back
      event.preventDefault();
      if (isBusy) return;
      isBusy = true;
      form.setAttribute("aria-busy", "true");
      form.dataset.unsettled = "true"; // the amount stays, in case the person has to send it again
      refuse("");
      const cents = field && parseAmount(parseTyped(field.value, start.language));
      report(texts.sending);
      const reply = (await liveBids.send(form)) ?? (await sendSurely(form, () => report(texts.retrying))).reply;
      isBusy = false;
      form.removeAttribute("aria-busy");
      report("");
      if (reply.slug !== OUTCOME_UNKNOWN && reply.key) delete form.dataset.unsettled;
      if (reply.key) form.elements.key.value = reply.key;
      if (reply.address) location.assign(reply.address);
      else if (reply.answer) welcome(reply, cents);
      else refuseWith(reply);
    });

    function welcome(reply, cents) {
      const { isLeading, minimum } = accepted(reply.answer, cents);
      if (form.dataset.form === "ceiling") field.value = "";
      if (form.dataset.form === "bid") field.value = formatNumber(minimum ?? 0, start.language);
      report(reply.text);
      // The form that had the focus goes away for who leads.
      if (isLeading && form.hidden) document.querySelector("[data-slot=standing]").focus();
    }

    function refuseWith(reply) {
      refuse(reply.text ?? texts.unknown);
      if (reply.accepted && field) field.value = reply.accepted;
      field?.focus();
      field?.select();
    }
  }

  for (const button of document.querySelectorAll(".quick-step")) {
    button.addEventListener("click", (event) => {
      event.preventDefault();
      document.getElementById("amount").value = button.value;
    });
  }

  for (const link of document.querySelectorAll(".thumbnails a")) {
    link.addEventListener("click", (event) => {
      event.preventDefault();
      const frame = document.querySelector(link.hash);
      frame.parentElement.scrollTo({ left: frame.offsetLeft - frame.parentElement.offsetLeft });
    });
  }
}
