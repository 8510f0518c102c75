/** Which mini-program this is, by what its global scope has. */
import { type AlipayApi, fromAlipay } from "./alipay.js";
import type { MiniApi, MiniKind, MiniWebAssembly } from "./api.js";

// Mini-programs put these into the scope of every script, not on a global object.
declare const wx: MiniApi | undefined;
declare const tt: MiniApi | undefined;
declare const my: AlipayApi | undefined;
declare const WXWebAssembly: MiniWebAssembly | undefined;
declare const TTWebAssembly: MiniWebAssembly | undefined;
declare const MYWebAssembly: MiniWebAssembly | undefined;

const standard = (): MiniWebAssembly | undefined =>
  typeof WebAssembly === "undefined" ? undefined : (WebAssembly as unknown as MiniWebAssembly);

/** `undefined` where no host is known: pass `miniHost` your own. Douyin and Alipay come first, since some of their builds have a `wx` too. */
export function detect(): MiniKind | undefined {
  if (typeof tt !== "undefined") {
    const wasm = typeof TTWebAssembly === "undefined" ? standard() : TTWebAssembly;
    return { name: "douyin", api: tt, wasm };
  }
  if (typeof my !== "undefined") {
    const wasm = typeof MYWebAssembly === "undefined" ? standard() : MYWebAssembly;
    return { name: "alipay", api: fromAlipay(my), wasm, raw: my };
  }
  if (typeof wx !== "undefined") {
    const wasm = typeof WXWebAssembly === "undefined" ? standard() : WXWebAssembly;
    return { name: "wechat", api: wx, wasm };
  }
  return undefined;
}
