// The leader opens the cockpit, asks why a project is red, and follows a number to its sentence and its cell.
import assert from "node:assert/strict";
import { test } from "node:test";
import { looksRight } from "../browser.mjs";
import { chooseZone, inOwnDemonstration } from "../stage.mjs";

const at = inOwnDemonstration();

const enter = (sizes) => at.enter("leader", sizes);
const choose = async (page, zone) => {
  await chooseZone(page, zone);
  await page.goto("/");
};

test("the sentence's numbers lead to the projects they count", async () => {
  const page = await enter();
  await choose(page, "随州高新区");
  await looksRight(page, "cockpit");
  const late = Number((await page.textContent(".sentence a[href*='late=']")).match(/\d+/)[0]);
  assert.ok(late > 0);
  await page.click(".sentence a[href*='late=']");
  await page.waitForURL(/\/projects\?late=/);
  assert.equal(await page.locator("table.list tbody tr").count(), late);
  await looksRight(page, "projects-late");
  await page.waitForSelector(".totals .sum");
  assert.match(await page.textContent(".totals"), new RegExp(`共 ${late} 条`));
});

test("a published growth leads to its sentence at the side, and the place is kept", async () => {
  const page = await enter();
  await choose(page, "随州高新区");
  await page.click("section.growth tbody tr:first-child .source-mark");
  await page.waitForSelector("#side mark");
  assert.match(await page.textContent("#side mark"), /固定资产投资额/);
  assert.equal(new URL(page.url()).pathname, "/");
  await looksRight(page, "cockpit-source");
  await page.keyboard.press("Escape");
  assert.equal(await page.locator("#side *").count(), 0);
});

test("an amount leads to its cell among its neighbours", async () => {
  const page = await enter();
  await choose(page, "随州高新区");
  await page.goto("/projects");
  await page.click("table.list tbody tr:first-child a");
  await page.waitForURL(/\/projects\/\d+/);
  await looksRight(page, "project");
  await page.click(".figures .source-mark");
  await page.waitForSelector("#side td.cited");
  const shown = (await page.textContent(".figures .digits")).replaceAll(",", "");
  assert.equal((await page.textContent("#side td.cited")).trim(), shown);
  const [download] = await Promise.all([page.waitForEvent("download"), page.click("#side a[download]")]);
  assert.match(download.suggestedFilename(), /台账.*\.xlsx$/);
});

test("everything is there without scripts", async () => {
  const page = await enter({ javaScript: false });
  await page.goto("/projects");
  await page.click(".totals a");
  assert.match(await page.textContent(".totals"), /共 \d+ 条/);
  await page.click("table.list thead a[href*='sort=investment_total']");
  await page.waitForURL(/sort=investment_total&order=desc/);
  await page.click("table.list tbody tr:first-child a");
  await page.click(".figures .source-mark");
  await page.waitForURL(/\/facts\/\d+/);
  assert.equal(await page.locator("td.cited, mark").count(), 1);
});

test("pages fit a phone, and the dark", async () => {
  const page = await enter({ width: 390, height: 844 });
  await choose(page, "平顶山高新区");
  for (const [name, address] of [["cockpit", "/"], ["projects", "/projects"], ["board", "/projects/board"], ["enterprises", "/enterprises"], ["search", "/search?q=nl"]]) {
    await page.goto(address);
    await looksRight(page, `${name}-390`);
    await page.emulateMedia({ colorScheme: "dark" });
    await looksRight(page, `${name}-390-dark`);
    await page.emulateMedia({ colorScheme: "light" });
  }
});
