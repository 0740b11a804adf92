// The browser of the journeys: signing in, looking at a page with axe, screenshots.
import assert from "node:assert/strict";
import { existsSync, mkdirSync, readFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { require, folder } from "./packages.mjs";
import { PASSWORD } from "./house.mjs";

const { chromium } = require("playwright-core");
const axe = readFileSync(join(folder, "axe-core", "axe.min.js"), "utf8");
const executable = ["/usr/bin/chromium", "/usr/bin/chromium-browser"].find(existsSync);
const quiet = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync"];
export const pictures = process.env.GUANJIA_JOURNEY_PICTURES ?? join(tmpdir(), "guanjia-journey-pictures");

export const launch = () => chromium.launch({ executablePath: executable, args: quiet });

// A page of its own browser profile. Errors of scripts and refusals of the policy fail the journey.
export const visit = async (browser, address, { width = 1440, height = 900, javaScript = true } = {}) => {
  const context = await browser.newContext({
    baseURL: address, viewport: { width, height }, javaScriptEnabled: javaScript, locale: "zh-CN",
  });
  const page = await context.newPage();
  page.setDefaultTimeout(15_000);
  page.faults = [];
  page.on("pageerror", (error) => page.faults.push(String(error)));
  page.on("console", (message) => {
    if (message.type() === "error" && /Content Security Policy|Uncaught/.test(message.text())) page.faults.push(message.text());
  });
  return page;
};

export const signIn = async (page, login, password = PASSWORD) => {
  await page.goto("/login");
  await page.fill("#login", login);
  await page.fill("#password", password);
  // Until the next page has loaded its script, its fields do not yet answer.
  await Promise.all([page.waitForNavigation(), page.click("button.main")]);
};

export const signOut = async (page) => {
  await page.click("header .menu:last-of-type summary");
  await page.click("form[action='/logout'] button");
};

// What axe-core finds wrong on the page as it stands. Run in the page's own world by the debugger, so the
// page's policy stays as strict as it is.
export const looksRight = async (page, name) => {
  await page.evaluate(axe);
  const found = await page.evaluate(() => globalThis.axe.run(document, { resultTypes: ["violations"] }));
  const wrong = found.violations.map((one) => `${one.id}: ${one.nodes.map((node) => node.target.join(" ")).join(", ")}`);
  mkdirSync(pictures, { recursive: true });
  await page.screenshot({ path: join(pictures, `${name}.png`), fullPage: true });
  assert.deepEqual(wrong, [], `axe on ${name}`);
  assert.deepEqual(page.faults, [], `scripts of ${name}`);
  const over = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
  assert.ok(over <= 1, `${name} is ${over} pixels wider than the screen`);
};
