import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { binaries } from "./server.mjs";

/**
 * Sends log lines as a snapshot under a fresh ticket, as a phone's SDK would. `environment` are options
 * of the command, such as `["--os", "android"]`. Gives the server's answer: the report's id, its
 * capability, the diagnosis.
 */
export async function upload(server, lines, ticket = {}, environment = []) {
  const { text } = await server.ticket(ticket);
  const args = ["snapshot", "send", "-", "--ticket", text, "--server", server.origin, "--json", ...environment];
  const done = spawnSync(join(binaries, "diag"), args, { input: `${lines.join("\n")}\n`, encoding: "utf8" });
  if (done.status !== 0) throw new Error(`diag snapshot send ended with ${done.status}: ${done.stderr}`);
  return JSON.parse(done.stdout);
}

/** A database that refuses connections, on a host of one's choice. */
export const refused = (host) => [
  `ERROR org.postgresql.util.PSQLException: Connection to ${host}:5432 refused. Check that the hostname and port are correct and that the postmaster is accepting TCP/IP connections.`,
];

/** A module proxy that can't be reached. */
export const noProxy = [
  'ERROR go: golang.org/x/text@v0.14.0: Get "https://proxy.golang.org/golang.org/x/text/@v/v0.14.0.mod": dial tcp 142.251.42.241:443: i/o timeout',
];

/** A machine on which the go command can't be run, for one of many reasons. */
export const noGo = ["ERROR step build failed: /bin/sh: 1: go: command not found"];
