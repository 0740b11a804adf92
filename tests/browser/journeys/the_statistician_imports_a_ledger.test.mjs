// The statistician drops in a ledger as parks really send it, sets one column right, takes it in, follows a
// number to its cell, takes the list along as a workbook, and undoes the import.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { looksRight } from "../browser.mjs";
import { inHouse } from "../stage.mjs";

// A title, no unit, full-width digits, thousands separators, "about", a certificate known to be absent, dates
// in words, a header that no dictionary knows, a row that cannot be read, and a total.
const LEDGER = `2023年企业台账（东片）,,,,,,,
填报单位：统计科,,,,,,,
序号,信用代码,单位名称,成立时间,全年营收,2023年研发费用总额,在岗人数,高企证书到期日
1,91421302MA0010010B,朝阳新材有限公司,2010年9月,"35,600",３９１６,540,无
2,91421302MA00100298,棕榈药化有限公司,2010.5,约1980,118.8,18,2025年11月14日
3,91421302MA00100373,海棠物流有限公司,2004-11-20,19800,很多,299,
合计,,,,57380,,857,
注：数据以年报为准。,,,,,,,
`;

const at = inHouse({ roles: ["admin", "statistics"] });

test("from a messy file to a number with its cell, and back", async () => {
  const page = await at.enter("statistics");
  await page.goto("/enterprises");
  await looksRight(page, "enterprises-empty");
  await page.goto("/imports");
  await looksRight(page, "imports-empty");
  await page.click(".head a[href='/imports/new']");
  await looksRight(page, "import-new");
  await page.check("input[name=kind][value=enterprises]");
  await page.setInputFiles("#file", { name: "东片企业台账.csv", mimeType: "text/csv", buffer: Buffer.from(`\ufeff${LEDGER}`) });
  await page.click("button.main");
  await page.waitForURL(/\/imports\/drafts\/[\w-]+$/);
  await looksRight(page, "import-preview");
  assert.match(await page.textContent(".sentence"), /可收 0 行/, "without a unit no amount is taken in");
  assert.match(await page.textContent("main"), /F6/, "the cell that cannot be read is named");

  // The person says what the header that no dictionary knows means, and the unit of amounts without one.
  const staff = page.locator("tr", { hasText: "在岗人数" }).locator("select[name^='variable.']");
  assert.equal(await staff.inputValue(), "");
  await Promise.all([page.waitForNavigation(), staff.selectOption("staff")]);
  await page.selectOption("#unit", "万元");
  await Promise.all([page.waitForNavigation(), page.click("#columns button:not([name])")]);
  assert.match(await page.textContent(".sentence"), /可收 2 行，退回 1 行/);
  await looksRight(page, "import-preview-changed");
  await page.click("button[name=rows][value=good]");
  await page.waitForURL(/\/imports\/\d+$/);
  const taken = page.url();
  await looksRight(page, "import-done");

  await page.click(".sentence a");
  await page.waitForURL(/\/enterprises/);
  assert.equal(await page.locator("table.list tbody tr").count(), 2);
  await page.click("table.list tbody a:has-text('棕榈药化')");
  await page.waitForURL(/\/enterprises\/\d+$/);
  const figure = page.locator("tr", { hasText: "营业收入" }).locator(".fact").first();
  assert.match(await figure.textContent(), /约.*1,980.*万元/s);
  await figure.locator(".source-mark").click();
  await page.waitForSelector("#side td.cited");
  assert.equal((await page.textContent("#side td.cited")).trim(), "约1980");
  assert.match(await page.textContent("#side"), /E5/);
  await looksRight(page, "import-source");

  await page.goto("/enterprises");
  const [book] = await Promise.all([page.waitForEvent("download"), page.click("a[href^='/enterprises/export']")]);
  assert.equal(readFileSync(await book.path()).subarray(0, 2).toString(), "PK");

  await page.goto(taken);
  await page.click("a[href$='/undoing']");
  await looksRight(page, "import-undoing");
  await Promise.all([page.waitForNavigation(), page.click("button.danger")]);
  await page.goto("/enterprises");
  assert.equal(await page.locator("table.list tbody tr").count(), 0);
});
