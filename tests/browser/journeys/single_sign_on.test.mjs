// Single sign-on against a real provider: a known person comes in, an unknown one does not, and the house
// stands when the provider is down.
import assert from "node:assert/strict";
import { createServer } from "node:http";
import { test } from "node:test";
import { freePort, freshHouse } from "../house.mjs";
import { looksRight, signIn } from "../browser.mjs";
import { load } from "../packages.mjs";
import { stage } from "../stage.mjs";

const SECRET = "a-secret-between-the-two";
let provider, issuer;

const people = { admin: { preferred_username: "admin", email: "admin@zone.example", email_verified: true }, guest: { preferred_username: "guest" } };

const startProvider = async (port, redirect) => {
  const { default: Provider } = await load("oidc-provider");
  const oidc = new Provider(issuer, {
    clients: [{ client_id: "guanjia", client_secret: SECRET, redirect_uris: [redirect], grant_types: ["authorization_code"], response_types: ["code"] }],
    pkce: { required: () => true },
    claims: { openid: ["sub"], profile: ["preferred_username"], email: ["email", "email_verified"] },
    findAccount: (_, id) => ({ accountId: id, claims: () => ({ sub: id, ...people[id] }) }),
    cookies: { keys: ["the-key-of-a-test"] },
  });
  provider = createServer(oidc.callback());
  await new Promise((done) => provider.listen(port, "127.0.0.1", done));
};

const at = stage(async () => {
  const port = await freePort();
  issuer = `http://127.0.0.1:${port}`;
  const house = await freshHouse({
    roles: ["admin"],
    settings: (address) => ({
      GUANJIA_OIDC_ISSUER: issuer,
      GUANJIA_OIDC_CLIENT_ID: "guanjia",
      GUANJIA_OIDC_CLIENT_SECRET: SECRET,
      GUANJIA_OIDC_REDIRECT: `${address}/login/oidc/callback`,
    }),
  });
  return {
    address: house.address,
    provider: () => startProvider(port, `${house.address}/login/oidc/callback`),
    stop: async () => {
      provider?.closeAllConnections();
      provider?.close();
      await house.stop();
    },
  };
});

// The provider's own pages: who one is, and consent.
const agree = async (page, login) => {
  await page.waitForURL((url) => url.href.startsWith(issuer));
  await page.fill("input[name=login]", login);
  await page.fill("input[name=password]", "anything");
  await page.click("button[type=submit]");
  await page.waitForSelector("button[type=submit]");
  await page.click("button[type=submit]");
  await page.waitForURL((url) => url.href.startsWith(at.house().address));
};

test("the house stands while the provider is down", async () => {
  const page = await at.visit();
  await page.goto("/login");
  await page.click("a[href^='/login/oidc']");
  await page.waitForSelector("[role=alert]");
  await looksRight(page, "single-sign-on-down");
  await signIn(page, "admin");
  await page.goto("/users");
  assert.match(page.url(), /\/users$/);
});

test("a known person comes in and stays linked, whatever the login becomes", async () => {
  await at.house().provider();
  for (const round of ["first", "again"]) {
    const page = await at.visit();
    await page.goto("/login?next=/users");
    await page.click("a[href^='/login/oidc']");
    await agree(page, "admin");
    assert.match(page.url(), /\/users$/, round);
    people.admin.preferred_username = "renamed";
    people.admin.email = "renamed@zone.example";
  }
});

test("a person without an account is told so, and gets none", async () => {
  const page = await at.visit();
  await page.goto("/login");
  await page.click("a[href^='/login/oidc']");
  await agree(page, "guest");
  assert.match(await page.textContent("[role=alert]"), /系统管理员/);
  await signIn(page, "admin");
  await page.goto("/users");
  assert.doesNotMatch(await page.textContent("table"), /guest/);
});

test("an answer that nobody asked for is not taken", async () => {
  const page = await at.visit();
  await page.goto("/login/oidc/callback?code=made-up&state=made-up");
  await page.waitForSelector("[role=alert]");
  await page.goto("/users");
  assert.match(page.url(), /\/login/);
});
