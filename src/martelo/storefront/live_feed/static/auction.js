// What is known of an auction, and how each event changes it: pure functions, no page, no clock.

import { parseAmount } from "../web/money.js";

export const MAX_LINES = 50;
const FINAL = ["sold", "unsold", "cancelled"];

export const isOver = (state) => FINAL.includes(state.status);

const line = (bid) => ({
  seq: bid.seq,
  name: bid.bidder.name,
  number: bid.bidder.number,
  cents: parseAmount(bid.amount),
  isAutomatic: bid.automatic,
  isVoided: bid.voided ?? false,
  at: Date.parse(bid.at),
});

// `own` is known only from the reader's own answers: their number and their ceiling.
export function fromAuction(auction, own) {
  const you = auction.you ?? null;
  const state = {
    seq: auction.seq,
    status: auction.status === "scheduled" ? "open" : auction.status,
    starting: parseAmount(auction.starting_price),
    price: parseAmount(auction.current_price),
    minimum: parseAmount(auction.minimum_bid),
    bidCount: auction.bid_count,
    leader: auction.leader,
    reserveMet: auction.reserve_met,
    startsAt: Date.parse(auction.starts_at),
    endsAt: Date.parse(auction.ends_at),
    viewers: auction.viewers ?? 0,
    lines: (auction.bids ?? []).map(line),
    result: auction.result ? result(auction) : null,
    number: you?.number ?? own?.number ?? null,
    isVoided: you?.voided ?? own?.isVoided ?? false,
    hasBought: own?.hasBought ?? false,
    isEdited: own?.isEdited ?? false,
  };
  return withCeiling(state, parseAmount(you?.max_amount) ?? own?.ceiling ?? null);
}

// A ceiling counts while its bidder leads; a beaten one never comes back.
function withCeiling(state, ceiling) {
  const counts = ceiling !== null && ceiling >= state.price && standing(state) === "leading";
  return { ...state, ceiling: counts ? ceiling : null };
}

function result(auction) {
  const { winner, final_price: price, sold_by: soldBy, closed_at: closedAt, reason } = auction.result;
  const isLeader = winner && auction.leader;
  return {
    winner: winner ? { name: winner.name, number: winner.number ?? (isLeader ? auction.leader.number : null) } : null,
    price: parseAmount(price),
    soldBy: soldBy ?? null,
    closedAt: Date.parse(closedAt),
    reason: reason ?? "",
  };
}

// One event of the feed. A snapshot replaces everything; any other that is already known is ignored.
export function reduce(state, name, data) {
  if (name === "snapshot") return fromAuction(data, state);
  if (name === "extended") return { ...state, endsAt: Math.max(state.endsAt, Date.parse(data.ends_at)) };
  if (isOver(state) || data.seq <= state.seq) return state;
  const next = { ...state, seq: data.seq };
  if (name === "bid") return withBid(next, data);
  if (name === "voided") return withoutBids(next, data);
  if (name === "rescheduled") return { ...next, endsAt: Date.parse(data.ends_at) };
  if (name === "edited") return { ...next, isEdited: true };
  if (name === "closed" || name === "cancelled") return withEnd(next, name, data);
  return next;
}

function withBid(state, data) {
  const next = {
    ...state,
    price: parseAmount(data.current_price),
    minimum: parseAmount(data.minimum_bid),
    leader: data.leader,
    bidCount: data.bid_count,
    reserveMet: data.reserve_met,
    endsAt: Date.parse(data.ends_at),
    lines: [line(data), ...state.lines].slice(0, MAX_LINES),
  };
  return withCeiling(next, state.ceiling);
}

// Bids of one bidder voided: the only way in which a price falls.
function withoutBids(state, data) {
  const next = {
    ...state,
    price: parseAmount(data.current_price),
    minimum: parseAmount(data.minimum_bid),
    leader: data.leader,
    bidCount: data.bid_count,
    reserveMet: data.reserve_met,
    lines: state.lines.map((each) => (each.number === data.number ? { ...each, isVoided: true } : each)),
    isVoided: state.isVoided || data.number === state.number,
    voiding: { number: data.number, reason: data.reason },
  };
  return withCeiling(next, state.ceiling);
}

function withEnd(state, name, data) {
  return {
    ...state,
    status: name === "cancelled" ? "cancelled" : data.status,
    minimum: null,
    price: parseAmount(data.final_price) ?? state.price,
    leader: data.winner ?? state.leader,
    bidCount: data.bid_count ?? state.bidCount,
    result: {
      winner: data.winner,
      price: parseAmount(data.final_price),
      soldBy: data.sold_by,
      closedAt: Date.parse(data.closed_at),
      reason: data.reason ?? "",
    },
  };
}

// The answer to one's own bid of `cents`, typed as a bid or as a ceiling: who leads would now pay as
// much. The feed reports it too, later, so `seq` is unchanged.
export function withOwnBid(state, answer, cents) {
  const number = answer.number ?? state.number;
  if (answer.outcome === "bought") return { ...state, number, hasBought: true };
  const isLeading = answer.outcome === "leading";
  const answered = {
    price: parseAmount(answer.current_price),
    minimum: parseAmount(answer.minimum_bid),
    bidCount: answer.bid_count,
    endsAt: Date.parse(answer.ends_at),
    leader: isLeading ? { name: "", number } : state.leader,
  };
  const next = { ...state, number, ...(answer.seq > state.seq ? answered : {}) };
  return withCeiling(next, isLeading ? Math.max(cents, state.ceiling ?? 0) : null);
}

// Whether the reader would pay more than the price; at the price a plain bid is all there is.
export const hasCeiling = (state) => state.ceiling !== null && state.ceiling > state.price;

export function phase(state, now) {
  if (isOver(state)) return state.status;
  if (now < state.startsAt) return "scheduled";
  return now < state.endsAt ? "open" : "closing";
}

// "" for who has not bid.
export function standing(state) {
  if (state.status === "sold" && state.hasBought) return "won"; // a first bidder has no number yet
  if (state.number === null) return "";
  const isFirst = state.leader?.number === state.number;
  if (state.status === "sold") return isFirst ? "won" : "lost";
  if (state.isVoided) return "voided";
  return isFirst ? "leading" : "outbid";
}
