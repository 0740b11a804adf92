// The policy officer opens an enterprise, sees what it is eligible for and what it is worth, asks why clause by
// clause, follows a fact to its cell, and puts in what is missing; the verdict follows at once.
import assert from "node:assert/strict";
import { test } from "node:test";
import { looksRight } from "../browser.mjs";
import { inDemonstration } from "../stage.mjs";

const at = inDemonstration();

const open = async (name) => {
  const page = await at.enterZone("policy", "随州高新区");
  await page.goto(`/enterprises?q=${encodeURIComponent(name)}`);
  await page.click(`table.list tbody a:has-text("${name}")`);
  await page.waitForURL(/\/enterprises\/\d+/);
  return page;
};

test("a certificate and an income are worth a tenth of it, with both cells to see", async () => {
  const page = await open("明月配套有限公司");
  await looksRight(page, "enterprise-policies");
  const line = page.locator(".verdicts li", { hasText: "减按15%税率" });
  assert.match(await line.first().textContent(), /万元/);
  await line.locator("a").first().click();
  await page.waitForURL(/\/policies\/hnte_cit_rate$/);
  await looksRight(page, "policy");
  assert.match(await page.textContent(".sentence"), /● 符合/);
  assert.equal(await page.locator(".clauses > li").count(), 2);
  await page.locator(".clauses .source-mark").first().click();
  await page.waitForSelector("#side td.cited");
  assert.match(await page.textContent("#side td.cited"), /2022-11-15/);
});

test("what is missing is put in, and the verdict follows", async () => {
  const page = await open("海棠物流有限公司");
  const own = page.url();
  await page.goto(`${own}/policies/hnte_cit_rate`);
  assert.match(await page.textContent(".sentence"), /○ 缺数据/);
  await page.locator(".clauses a[href*='hnte_valid_from']").first().click();
  await page.fill("#value", "无");
  await page.click("form.panel button.main");
  await page.waitForURL(/\/enterprises\/\d+\?saved=fact$/);
  await page.goto(`${own}/policies/hnte_cit_rate`);
  assert.match(await page.textContent(".sentence"), /■ 不符合/, "known to have none is not the same as not known");
  await page.fill("#on", "2022-12-31");
  await Promise.all([page.waitForNavigation(), page.click(".day-choice button")]);
  assert.match(await page.textContent(".sentence"), /2022-12-31/);
});
