import assert from "node:assert/strict";
import { describe, test } from "node:test";

import {
  fromAuction,
  hasCeiling,
  isOver,
  MAX_LINES,
  phase,
  reduce,
  standing,
  withOwnBid,
} from "../../src/martelo/storefront/live_feed/static/auction.js";

const START = "2026-01-31T12:00:00Z";
const END = "2026-01-31T13:00:00Z";
const LATER = "2026-01-31T13:02:00Z";
const at = (instant) => Date.parse(instant);

const AUCTION = {
  seq: 1,
  status: "open",
  starting_price: "100.00",
  current_price: null,
  minimum_bid: "100.00",
  bid_count: 0,
  leader: null,
  reserve_met: null,
  starts_at: START,
  ends_at: END,
  viewers: 3,
};

const fresh = (more = {}) => fromAuction({ ...AUCTION, ...more }, null);

const bid = (seq, more = {}) => ({
  seq,
  bidder: { name: "Ana", number: 1 },
  leader: { name: "Ana", number: 1 },
  amount: "150.00",
  current_price: "150.00",
  minimum_bid: "152.50",
  bid_count: seq - 1,
  reserve_met: null,
  automatic: false,
  at: START,
  ends_at: END,
  ...more,
});

const SOLD = {
  seq: 9,
  status: "sold",
  final_price: "150.00",
  winner: { name: "Ana", number: 1 },
  sold_by: "bid",
  bid_count: 1,
  closed_at: END,
};

describe("fromAuction", () => {
  test("reads amounts as centavos and instants as milliseconds", () => {
    const state = fresh({ current_price: "150.00", minimum_bid: "152.50" });
    assert.deepEqual([state.starting, state.price, state.minimum], [10000, 15000, 15250]);
    assert.deepEqual([state.startsAt, state.endsAt], [at(START), at(END)]);
  });

  test("keeps the reader's own facts that a public snapshot lacks", () => {
    const state = fromAuction(
      { ...AUCTION, current_price: "150.00", leader: { name: "Ana", number: 1 } },
      { number: 1, ceiling: 20000, hasBought: false, isEdited: true },
    );
    assert.deepEqual([state.number, state.ceiling, state.isEdited], [1, 20000, true]);
  });

  test("forgets the ceiling of a bidder who was outbid", () => {
    const state = fromAuction(
      { ...AUCTION, current_price: "210.00", leader: { name: "Bia", number: 2 } },
      { number: 1, ceiling: 20000 },
    );
    assert.equal(state.ceiling, null);
  });
});

