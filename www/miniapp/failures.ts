/**
 * Failures to try Faultscan with. Every text is what the real software prints for that failure, in
 * its own multi-line form; only hosts and addresses are examples. They go through console.error, so
 * the SDK captures them as it captures any app's errors.
 */
export const FAILURES = {
  go_proxy: [
    "go: downloading github.com/gin-gonic/gin v1.9.1",
    'go: github.com/gin-gonic/gin@v1.9.1: Get "https://proxy.golang.org/github.com/gin-gonic/gin/@v/v1.9.1.mod": dial tcp 142.251.43.17:443: i/o timeout',
  ],
  db_refused: [
    [
      "org.postgresql.util.PSQLException: Connection to 10.0.3.21:5432 refused. Check that the hostname and port are correct and that the postmaster is accepting TCP/IP connections.",
      "\tat org.postgresql.core.v3.ConnectionFactoryImpl.openConnectionImpl(ConnectionFactoryImpl.java:346)",
      "\tat org.postgresql.core.ConnectionFactory.openConnection(ConnectionFactory.java:54)",
      "\tat org.postgresql.jdbc.PgConnection.<init>(PgConnection.java:273)",
      "\tat org.postgresql.Driver.makeConnection(Driver.java:446)",
      "\tat org.postgresql.Driver.connect(Driver.java:298)",
      "Caused by: java.net.ConnectException: Connection refused",
      "\tat java.base/sun.nio.ch.Net.pollConnect(Native Method)",
      "\tat java.base/sun.nio.ch.NioSocketImpl.timedFinishConnect(NioSocketImpl.java:542)",
      "\t... 14 more",
    ].join("\n"),
  ],
  tls_unknown: [
    'Get "https://registry.internal.example/v2/": tls: failed to verify certificate: x509: certificate signed by unknown authority',
    [
      "curl: (60) SSL certificate problem: unable to get local issuer certificate",
      "More details here: https://curl.se/docs/sslcerts.html",
      "",
      "curl failed to verify the legitimacy of the server and therefore could not",
      "establish a secure connection to it. To learn more about this situation and",
      "how to fix it, please visit the web page mentioned above.",
    ].join("\n"),
  ],
  pod_unschedulable: [
    [
      "Events:",
      "  Type     Reason            Age   From               Message",
      "  ----     ------            ----  ----               -------",
      "  Warning  FailedScheduling  12s   default-scheduler  0/3 nodes are available: 1 Insufficient memory, 2 Insufficient cpu. preemption: 0/3 nodes are available: 3 No preemption victims found for incoming pod.",
    ].join("\n"),
  ],
} as const satisfies Record<string, readonly string[]>;

export type FailureName = keyof typeof FAILURES;

export const FAILURE_NAMES = Object.keys(FAILURES) as FailureName[];

/** Writes the failure to the error log; returns how many physical lines that was. */
export function emitFailure(name: FailureName): number {
  let lines = 0;
  for (const text of FAILURES[name]) {
    // biome-ignore lint/suspicious/noConsole: writing to the console is the point of the demo.
    console.error(text);
    lines += text.split("\n").length;
  }
  return lines;
}
