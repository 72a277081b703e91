// Marks in the contents of the documentation what is being read, and scrolls it into view there.

const LINE_PX = 48; // just below where the contents' links lead

const contents = document.querySelector(".contents");
const places = [];
for (const link of contents.querySelectorAll("a")) {
  const target = document.getElementById(link.hash.slice(1));
  if (target) places.push({ link, element: target.closest("details") ?? target });
}

const topOf = (place) => place.element.getBoundingClientRect().top;

function placeRead() {
  // What is on the last screen never reaches the line: there the followed link decides.
  const isEnd = scrollY + innerHeight >= document.documentElement.scrollHeight - 1;
  const followed = isEnd && places.find(({ link }) => link.hash === location.hash);
  if (followed && topOf(followed) > LINE_PX && topOf(followed) < innerHeight) return followed;
  return places.findLast((place) => topOf(place) <= LINE_PX);
}

function keepInSight(link) {
  const [inner, outer] = [link.getBoundingClientRect(), contents.getBoundingClientRect()];
  const bottom = Math.min(outer.bottom, innerHeight);
  if (inner.top < outer.top) contents.scrollTop -= outer.top - inner.top;
  else if (inner.bottom > bottom) contents.scrollTop += inner.bottom - bottom;
}

// Links do not move under a pointer: a press on one would end on another, which is not a click.
let isPointedAt = false;
contents.addEventListener("pointerenter", () => {
  isPointedAt = true;
});
contents.addEventListener("pointerleave", () => {
  isPointedAt = false;
});

let marked = null;

function mark() {
  const link = placeRead()?.link ?? null;
  if (link === marked) return;
  marked?.removeAttribute("aria-current");
  link?.setAttribute("aria-current", "location");
  marked = link;
  if (link && !isPointedAt) keepInSight(link);
}

let isScheduled = false;

function schedule() {
  if (isScheduled) return;
  isScheduled = true;
  requestAnimationFrame(() => {
    isScheduled = false;
    mark();
  });
}

addEventListener("scroll", schedule, { passive: true });
addEventListener("resize", schedule);
addEventListener("hashchange", schedule);
schedule();
