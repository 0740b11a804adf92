// Signing in and out, and the switch of languages.
import assert from "node:assert/strict";
import { test } from "node:test";
import { looksRight, signOut } from "../browser.mjs";
import { inHouse } from "../stage.mjs";

const at = inHouse({ roles: ["admin", "auditor"] });

test("a person signs in, is brought to where they wanted to go, and signs out", async () => {
  const page = await at.visit();
  await page.goto("/users?from=journey");
  assert.match(page.url(), /\/login\?next=/);
  await looksRight(page, "login");
  await page.fill("#login", "admin");
  await page.fill("#password", "wrong-password-1");
  await page.click("button.main");
  await page.waitForSelector("[role=alert]");
  await page.goto("/login?next=/users");
  await page.fill("#login", "admin");
  await page.fill("#password", "南山有台-北山有莱-2024");
  await page.click("button.main");
  await page.waitForURL("**/users");
  await looksRight(page, "users");
  await signOut(page);
  await page.waitForURL("**/login");
  await page.goto("/users");
  assert.match(page.url(), /\/login/);
});

test("everything is said in the other language after the switch", async () => {
  const page = await at.enter("admin");
  await page.goto("/organisations");
  assert.equal(await page.getAttribute("html", "lang"), "zh-CN");
  await page.click("form[action='/language'] button");
  await page.waitForSelector("html[lang=en]");
  assert.match(page.url(), /\/organisations$/);
  assert.equal(await page.textContent("h1"), "Organisations");
  await looksRight(page, "organisations-en");
  await page.goto("/no-such-page");
  assert.equal(await page.getAttribute("html", "lang"), "en");
});

test("the pages of the administrator fit a phone, in the dark, without scripts", async () => {
  const page = await at.enter("admin", { width: 390, height: 844 });
  for (const [path, name] of [["/organisations", "organisations"], ["/users", "users"], ["/account", "account"]]) {
    await page.goto(path);
    await looksRight(page, `${name}-390`);
    await page.emulateMedia({ colorScheme: "dark" });
    await looksRight(page, `${name}-390-dark`);
    await page.emulateMedia({ colorScheme: "light" });
  }
  const plain = await at.enter("admin", { javaScript: false });
  await plain.goto("/organisations");
  await plain.fill("#name", "招商科");
  await plain.selectOption("#kind", "department");
  await plain.click("form[action='/organisations'] button");
  await plain.waitForURL(/\/organisations\/\d+$/);
  assert.equal(await plain.textContent("h1"), "招商科");
});
