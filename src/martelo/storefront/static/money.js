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

// As `format_number`: what stands in a field.
export function formatNumber(cents, language) {
  const text = (cents / 100).toFixed(2);
  return language === "en" ? text : text.replace(".", ",");
}
