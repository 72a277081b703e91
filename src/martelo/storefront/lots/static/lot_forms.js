// The forms of a lot's page, sent without leaving it. Each carries its key, so that a second click,
// or asking again after a lost answer, is still one bid.

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
    return { status: answer.status, told: await answer.json() };
  } catch {
    return { status: 0, told: {} }; // no answer, or none that can be read: nobody knows
  }
}

// Whatever is not the storefront's own answer, as the gateway's, leaves the outcome open.
const isOpen = ({ status, told }) => status !== 200 || told.slug === OUTCOME_UNKNOWN;

// With the same key and the same amount, a few times: what the feed tells meanwhile changes the page.
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
    note.className = "told";
    note.setAttribute("role", "status");
    fault.before(note);
    let isBusy = false;

    const tell = (text) => (note.textContent = text);
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
      form.dataset.unsettled = "true"; // the amount stays, in case the person has to ask again
      refuse("");
      const cents = field && parseAmount(parseTyped(field.value, start.language));
      tell(texts.sending);
      const told = (await liveBids.send(form)) ?? (await sendSurely(form, () => tell(texts.retrying))).told;
      isBusy = false;
      form.removeAttribute("aria-busy");
      tell("");
      if (told.slug !== OUTCOME_UNKNOWN && told.key) delete form.dataset.unsettled;
      if (told.key) form.elements.key.value = told.key;
      if (told.address) location.assign(told.address);
      else if (told.answer) welcome(told, cents);
      else refuseWith(told);
    });

    function welcome(told, cents) {
      const { isLeading, minimum } = accepted(told.answer, cents);
      if (form.dataset.form === "ceiling") field.value = "";
      if (form.dataset.form === "bid") field.value = formatNumber(minimum ?? 0, start.language);
      tell(told.text);
      // The form that had the focus goes away for who leads.
      if (isLeading && form.hidden) document.querySelector("[data-slot=standing]").focus();
    }

    function refuseWith(told) {
      refuse(told.text ?? texts.unknown);
      if (told.accepted && field) field.value = told.accepted;
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
