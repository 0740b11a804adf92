// A fresh house for a journey: the real binary on a free port, with data of its own, on the database that
// GUANJIA_JOURNEY_DATABASE names.
import { spawn, spawnSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { randomBytes } from "node:crypto";

const binary = process.env.GUANJIA ?? "guanjia";
const WAIT_MS = 300_000;

export const freePort = () =>
  new Promise((done, failed) => {
    const server = createServer().on("error", failed);
    server.listen(0, "127.0.0.1", () => {
      const { port } = server.address();
      server.close(() => done(port));
    });
  });

const onServer = (statement) => {
  const url = process.env.GUANJIA_TEST_POSTGRES_URL;
  const ran = spawnSync("psql", [url, "-v", "ON_ERROR_STOP=1", "-qc", statement], { encoding: "utf8" });
  if (ran.status !== 0) throw new Error(`psql: ${ran.stderr}`);
};

// A place for data, and the environment that leads to it.
export const freshPlace = () => {
  const data = mkdtempSync(join(tmpdir(), "guanjia-journey-"));
  const env = { ...process.env, LANG: "zh_CN.UTF-8", LC_ALL: "" };
  delete env.DATABASE_URL;
  let database = null;
  if (process.env.GUANJIA_JOURNEY_DATABASE === "postgres") {
    if (!process.env.GUANJIA_TEST_POSTGRES_URL) throw new Error("GUANJIA_TEST_POSTGRES_URL names no server");
    database = `journey_${randomBytes(6).toString("hex")}`;
    onServer(`CREATE DATABASE ${database}`);
    const url = new URL(process.env.GUANJIA_TEST_POSTGRES_URL);
    url.pathname = `/${database}`;
    env.DATABASE_URL = url.href;
  }
  const clear = () => {
    rmSync(data, { recursive: true, force: true });
    if (database) onServer(`DROP DATABASE ${database} WITH (FORCE)`);
  };
  return { data, env, clear };
};

// Starts a command of the binary that serves, and waits until it is ready.
export const start = async (words, env, address) => {
  const child = spawn(binary, words, { env, stdio: ["ignore", "pipe", "pipe"] });
  let out = "";
  let talk = "";
  let ended = false;
  child.stdout.on("data", (piece) => (out += piece));
  child.stderr.on("data", (piece) => (talk += piece));
  child.on("exit", () => (ended = true));
  child.on("error", (error) => ((ended = true), (talk += error)));
  const until = Date.now() + WAIT_MS;
  for (;;) {
    if (ended) throw new Error(`${words[0]} ended:\n${talk}`);
    if (Date.now() > until) throw new Error(`${words[0]} is not ready:\n${talk}`);
    const ready = await fetch(`${address}/readyz`).then((answer) => answer.ok, () => false);
    if (ready) break;
    await new Promise((done) => setTimeout(done, 100));
  }
  const stop = () =>
    new Promise((done) => {
      if (ended) return done();
      child.on("exit", done);
      child.kill("SIGTERM");
      setTimeout(() => child.kill("SIGKILL"), 5_000).unref();
    });
  return { out: () => out, talk: () => talk, stop };
};

export const PASSWORD = "南山有台-北山有莱-2024";
export const ZONE = "一号高新区";

// A house with a zone and one account per role named, whose login is the role.
export const freshHouse = async ({ roles = ["admin"], settings = () => ({}) } = {}) => {
  const place = freshPlace();
  try {
    for (const role of ["admin", ...roles.filter((role) => role !== "admin")]) {
      const words = ["user", "add", role, "--role", role, "--scope", ZONE, "--data", place.data];
      const added = spawnSync(binary, words, { env: place.env, input: `${PASSWORD}\n`, encoding: "utf8" });
      if (added.status !== 0) throw new Error(`user add ${role}: ${added.error ?? added.stderr}`);
    }
    const port = await freePort();
    const address = `http://127.0.0.1:${port}`;
    const env = { ...place.env, ...settings(address) };
    const served = await start(["serve", "--data", place.data, "--listen", `127.0.0.1:${port}`], env, address);
    const stop = async () => {
      await served.stop();
      place.clear();
    };
    return { address, talk: served.talk, stop };
  } catch (error) {
    place.clear();
    throw error;
  }
};

// The demonstration with its seven zones; the password of an account is `demo-LOGIN-2024`.
export const demoHouse = async () => {
  const place = freshPlace();
  try {
    const port = await freePort();
    const address = `http://127.0.0.1:${port}`;
    const served = await start(["demo", "--data", place.data, "--port", String(port)], place.env, address);
    const stop = async () => {
      await served.stop();
      place.clear();
    };
    return { address, talk: served.talk, stop };
  } catch (error) {
    place.clear();
    throw error;
  }
};
