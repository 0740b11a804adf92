// Runs all journeys: starts the demonstration once for those that look around in it, then node's own test
// runner, one file after the other. Others start houses of their own.
import { spawn } from "node:child_process";
import { readdirSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { freePort, freshPlace, start } from "./house.mjs";

const here = dirname(fileURLToPath(import.meta.url));
const chosen = process.argv.slice(2);
const files = readdirSync(join(here, "journeys"))
  .filter((name) => name.endsWith(".test.mjs") && (chosen.length === 0 || chosen.some((part) => name.includes(part))))
  .map((name) => join(here, "journeys", name));

const place = freshPlace();
let demo = null;
let code = 1;
try {
  const port = await freePort();
  const address = `http://127.0.0.1:${port}`;
  const env = { ...process.env };
  try {
    demo = await start(["demo", "--data", place.data, "--port", String(port)], place.env, address);
    const accounts = demo
      .out()
      .split("\n")
      .map((line) => line.split("\t"))
      .filter((fields) => fields.length === 3)
      .map(([role, login, password]) => ({ role, login, password }));
    env.GUANJIA_DEMO_ADDRESS = address;
    env.GUANJIA_DEMO_ACCOUNTS = JSON.stringify(accounts);
  } catch (error) {
    // The journeys in the demonstration say themselves that it is not there, and fail.
    console.error(`the demonstration did not start: ${error.message}`);
  }
  const words = ["--test", "--test-concurrency=1", "--test-reporter=tap", ...files];
  const child = spawn(process.execPath, words, { env, stdio: "inherit" });
  code = await new Promise((done) => child.on("exit", (status) => done(status ?? 1)));
} finally {
  await demo?.stop();
  place.clear();
}
process.exit(code);
