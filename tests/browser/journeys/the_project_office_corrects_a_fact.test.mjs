// The project office finds a project by its initials, corrects a fact, and sees what was there before.
import assert from "node:assert/strict";
import { test } from "node:test";
import { looksRight } from "../browser.mjs";
import { inOwnDemonstration } from "../stage.mjs";

const at = inOwnDemonstration();

const enter = () => at.enterZone("projects", "随州高新区");

test("a correction supersedes, and the history says who and when", async () => {
  const page = await enter();
  await page.goto("/");
  await page.keyboard.press("/");
  await page.keyboard.type("jldq");
  await page.keyboard.press("Enter");
  await page.waitForURL(/\/search\?/);
  await looksRight(page, "search");
  await page.click("a[href^='/projects/']:has-text('季梁大桥')");
  await page.waitForURL(/\/projects\/\d+$/);
  await page.hover("dd:has-text('70')");
  await page.click("a.edit[href*='beams_installed']");
  await looksRight(page, "correction");
  await page.fill("#value", "七十二");
  await page.click("form.panel button.main");
  assert.equal(await page.inputValue("#value"), "七十二");
  assert.ok(await page.textContent("#wrong"));
  await looksRight(page, "correction-wrong");
  await page.fill("#value", "72");
  await page.click("form.panel button.main");
  await page.waitForURL(/\/projects\/\d+\?saved=fact$/);
  await page.click(".actions a[href$='/history']");
  await page.waitForSelector("#side tbody tr");
  const rows = await page.locator("#side tbody tr").allTextContents();
  assert.match(rows[0], /72.*projects.*填报/s);
  assert.match(rows[1], /70.*命令行/s);
  await looksRight(page, "history");
});

test("filters are chips, a view keeps them, chosen columns stay", async () => {
  const page = await enter();
  await page.goto("/projects");
  await Promise.all([page.waitForNavigation(), page.selectOption("#f-stage", "started")]);
  assert.match(page.url(), /stage=started/);
  await page.click("summary:has-text('保存为视图')");
  await page.fill("#view-name", "在建");
  await page.click("form[action='/projects/views'] button");
  await page.waitForSelector("a.chip[aria-current]:has-text('在建')");
  await page.click("summary:has-text('选择列')");
  await page.uncheck("input[name=column][value=park]");
  await page.check("input[name=column][value=problems]");
  await page.click("form[action='/projects/columns'] button");
  await page.waitForSelector("th:has-text('存在问题')");
  assert.equal(await page.locator("thead th:has-text('所属园区')").count(), 0);
  await looksRight(page, "projects-view");
  await page.click(".chips a[aria-label*='去掉筛选']");
  await page.waitForURL((url) => !url.search.includes("stage="));
});

test("the past shows what was recorded then, and cannot be changed", async () => {
  const page = await enter();
  await page.goto("/projects?as_of=2024-01-01");
  assert.match(await page.textContent(".empty"), /还没有记录/);
  assert.equal(await page.locator("form[method=post][action^='/projects']").count(), 0);
  await looksRight(page, "projects-past");
});
