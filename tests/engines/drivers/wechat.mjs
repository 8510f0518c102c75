import { wechat } from "../lib/hosts.mjs";
import { packageWasm } from "../lib/program.mjs";
import { shell } from "../lib/shell.mjs";

/** A context with `wx` and `WXWebAssembly`, and the rules of WeChat on iOS. */
export const open = shell({
  version: `WeChat's shape in node ${process.version}`,
  globals: (phone) => ({ wx: wechat(phone), WXWebAssembly: packageWasm() }),
});
