import { Diag } from "@faultscan/sdk";

const { ticket, endpoint } = Object.fromEntries(new URLSearchParams(location.search));
const diag = await Diag.init({ qrContext: ticket, endpoint, app: { name: "vite", version: "1" } });
console.error("dial tcp 10.0.3.21:5432: connect: connection refused");
document.body.textContent = JSON.stringify(await diag.capture());
