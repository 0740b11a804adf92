// A person sets up one-time codes and signs in with one.
import assert from "node:assert/strict";
import { test } from "node:test";
import { looksRight, signIn, signOut } from "../browser.mjs";
import { inHouse } from "../stage.mjs";
import { require } from "../packages.mjs";

const { TOTP, Secret } = require("otpauth");
const at = inHouse({ roles: ["admin"] });

test("codes of an authenticator are asked for once they are set up", async () => {
  const page = await at.enter("admin");
  await page.goto("/account");
  await looksRight(page, "account");
  const secret = (await page.textContent("#totp-secret")).trim();
  const totp = new TOTP({ secret: Secret.fromBase32(secret) });
  // The neighbouring step's code is taken too, and leaves the present one for the sign-in.
  await page.fill("#code", totp.generate({ timestamp: Date.now() - 30_000 }));
  await page.locator("form[action='/account/code'] button").click();
  await page.waitForSelector(".notice.good");
  await signOut(page);
  await page.waitForURL("**/login");
  await signIn(page, "admin");
  await page.waitForSelector("#code");
  await looksRight(page, "login-code");
  await page.goto("/users");
  assert.match(page.url(), /\/login/, "the password alone opens nothing");
  await signIn(page, "admin");
  await page.fill("#code", totp.generate());
  await page.click("button.main");
  await page.waitForURL((url) => !url.pathname.startsWith("/login"));
  await page.goto("/users");
  assert.match(page.url(), /\/users$/);
});
