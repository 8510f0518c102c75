import { existsSync, readdirSync, readFileSync } from "node:fs";
import { delimiter, join } from "node:path";

/** The folder that `cargo xtask test --only engines` fills: Debian packages unpacked, and `bin`. */
export const kit = process.env.FAULTSCAN_ENGINE_KIT ?? "";
export const debian = join(kit, "debian");

/** Where Debian keeps the libraries of this processor. */
function libraries() {
  try {
    const lib = join(debian, "usr/lib");
    return readdirSync(lib)
      .filter((name) => name.endsWith("-linux-gnu"))
      .flatMap((name) => [join(lib, name), join(lib, name, "pulseaudio")]);
  } catch {
    return [];
  }
}

/** The environment in which unpacked programs find each other. */
export function environment(more = {}) {
  const path = [join(debian, "usr/bin"), process.env.PATH].join(delimiter);
  return { ...process.env, PATH: path, LD_LIBRARY_PATH: libraries().join(delimiter), ...more };
}

/** The first of these paths under the kit that is there. */
export const found = (...paths) => paths.map((path) => join(kit, path)).find((path) => existsSync(path));

/** A program of the kit, or why it can't be used. */
export function missing(what, ...paths) {
  if (kit === "") return `${what}: FAULTSCAN_ENGINE_KIT names no folder; run cargo xtask test --only engines`;
  return found(...paths) ? undefined : `${what} is not in the kit: it could not be downloaded`;
}

const chromium = process.env.CHROMIUM ?? "/usr/bin/chromium";

/** Why there is no Chromium, if so. */
export const missingChromium = () => (existsSync(chromium) ? undefined : `${chromium} is not there: set CHROMIUM`);

/** The path of something beside the libraries. */
export const library = (name) => libraries().map((lib) => join(lib, name)).find((path) => existsSync(path));

/** Kills the descendants of a process whose command line matches, as a crash would. */
export function killDescendants(pid, pattern) {
  const processes = readdirSync("/proc").filter((name) => /^\d+$/.test(name)).map(describe).filter(Boolean);
  const family = new Set([pid]);
  // A child may be listed before its parent.
  for (let grown = -1; grown !== family.size; ) {
    grown = family.size;
    for (const { id, parent } of processes) if (family.has(parent)) family.add(id);
  }
  const victims = processes.filter(({ id, command }) => family.has(id) && pattern.test(command));
  for (const { id } of victims) process.kill(id, "SIGKILL");
  return victims.length;
}

function describe(id) {
  try {
    const stat = readFileSync(`/proc/${id}/stat`, "utf8");
    const parent = Number(stat.slice(stat.lastIndexOf(")") + 2).split(" ")[1]);
    return { id: Number(id), parent, command: readFileSync(`/proc/${id}/cmdline`, "utf8").replaceAll("\0", " ") };
  } catch {
    // It ended meanwhile.
    return undefined;
  }
}
