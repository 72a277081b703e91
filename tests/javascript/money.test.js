import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { describe, test } from "node:test";

import { formatMoney, formatNumber, parseAmount, parseTyped } from "../../src/martelo/storefront/web/static/money.js";

const VECTORS = new URL("../conformance/auctions/auction-vectors.json", import.meta.url);
const AMOUNTS = JSON.parse(readFileSync(VECTORS, "utf-8")).amounts;

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

  for (const [typed, portuguese, english] of [
    ["1.234,56", "1234.56", "1234.56"],
    ["1,234.56", "1234.56", "1234.56"],
    ["1234,5", "1234.50", "1234.50"],
    ["1.234", "1234.00", null],
    ["1,234", null, "1234.00"],
    ["1.234.567", "1234567.00", "1234567.00"],
    [" R$ 150 ", "150.00", "150.00"],
    ["r$150,00", "150.00", "150.00"],
    ["007", "7.00", "7.00"],
  ]) {
    test(`reads ${JSON.stringify(typed)} as the language groups digits`, () => {
      assert.equal(parseTyped(typed, "pt-br"), portuguese);
      assert.equal(parseTyped(typed, "en"), english);
    });
  }

  for (const typed of [
    "",
    "0",
    "0,00",
    "-5",
    "+5",
    "1e3",
    "NaN",
    "1,2345",
    "12.34.56",
    "5,",
    ",5",
    "9999999999999",
    "١٢",
  ]) {
    test(`refuses ${JSON.stringify(typed)}`, () => {
      assert.equal(parseTyped(typed, "pt-br"), null);
      assert.equal(parseTyped(typed, "en"), null);
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
