// The seller's form: the card as the lists will show it, and the pictures chosen so far.
// Pictures are drawn on canvases, because the page's policy admits no other address for them.

const form = document.querySelector("[data-sell]");
const preview = document.querySelector("[data-preview]");
const chosen = document.querySelector("[data-chosen]");
const files = form.querySelector("[type=file]");

async function draw(file) {
  const bitmap = await createImageBitmap(file, { imageOrientation: "from-image" });
  const canvas = document.createElement("canvas");
  canvas.width = 320;
  canvas.height = 240;
  const scale = Math.max(canvas.width / bitmap.width, canvas.height / bitmap.height);
  const [width, height] = [bitmap.width * scale, bitmap.height * scale];
  const at = [(canvas.width - width) / 2, (canvas.height - height) / 2];
  canvas.getContext("2d").drawImage(bitmap, ...at, width, height);
  bitmap.close();
  return canvas;
}

async function showChosen() {
  const items = [];
  for (const file of files.files) {
    const item = document.createElement("li");
    try {
      item.append(await draw(file));
    } catch {
      // Not a picture: only its name appears, and the server says why once it is sent.
    }
    const name = document.createElement("span");
    name.textContent = file.name;
    item.append(name);
    items.push(item);
  }
  chosen.replaceChildren(...items);
  chosen.hidden = items.length === 0;
}

function showCard() {
  const title = preview.querySelector(".lot-title a");
  title.dataset.empty ??= title.textContent;
  title.removeAttribute("href");
  title.textContent = form.elements.title.value.trim() || title.dataset.empty;
  const price = form.elements.starting_price.value.trim();
  preview.querySelector(".price").textContent = price ? `R$ ${price}` : "—";
  preview.querySelector(".lot-time").hidden = true;
  preview.hidden = false;
}

if (files) files.addEventListener("change", showChosen);
if (preview) {
  form.addEventListener("input", showCard);
  showCard();
}

function setDisabled(isDisabled) {
  for (const button of form.querySelectorAll("button")) button.disabled = isDisabled;
}

// One press creates one lot; the key in the form would ensure it anyway.
form.addEventListener("submit", () => setTimeout(() => setDisabled(true), 0));
addEventListener("pageshow", () => setDisabled(false));
