// Amounts: integer centavos inside, the API's text outside, and as the reader writes them.

export function parseAmount(text) {
  if (text === null || text === undefined) return null;
  const [whole, decimals = ""] = text.split(".");
  return Number(whole) * 100 + Number(decimals.padEnd(2, "0"));
}

// As `format_money` in formatting.py.
export function formatMoney(cents, language) {
  const whole = String(Math.floor(cents / 100));
  const decimals = String(cents % 100).padStart(2, "0");
  const isEnglish = language === "en";
  const grouped = whole.replace(/\B(?=(\d{3})+$)/g, isEnglish ? "," : ".");
  return isEnglish ? `R$${grouped}.${decimals}` : `R$\u00a0${grouped},${decimals}`;
}

// As `format_number`: the text of a field.
export function formatNumber(cents, language) {
  const text = (cents / 100).toFixed(2);
  return language === "en" ? text : text.replace(".", ",");
}

const PLAIN = /^(\d+)(?:[.,](\d{1,2}))?$/;
const GROUPED = {
  ".": /^(\d{1,3}(?:\.\d{3})+)(?:,(\d{1,2}))?$/,
  ",": /^(\d{1,3}(?:,\d{3})+)(?:\.(\d{1,2}))?$/,
};
const MAX_DIGITS = 12;

// As `parse_money`: what somebody typed as an amount of the API, or `null` where it is not an amount.
export function parseTyped(typed, language) {
  const text = typed.replace(/\s/g, "").toUpperCase().replace(/^R\$/, "");
  const matched = PLAIN.exec(text) ?? matchGrouped(text, language === "en" ? "," : ".");
  if (!matched) return null;
  const whole = matched[1].replace(/[.,]/g, "").replace(/^0+(?=\d)/, "");
  const decimals = (matched[2] ?? "").padEnd(2, "0");
  const isZero = Number(whole) === 0 && Number(decimals) === 0;
  return whole.length > MAX_DIGITS || isZero ? null : `${whole}.${decimals}`;
}

// Three digits after a single mark are ambiguous, except in a language that groups by that mark.
function matchGrouped(text, mark) {
  for (const [separator, pattern] of Object.entries(GROUPED)) {
    const matched = pattern.exec(text);
    if (!matched) continue;
    const isClear = separator === mark || matched[2] !== undefined || text.split(separator).length > 2;
    return isClear ? matched : null;
  }
  return null;
}
