// A lot's page, alive: the feed changes the state, the state is drawn, forms are sent without leaving.

import { fromAuction, isOver, reduce, standing, withOwnBid } from "../live_feed/auction.js";
import { LiveBids } from "../live_feed/bids.js";
import { Feed } from "../live_feed/feed.js";
import { pageArrival, ServerClock } from "../web/countdown.js";
import { showEnded } from "./lot_end.js";
import { keepForms } from "./lot_forms.js";
import { LotView } from "./lot_view.js";
import { awaitReport } from "./report.js";

const start = JSON.parse(document.getElementById("lot-start").textContent);
const clock = new ServerClock();
clock.learn(start.auction.server_time, pageArrival());

const view = new LotView(start);
let state = fromAuction(start.auction, null);

function become(next) {
  state = next;
  view.draw(state, clock.now());
}

function tick() {
  view.draw(state, clock.now());
  setTimeout(tick, 1000 - (clock.now() % 1000) + 5);
}
tick();

function hear(name, data) {
  if (data.server_time) clock.learn(data.server_time);
  if (name === "look") look(data);
  else become(reduce(state, name, data));
  if (isOver(state)) end();
}

const PARTY_SPREAD_MS = 1000;
const WATCHER_SPREAD_MS = 4000;
const EACH_VIEWER_MS = 20; // so that however many watch, at most fifty pages a second are requested

const address = `/leiloes/${start.auction.id}`;
const reportSlot = document.querySelector("[data-slot=report]");
let hasEnded = false;

function end() {
  feed.end();
  if (hasEnded) return;
  hasEnded = true;
  followReport();
  showAsLoaded();
}

async function followReport() {
  if (await awaitReport(reportSlot, address)) view.say(start.texts.say_report);
}

// Everybody is shown what the page would show them if it were loaded now; who sold or bid, first.
async function showAsLoaded() {
  const isParty = start.is_own || state.number !== null;
  const watchersMs = Math.max(WATCHER_SPREAD_MS, state.viewers * EACH_VIEWER_MS);
  const ended = await showEnded(address, isParty ? PARTY_SPREAD_MS : watchersMs);
  if (!ended) return;
  view.restart(ended);
  become(fromAuction(ended.auction, state));
}

// What a request returned while the feed was lost or silent; older data change nothing.
function look(auction) {
  const isNews = auction.seq > state.seq || (isOver(fromAuction(auction, state)) && !isOver(state));
  if (isNews) {
    feed.distrust();
    become(fromAuction(auction, state));
  } else {
    become({ ...state, viewers: auction.viewers ?? state.viewers });
  }
}

let feed = { end() {}, distrust() {}, prepare() {}, bid: async () => null };
if (!isOver(state)) {
  view.drawFeed("connecting");
  feed = new Feed(start.auction.id, hear, (connection) => {
    if (!isOver(state)) view.drawFeed(connection);
  });
}

if (reportSlot.querySelector("[data-report=coming]")) followReport();

const liveBids = new LiveBids(start, () => feed, view);

keepForms(start, liveBids, {
  accepted(answer, cents) {
    if (answer.server_time) clock.learn(answer.server_time);
    become(withOwnBid(state, answer, cents));
    return { isLeading: standing(state) === "leading", minimum: state.minimum };
  },
});
