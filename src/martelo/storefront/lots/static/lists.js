// Prices, counts and ends of the lots on a list, updated while the page is visible.
//
// `data-refresh` names the list's address; the cards it returns replace the text of those shown.
// Cards are neither added nor moved: nothing may move under a finger.

const EVERY_MS = 5000;
const SLOWEST_MS = 60000;
const PARTS = [".lot-picture .badge", ".lot-price", ".lot-line", ".lot-time"];

function renew(shown, fresh) {
  const before = shown.querySelector(".price").textContent;
  for (const part of PARTS) {
    const [old, young] = [shown.querySelector(part), fresh.querySelector(part)];
    if (old && young && old.innerHTML !== young.innerHTML) old.replaceWith(young);
  }
  const price = shown.querySelector(".price");
  if (before !== price.textContent) price.classList.add("changed");
}

function follow(list) {
  let wait = EVERY_MS;
  async function look() {
    if (!document.hidden) wait = (await refresh(list)) ? EVERY_MS : Math.min(wait * 2, SLOWEST_MS);
    setTimeout(look, wait);
  }
  setTimeout(look, wait);
}

async function refresh(list) {
  try {
    const answer = await fetch(list.dataset.refresh, {
      headers: { "X-Fragment": "lots" },
      signal: AbortSignal.timeout(4000),
    });
    if (!answer.ok) return false;
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    for (const shown of list.querySelectorAll(".lot")) {
      const fresh = page.querySelector(`[data-lot="${CSS.escape(shown.dataset.lot)}"]`);
      if (fresh) renew(shown, fresh);
    }
    return page.querySelector("[data-lot]") !== null;
  } catch {
    return false;
  }
}

for (const list of document.querySelectorAll("[data-refresh]")) follow(list);
