// The auditor filters the entries, verifies the chain and takes the list along.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { looksRight } from "../browser.mjs";
import { inHouse } from "../stage.mjs";

const at = inHouse({ roles: ["admin", "auditor"] });

test("the chain holds, and says with which hash it ends", async () => {
  const page = await at.enter("auditor");
  await page.goto("/audit");
  await looksRight(page, "audit");
  await page.click("form[action='/audit/verification'] button");
  await page.waitForSelector("#verification.good");
  assert.match(await page.textContent("#verification code"), /^[0-9a-f]{64}$/);
  await looksRight(page, "audit-verified");
  await page.selectOption("#action", "audit");
  await page.click("form.filters button");
  await page.waitForURL(/action=audit/);
  assert.match(await page.textContent("tbody"), /校验审计链/);
  const [download] = await Promise.all([page.waitForEvent("download"), page.click("a[href^='/audit/export']")]);
  assert.equal(readFileSync(await download.path()).subarray(0, 2).toString(), "PK");
  await page.click("tbody tr a");
  await page.waitForURL(/\/audit\/\d+/);
  await looksRight(page, "audit-entry");
});

test("it fits a phone and the dark", async () => {
  const page = await at.enter("auditor", { width: 390, height: 844 });
  await page.goto("/audit");
  await looksRight(page, "audit-390");
  await page.emulateMedia({ colorScheme: "dark" });
  await looksRight(page, "audit-390-dark");
});
