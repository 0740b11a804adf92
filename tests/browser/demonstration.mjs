// The demonstration that the runner has started, and its accounts.
import assert from "node:assert/strict";

export const address = process.env.GUANJIA_DEMO_ADDRESS ?? "";
export const accounts = JSON.parse(process.env.GUANJIA_DEMO_ACCOUNTS ?? "[]");

// The first account of a role whose login contains a text.
export const account = (role, part = "") => {
  const found = accounts.find((one) => one.role === role && one.login.includes(part));
  assert.ok(found, `the demonstration has no ${role} ${part}`);
  return found;
};
