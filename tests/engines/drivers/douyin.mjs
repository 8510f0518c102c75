import { douyin } from "../lib/hosts.mjs";
import { packageWasm } from "../lib/program.mjs";
import { shell } from "../lib/shell.mjs";

/** A context with `tt` and `TTWebAssembly`. */
export const open = shell({
  version: `Douyin's shape in node ${process.version}`,
  globals: (phone) => ({ tt: douyin(phone), TTWebAssembly: packageWasm() }),
});
