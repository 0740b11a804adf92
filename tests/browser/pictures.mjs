// Takes the pictures of the READMEs from a fresh demonstration: `node tests/browser/pictures.mjs [FOLDER]`.
// GUANJIA names the binary, GUANJIA_NODE_MODULES the packages; pngquant makes them small where it is there.
import { spawnSync } from "node:child_process";
import { mkdirSync, readFileSync, renameSync, statSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { demoHouse } from "./house.mjs";
import { launch, signIn, visit } from "./browser.mjs";

const root = resolve(dirname(fileURLToPath(import.meta.url)), "..", "..");
const folder = resolve(process.argv[2] ?? join(root, "docs", "pictures"));
const ZONE = "随州高新区";
const LEDGER = join(root, "crates", "exchange", "tests", "data", "messy.xlsx");

const enter = async (browser, house, role) => {
  const page = await visit(browser, house.address, { width: 1440, height: 900 });
  await signIn(page, role, `demo-${role}-2024`);
  await Promise.all([page.waitForNavigation(), page.selectOption("#zone", { label: ZONE })]);
  return page;
};

const take = async (page, name) => {
  await page.waitForLoadState("networkidle");
  const path = join(folder, `${name}.png`);
  await page.screenshot({ path });
  const smaller = `${path}.small`;
  const made = spawnSync("pngquant", ["--force", "--strip", "--quality=60-95", "--output", smaller, path]);
  if (made.status === 0) renameSync(smaller, path);
  console.log(`${path}\t${Math.round(statSync(path).size / 1024)} KB`);
};

const found = async (page, list, name) => {
  await page.goto(`${list}?q=${encodeURIComponent(name)}`);
  await page.click(`table.list tbody a:has-text("${name}")`);
  await page.waitForLoadState();
};

mkdirSync(folder, { recursive: true });
const house = await demoHouse();
const browser = await launch();
try {
  const leader = await enter(browser, house, "leader");
  await leader.goto("/");
  await take(leader, "cockpit");
  await leader.goto("/projects");
  await take(leader, "projects");
  await found(leader, "/projects", "北斗药化");
  await take(leader, "project");
  await leader.goto("/projects");
  await leader.click("table.list tbody tr:first-child a");
  await leader.click(".figures .source-mark");
  await leader.waitForSelector("#side td.cited");
  await take(leader, "source");

  const policy = await enter(browser, house, "policy");
  await found(policy, "/enterprises", "明月配套");
  await take(policy, "enterprise");
  await policy.locator(".verdicts a").first().click();
  await policy.waitForURL(/\/policies\//);
  await take(policy, "policy");

  const office = await enter(browser, house, "projects");
  await office.goto("/imports/new");
  const kind = office.locator("input[name=kind][value=projects]");
  if (await kind.count()) await kind.check();
  await office.setInputFiles("#file", { name: "重点项目台账.xlsx", mimeType: "application/octet-stream", buffer: readFileSync(LEDGER) });
  await office.click("button.main");
  await office.waitForURL(/\/imports\/drafts\/[\w-]+$/);
  await take(office, "import");
} finally {
  await browser.close();
  await house.stop();
}
