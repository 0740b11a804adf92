// Every page of every role: axe-core finds nothing, nothing is wider than the screen, scripts do not fail; in
// both themes, on a desk and on a phone, in English too. And a page weighs little.
import assert from "node:assert/strict";
import { test } from "node:test";
import { looksRight } from "../browser.mjs";
import { inDemonstration } from "../stage.mjs";

// `first:` stands for the first link of the page before whose address begins so.
const PAGES = {
  leader: ["/", "/projects", "first:/projects/", "/projects/board", "/projects?q=none-such", "/enterprises", "first:/enterprises/", "/search?q=nl", "/account", "/api/docs", "/no-such-page"],
  policy: ["/enterprises", "first:/enterprises/", "first:/facts/", "/imports", "/imports/new"],
  auditor: ["/audit", "first:/audit/"],
  admin: ["/organisations", "first:/organisations/", "/users", "first:/users/"],
};
const WEIGHT_MAX = 100 * 1024;

const at = inDemonstration();

const enter = (role, sizes) => at.enterZone(role, "平顶山高新区", sizes);

const go = async (page, step) => {
  if (!step.startsWith("first:")) return page.goto(step);
  const begin = step.slice(6);
  const found = await page.locator(`main a[href^="${begin}"]`).evaluateAll(
    (links, begin) => links.map((link) => link.getAttribute("href")).find((href) => /^\d+$/.test(href.slice(begin.length))), begin);
  assert.ok(found, `${page.url()} has a link to ${begin}`);
  return page.goto(found);
};

// On a desk by day, on a phone by night: the colours of a theme are the same at any width.
for (const [role, steps] of Object.entries(PAGES)) {
  test(`the pages of ${role}`, async () => {
    for (const [colorScheme, sizes] of [["light", {}], ["dark", { width: 390, height: 844 }]]) {
      const page = await enter(role, sizes);
      await page.emulateMedia({ colorScheme });
      for (const step of steps) {
        await go(page, step);
        await looksRight(page, `${role}${step.replaceAll(/\W+/g, "-")}-${sizes.width ?? 1440}-${colorScheme}`);
      }
    }
  });
}

test("the pages of a leader in English", async () => {
  const page = await enter("leader", { width: 390, height: 844 });
  await Promise.all([page.waitForNavigation(), page.click("form[action='/language'] button")]);
  for (const step of PAGES.leader) {
    await go(page, step);
    await looksRight(page, `en${step.replaceAll(/\W+/g, "-")}-390`);
  }
});

test("a page weighs less than 100 KB on the line, charts aside", async () => {
  const page = await enter("leader");
  const line = await page.context().newCDPSession(page);
  await line.send("Network.enable");
  await line.send("Network.setCacheDisabled", { cacheDisabled: true });
  const addresses = new Map();
  let total = 0;
  line.on("Network.responseReceived", ({ requestId, response }) => addresses.set(requestId, response.url));
  line.on("Network.loadingFinished", ({ requestId, encodedDataLength }) => {
    if (!addresses.get(requestId)?.includes("echarts")) total += encodedDataLength;
  });
  for (const step of ["/", "/projects", "first:/projects/", "/enterprises", "first:/enterprises/"]) {
    total = 0;
    await go(page, step);
    await page.waitForLoadState("networkidle");
    console.log(`# ${step} weighs ${Math.round(total / 1024)} KB`);
    assert.ok(total > 1024 && total < WEIGHT_MAX, `${step} weighs ${total} bytes`);
  }
});
