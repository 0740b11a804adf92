// The enterprise finds itself, its policies and what they lack, and nobody else; a partner finds nothing yet.
import assert from "node:assert/strict";
import { test } from "node:test";
import { looksRight } from "../browser.mjs";
import { inDemonstration } from "../stage.mjs";

const at = inDemonstration();

test("an enterprise sees itself alone", async () => {
  const page = await at.enter("enterprise", { width: 390, height: 844 });
  await page.goto("/enterprises");
  const rows = page.locator("table.list tbody tr");
  assert.equal(await rows.count(), 1);
  await rows.locator("a").click();
  await page.waitForURL(/\/enterprises\/\d+$/);
  const own = Number(new URL(page.url()).pathname.split("/").pop());
  await looksRight(page, "own-enterprise-390");
  assert.equal(await page.locator("#policies").count(), 1);
  assert.equal(await page.locator("a[href*='/correction']").count(), 0, "it changes nothing");
  for (const path of ["/", "/projects", "/imports", "/enterprises/export", "/audit", "/users"]) {
    assert.equal((await page.goto(path)).status(), path === "/" ? 200 : 403, path);
  }
  for (const other of [own - 1, own + 1]) {
    assert.equal((await page.goto(`/enterprises/${other}`)).status(), 404);
    assert.equal((await page.goto(`/enterprises/${other}/policies/hnte_cit_rate`)).status(), 404);
  }
});

test("a partner sees neither projects nor enterprises nor their facts", async () => {
  const page = await at.enter("partner");
  assert.match(page.url(), /\/account$/);
  await looksRight(page, "partner");
  assert.equal(await page.locator(".rail a").count(), 0);
  for (const path of ["/projects", "/enterprises", "/facts/1", "/search?q=a", "/imports", "/exports/facts", "/audit"]) {
    assert.equal((await page.goto(path)).status(), 403, path);
  }
});
