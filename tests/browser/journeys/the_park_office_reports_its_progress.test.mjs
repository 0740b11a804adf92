// The park office sees its own park alone, and reports progress from a phone on the building site.
import assert from "node:assert/strict";
import { test } from "node:test";
import { looksRight } from "../browser.mjs";
import { inDemonstration } from "../stage.mjs";

const at = inDemonstration();

test("nothing of another park is to be seen", async () => {
  const page = await at.enter("park");
  await page.goto("/");
  await looksRight(page, "park-cockpit");
  await page.goto("/projects");
  const parks = await page.locator("table.list tbody tr").evaluateAll((rows) => rows.map((row) => row.textContent));
  assert.ok(parks.length > 0);
  assert.ok(parks.every((text) => text.includes("青春化工园")), "only rows of its own park");
  // What the leader sees of another park is not there for the park office.
  const leader = await at.enter("leader");
  await Promise.all([leader.waitForNavigation(), leader.selectOption("#zone", { label: "随州高新区" })]);
  await leader.goto("/projects");
  const foreign = await leader.locator("table.list tbody tr", { hasNotText: "青春化工园" }).first().getAttribute("data-href");
  const answer = await page.goto(foreign);
  assert.equal(answer.status(), 404);
  for (const path of ["/users", "/audit", "/organisations"]) {
    assert.equal((await page.goto(path)).status(), 403, path);
  }
});

test("progress is reported from a phone, with the thumb", async () => {
  const page = await at.enter("park", { width: 390, height: 844 });
  await page.goto("/projects");
  await page.locator("table.list tbody tr a").first().click();
  await page.waitForURL(/\/projects\/\d+$/);
  await looksRight(page, "park-project-390");
  await page.locator("a.button[href$='/correction']").click();
  await page.selectOption("#variable", "physical_progress");
  await page.click("form.panel button.main");
  await page.waitForSelector("#value");
  await looksRight(page, "park-progress-390");
  const said = "三层楼板浇筑完成，外架同步搭设";
  await page.fill("#value", said);
  await page.click("form.panel button.main");
  await page.waitForURL(/\/projects\/\d+\?saved=fact$/);
  assert.match(await page.textContent("dl.facts"), new RegExp(said));
  await page.click("#buildings summary");
  await page.fill("#building", "联合厂房");
  await page.fill("#part", "钢结构");
  await page.fill("#percent", "72.5");
  await looksRight(page, "park-building-390");
  await page.click("#buildings form button");
  await page.waitForURL(/#buildings$/);
  assert.match(await page.textContent("#buildings table"), /联合厂房.*钢结构.*72\.5%/s);
  const button = await page.locator("a.button.main").first().boundingBox();
  assert.ok(button.height >= 40, `a thumb needs more than ${button.height} pixels`);
});
