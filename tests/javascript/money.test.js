import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { describe, test } from "node:test";

import { formatMoney, formatNumber, parseAmount, parseTyped } from "../../src/martelo/storefront/web/static/money.js";

const read = (path) => JSON.parse(readFileSync(new URL(path, import.meta.url), "utf-8"));
const AMOUNTS = read("../conformance/auctions/auction-vectors.json").amounts;
const TYPED = read("../unit/storefront/texts/typed-amounts.json");

// The text of an amount, whether the API's JSON has it as a number or as a string.
const textOf = ({ json }) => json.replace(/^"(.*)"$/, "$1");
const valid = AMOUNTS.filter(({ cents }) => cents !== null);

describe("parseAmount", () => {
  for (const vector of valid) {
    test(`reads ${vector.json}`, () => assert.equal(parseAmount(textOf(vector)), vector.cents));
  }

  test("has nothing to read where there is no amount", () => {
    assert.equal(parseAmount(null), null);
    assert.equal(parseAmount(undefined), null);
  });
});

describe("parseTyped", () => {
  for (const language of ["pt-br", "en"]) {
    for (const vector of valid) {
      test(`reads ${vector.json} in ${language}`, () => {
        assert.equal(parseAmount(parseTyped(textOf(vector), language)), vector.cents);
      });
    }
  }

  for (const amount of TYPED.read) {
    test(`reads ${JSON.stringify(amount.typed)} as the language groups digits`, () => {
      for (const language of ["pt-br", "en"]) assert.equal(parseTyped(amount.typed, language), amount[language]);
    });
  }

  for (const typed of TYPED.refused) {
    test(`refuses ${JSON.stringify(typed)}`, () => {
      for (const language of ["pt-br", "en"]) assert.equal(parseTyped(typed, language), null);
    });
  }
});

describe("formatMoney", () => {
  for (const [cents, portuguese, english] of [
    [0, "R$\u00a00,00", "R$0.00"],
    [5, "R$\u00a00,05", "R$0.05"],
    [100000, "R$\u00a01.000,00", "R$1,000.00"],
    [123456, "R$\u00a01.234,56", "R$1,234.56"],
    [99999999999999, "R$\u00a0999.999.999.999,99", "R$999,999,999,999.99"],
  ]) {
    test(`writes ${cents} centavos as the language does`, () => {
      assert.equal(formatMoney(cents, "pt-br"), portuguese);
      assert.equal(formatMoney(cents, "en"), english);
    });
  }

  for (const { cents } of valid) {
    test(`writes ${cents} centavos so that they are read back`, () => {
      for (const language of ["pt-br", "en"]) {
        for (const format of [formatMoney, formatNumber]) {
          assert.equal(parseAmount(parseTyped(format(cents, language), language)), cents);
        }
      }
    });
  }
});

describe("formatNumber", () => {
  test("writes two decimals after the language's mark", () => {
    assert.equal(formatNumber(123450, "pt-br"), "1234,50");
    assert.equal(formatNumber(123450, "en"), "1234.50");
  });
});