describe("reduce", () => {
  test("adds a bid and its price", () => {
    const state = reduce(fresh(), "bid", bid(2));
    assert.deepEqual([state.seq, state.price, state.minimum, state.bidCount], [2, 15000, 15250, 1]);
    assert.deepEqual(
      state.lines.map(({ seq, name, cents }) => [seq, name, cents]),
      [[2, "Ana", 15000]],
    );
  });

  test("ignores what is already known", () => {
    const state = reduce(fresh(), "bid", bid(2));
    assert.equal(reduce(state, "bid", bid(2)), state);
    assert.equal(reduce(state, "closed", { ...SOLD, seq: 1 }), state);
  });

  test("shows the newest bids first, up to a maximum", () => {
    let state = fresh();
    for (let seq = 2; seq < MAX_LINES + 4; seq += 1) state = reduce(state, "bid", bid(seq));
    assert.equal(state.lines.length, MAX_LINES);
    assert.equal(state.lines[0].seq, MAX_LINES + 3);
  });

  test("moves the end later, never earlier", () => {
    const state = reduce(fresh(), "extended", { ends_at: LATER });
    assert.equal(state.endsAt, at(LATER));
    assert.equal(reduce(state, "extended", { ends_at: END }).endsAt, at(LATER));
  });

  test("takes a bidder's bids back", () => {
    const state = {
      ...fresh(),
      number: 1,
      seq: 5,
      lines: [
        { seq: 4, number: 2 },
        { seq: 3, number: 1 },
      ],
    };
    const voided = {
      seq: 6,
      number: 2,
      current_price: "10.00",
      minimum_bid: "10.50",
      leader: { name: "A***a", number: 1 },
      bid_count: 1,
      reserve_met: null,
      reason: "conta falsa",
    };

    const next = reduce(state, "voided", voided);

    assert.equal(next.price, 1000);
    assert.equal(standing(next), "leading");
    assert.deepEqual(
      next.lines.map((each) => Boolean(each.isVoided)),
      [true, false],
    );
    assert.deepEqual(next.voiding, { number: 2, reason: "conta falsa" });
    assert.equal(standing(reduce({ ...state, number: 2 }, "voided", voided)), "voided");
  });
  test("notes that the lot was edited", () => assert.equal(reduce(fresh(), "edited", { seq: 2 }).isEdited, true));

  test("ends with winner and price", () => {
    const state = reduce(reduce(fresh(), "bid", bid(2)), "closed", SOLD);
    assert.deepEqual([state.status, state.minimum, state.result.price], ["sold", null, 15000]);
    assert.equal(state.result.winner.name, "Ana");
    assert.equal(reduce(state, "bid", bid(10)), state);
  });

  test("keeps the last price when the auction is cancelled", () => {
    const cancelled = { seq: 3, winner: null, final_price: null, closed_at: START, reason: "broken" };
    const state = reduce(reduce(fresh(), "bid", bid(2)), "cancelled", cancelled);
    assert.deepEqual([state.status, state.price, state.result.reason], ["cancelled", 15000, "broken"]);
    assert.equal(isOver(state), true);
  });
});

describe("withOwnBid", () => {
  const answer = {
    seq: 2,
    number: 1,
    outcome: "leading",
    current_price: "100.00",
    minimum_bid: "102.50",
    bid_count: 1,
    ends_at: END,
  };

  test("leads with the ceiling at once, before the feed reports it", () => {
    const state = withOwnBid(fresh(), answer, 20000);
    assert.deepEqual([state.seq, state.price, state.ceiling], [1, 10000, 20000]);
    assert.equal(standing(state), "leading");
    assert.equal(hasCeiling(state), true);
  });

  test("has no ceiling where another's automatic bid was higher", () => {
    const state = withOwnBid(fresh(), { ...answer, outcome: "outbid" }, 20000);
    assert.equal(state.ceiling, null);
    assert.equal(standing(state), "outbid");
  });

  test("does not take back what the feed reported later", () => {
    const state = withOwnBid(reduce(fresh(), "bid", bid(3)), answer, 10000);
    assert.deepEqual([state.price, state.seq], [15000, 3]);
  });

  test("has won what was bought at once", () => {
    const bought = withOwnBid(fresh(), { outcome: "bought" }, 0);
    assert.equal(standing(reduce(bought, "closed", { ...SOLD, winner: { name: "Bia" }, sold_by: "buy_now" })), "won");
  });
});

describe("phase", () => {
  for (const [instant, expected] of [
    ["2026-01-31T11:59:59Z", "scheduled"],
    [START, "open"],
    [END, "closing"],
  ]) {
    test(`is ${expected} at ${instant}`, () => assert.equal(phase(fresh(), at(instant)), expected));
  }

  test("is the result once the auction is over", () => {
    assert.equal(phase(reduce(fresh(), "closed", SOLD), at(START)), "sold");
  });
});

describe("standing", () => {
  test("is empty for a reader who has not bid", () => assert.equal(standing(fresh()), ""));

  for (const [number, status, expected] of [
    [1, "open", "leading"],
    [2, "open", "outbid"],
    [1, "sold", "won"],
    [2, "sold", "lost"],
  ]) {
    test(`is ${expected} for bidder ${number} of ${status} lots led by bidder 1`, () => {
      const state = reduce(fresh(), "bid", bid(2));
      assert.equal(standing({ ...state, number, status }), expected);
    });
  }
});
