import { alipay } from "../lib/hosts.mjs";
import { random } from "../lib/phone.mjs";
import { packageWasm } from "../lib/program.mjs";
import { shell } from "../lib/shell.mjs";

/** A context with `my` and `MYWebAssembly`: the app gives randomness. */
export const open = shell({
  version: `Alipay's shape in node ${process.version}`,
  globals: (phone) => ({ my: alipay(phone), MYWebAssembly: packageWasm(), randomFromApp: random }),
  options: `function (sdk) {
    return { host: sdk.miniHost({ random: function (into) { into.set(new Uint8Array(randomFromApp(into.length))); return true; } }) };
  }`,
});
