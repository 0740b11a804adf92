// Where the journeys find their packages: the folder that GUANJIA_NODE_MODULES names, else their own.
import { createRequire } from "node:module";
import { readFileSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";

const here = dirname(fileURLToPath(import.meta.url));
export const folder = resolve(process.env.GUANJIA_NODE_MODULES ?? join(here, "node_modules"));
export const require = createRequire(join(folder, "packages.cjs"));

// A package that can only be imported.
export const load = (name) => {
  const { main } = JSON.parse(readFileSync(join(folder, name, "package.json"), "utf8"));
  return import(pathToFileURL(join(folder, name, main)).href);
};
