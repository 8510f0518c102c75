import { spawnSync } from "node:child_process";
import { cpSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const here = fileURLToPath(new URL(".", import.meta.url));

function run(command, args, cwd) {
  const done = spawnSync(command, args, { cwd, encoding: "utf8", env: { ...process.env, NO_COLOR: "1" } });
  if (done.status !== 0) {
    throw new Error(`${command} ${args.join(" ")} ended with ${done.status}\n${done.stdout}\n${done.stderr ?? done.error}`);
  }
  return done.stdout;
}

/** `npm pack`, as publishing does it: what is not listed in `files` is not there. */
export function pack(sdkDir) {
  const folder = mkdtempSync(join(tmpdir(), "faultscan-install-"));
  const [{ filename, files }] = JSON.parse(
    run("npm", ["pack", "--json", "--ignore-scripts", "--pack-destination", folder], sdkDir),
  );
  return { folder, tarball: join(folder, filename), files: files.map(({ path }) => path) };
}

/** A copy of a project with the package installed by npm, without asking a registry. */
export function install(packed, name) {
  const folder = join(packed.folder, name);
  cpSync(join(here, "projects", name), folder, { recursive: true });
  run("npm", ["install", "--offline", "--no-audit", "--no-fund", "--no-package-lock", packed.tarball], folder);
  return folder;
}

/** Runs a bundler of this folder in a project. */
export const bundle = (folder, tool, ...args) => run(join(here, "node_modules/.bin", tool), args, folder);

export const remove = (packed) => rmSync(packed.folder, { recursive: true, force: true });
