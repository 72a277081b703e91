// A client with the npm package socket.io-client: joins, bids, and prints what it receives.
import { createRequire } from "node:module";

const [modules, url, auctionId, token, transport] = process.argv.slice(2);
const { io } = createRequire(`${modules}/`)("socket.io-client");
const socket = io(url, { transports: [transport], reconnection: false });
const say = (what, data) => process.stdout.write(`${JSON.stringify({ what, data })}\n`);

socket.on("auction_update", (data) => say("auction_update", data));
socket.on("auction_ended", (data) => {
  say("auction_ended", data);
  socket.close();
});
socket.on("connect_error", (error) => {
  say("connect_error", String(error));
  process.exit(1);
});
socket.on("connect", async () => {
  const ask = (event, data) => socket.timeout(15000).emitWithAck(event, data);
  say("joined", await ask("join", { auction_id: auctionId }));
  const bid = { auction_id: auctionId, amount: "90.00", token, idempotency_key: "npm-1" };
  say("placed", await ask("place_bid", bid));
  say("placed", await ask("place_bid", { auction_id: auctionId, amount: "1.00", token }));
});
