// Fetches a URL with the library named, and lets its error end the program.
//
// usage: node get.cjs http|fetch|axios URL [TIMEOUT_MS]
const [library, url, timeout = "20000"] = process.argv.slice(2);

function builtin() {
  const client = url.startsWith("https:") ? require("node:https") : require("node:http");
  const request = client.get(url, { timeout: Number(timeout) }, (answer) => {
    answer.on("data", (data) => console.log(String(data).slice(0, 80)));
  });
  request.on("timeout", () => request.destroy(new Error("request timed out")));
}

async function viaFetch() {
  const answer = await fetch(url, { signal: AbortSignal.timeout(Number(timeout)) });
  if (!answer.ok) throw new Error(`fetch ${url}: HTTP ${answer.status} ${answer.statusText}`);
  console.log((await answer.text()).slice(0, 80));
}

async function viaAxios() {
  const axios = require("axios");
  const answer = await axios.get(url, { timeout: Number(timeout), proxy: false });
  console.log(String(answer.data).slice(0, 80));
}

({ http: builtin, fetch: viaFetch, axios: viaAxios })[library]();
