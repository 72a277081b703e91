import assert from "node:assert/strict";
import { describe, mock, test } from "node:test";

import {
  formatLeft,
  momentFormat,
  ServerClock,
  secondFormat,
} from "../../src/martelo/storefront/web/static/countdown.js";

const AT = Date.parse("2026-01-31T12:04:09Z");
const ZONE = "America/Sao_Paulo";

describe("formatLeft", () => {
  for (const [seconds, text] of [
    [-5, "0 s"],
    [0, "0 s"],
    [59.999, "59 s"],
    [60, "1 min 00 s"],
    [3599, "59 min 59 s"],
    [3600, "1 h 00 min"],
    [86399, "23 h 59 min"],
    [90000, "1 d 1 h"],
  ]) {
    test(`writes ${seconds} s as ${text}`, () => {
      assert.equal(formatLeft(seconds * 1000), text.replaceAll(" ", "\u00a0"));
    });
  }
});

describe("ServerClock", () => {
  const answer = (milliseconds) => new Date(AT + milliseconds).toISOString();

  function clockAfter(...samples) {
    const clock = new ServerClock();
    for (const [milliseconds, arrivedAt] of samples) clock.learn(answer(milliseconds), AT + arrivedAt);
    return clock;
  }

  function offsetOf(clock) {
    mock.timers.enable({ apis: ["Date"], now: AT });
    try {
      return clock.now() - AT;
    } finally {
      mock.timers.reset();
    }
  }

  test("is the browser's clock until an answer arrives", () => assert.equal(offsetOf(clockAfter()), 0));

  test("follows the answer that was on its way for the shortest time", () => {
    assert.equal(offsetOf(clockAfter([0, 300], [1000, 1100], [2000, 2900])), -100);
  });

  test("starts again when the browser's clock was moved", () => {
    assert.equal(offsetOf(clockAfter([0, 0], [1000, 11000])), -10000);
  });

  test("leaves out what is not an instant", () => {
    const clock = clockAfter([0, 50]);
    clock.learn("soon", AT);
    assert.equal(offsetOf(clock), -50);
  });
});

describe("momentFormat", () => {
  test("writes an instant in the reader's zone and language", () => {
    assert.match(momentFormat("pt-BR", ZONE)(AT), /^31 de jan\.?, 09:04$/);
    assert.equal(momentFormat("en", ZONE)(AT), "31 Jan, 09:04");
  });
});

describe("secondFormat", () => {
  test("writes day, month and time to the second", () => assert.equal(secondFormat(ZONE)(AT), "31/01 09:04:09"));
});
