import { Diag } from "@faultscan/sdk";
// esbuild does not follow `new URL(…, import.meta.url)`: its loader `file` copies the module and gives its name.
import wasm from "@faultscan/sdk/wasm";

const { ticket, endpoint } = Object.fromEntries(new URLSearchParams(location.search));
const diag = await Diag.init({ qrContext: ticket, endpoint, wasm, app: { name: "esbuild", version: "1" } });
console.error("dial tcp 10.0.3.21:5432: connect: connection refused");
document.body.textContent = JSON.stringify(await diag.capture());
