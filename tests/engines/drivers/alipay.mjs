import { alipay } from "../lib/hosts.mjs";
import { packageWasm } from "../lib/program.mjs";
import { shell } from "../lib/shell.mjs";

/** A context with `my` and `MYWebAssembly`, without a random source, and with text bodies only. */
export const open = shell({
  version: `Alipay's shape in node ${process.version}`,
  globals: (phone) => ({ my: alipay(phone, { binaryBodies: false }), MYWebAssembly: packageWasm() }),
});
