// The administrator adds an account; its owner must change the password before anything else.
import assert from "node:assert/strict";
import { test } from "node:test";
import { looksRight, signIn } from "../browser.mjs";
import { inHouse } from "../stage.mjs";

const at = inHouse({ roles: ["admin"] });

test("a new auditor sets a password of their own and then sees the audit", async () => {
  const admin = await at.enter("admin");
  await admin.goto("/users");
  await admin.fill("#new-login", "zhao");
  await admin.fill("#new-name", "赵纪");
  await admin.selectOption("#new-role", "auditor");
  await admin.fill("#new-password", "first-secret-1");
  await admin.click("form[action='/users'] button");
  await admin.waitForURL(/\/users\/\d+$/);
  await looksRight(admin, "user");

  const own = await at.visit();
  await signIn(own, "zhao", "first-secret-1");
  await own.waitForURL((url) => !url.pathname.startsWith("/login"));
  await own.goto("/audit");
  assert.match(own.url(), /\/account$/, "nothing before the password");
  await own.fill("#old", "first-secret-1");
  await own.fill("#new", "second-secret-2");
  await own.fill("#again", "second-secret-2");
  await own.click("form[action='/account/password'] button");
  await own.waitForSelector(".notice.good");
  await own.goto("/audit");
  assert.match(own.url(), /\/audit$/);
  assert.match(await own.textContent("table"), /zhao/);
});
