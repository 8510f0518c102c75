import { randomBytes } from "node:crypto";
import * as catalogue from "./catalogue.mjs";
import { diagnose } from "./diagnoses.mjs";

const hex = (n) => randomBytes(n).toString("hex");
const wave = (n, f) => Array.from({ length: n }, (_, i) => f(i));

const DB_TRACE = [
  "org.springframework.transaction.CannotCreateTransactionException: Could not open JDBC Connection for transaction",
  "\tat org.springframework.jdbc.datasource.DataSourceTransactionManager.doBegin(DataSourceTransactionManager.java:313)",
  "\tat org.springframework.transaction.support.AbstractPlatformTransactionManager.startTransaction(AbstractPlatformTransactionManager.java:405)",
].join("\n");

const LONG = `{"level":"info","ts":"2026-11-24T05:58:11Z","msg":"request","uri":"/api/v1/orders?ids=${wave(260, (i) => 1000 + i * 7).join(",")}","trace":"${"4bf92f3577b34da6a3ce929d0e0e4736".repeat(6)}"}`;

function chatter(n) {
  const texts = [
    "GET /api/v1/orders 200 in 41 ms",
    "cache hit ratio 0.93",
    "connecting pool HikariPool-1",
    "订单服务:开始对账任务,批次 20261124-03",
    "worker 3 took job 88213",
    "flushed 120 spans",
    "config reloaded from /etc/orders/app.yaml",
    "GET /healthz 200 in 1 ms",
  ];
  return wave(n, (i) => ({
    at_ms: -30_000 + Math.floor((i * 26_000) / n),
    level: i % 17 === 3 ? "warn" : i % 5 === 0 ? "debug" : "info",
    source: "console",
    message: texts[i % texts.length],
  }));
}

const SCENES = {
  db: () => [
    ...chatter(90),
    { at_ms: -3900, level: "info", source: "console", message: LONG },
    { at_ms: -3520, level: "error", source: "console", message: DB_TRACE },
    {
      at_ms: -3480,
      level: "error",
      source: "console",
      message:
        "org.postgresql.util.PSQLException: Connection to 10.0.3.21:5432 refused. Check that the hostname and port are correct and that the postmaster is accepting TCP/IP connections.\n\tat org.postgresql.core.v3.ConnectionFactoryImpl.openConnectionImpl(ConnectionFactoryImpl.java:346)\nCaused by: java.net.ConnectException: Connection refused",
    },
    ...chatter(30).map((l, i) => ({ ...l, at_ms: -3300 + i * 60 })),
    {
      at_ms: -900,
      level: "error",
      source: "console",
      message:
        "org.postgresql.util.PSQLException: Connection to 10.0.3.21:5432 refused. Check that the hostname and port are correct and that the postmaster is accepting TCP/IP connections.",
    },
  ],
  go: () => [
    {
      at_ms: -4200,
      level: "info",
      source: "ticket",
      message: "go: downloading github.com/gin-gonic/gin v1.9.1",
    },
    {
      at_ms: -4100,
      level: "error",
      source: "ticket",
      message:
        'go: github.com/gin-gonic/gin@v1.9.1: Get "https://proxy.golang.org/github.com/gin-gonic/gin/@v/v1.9.1.mod": dial tcp 142.251.43.17:443: i/o timeout',
    },
  ],
  none: () => [
    ...chatter(8),
    {
      at_ms: -300,
      level: "error",
      source: "console",
      message: "panic: assertion failed: left == right (payments/ledger.go:88)",
    },
  ],
};

const DEVICES = [
  ["Pixel 8", "Android 15"],
  ["iPhone 15", "iOS 18.1"],
  ["Mate 60 Pro", "HarmonyOS 4.2"],
  ["orders-7d9f8b6c4-x2x9q (a pod name that is rather long)", "linux"],
];

/** One stored report, as the server keeps it. */
export function makeReport(scene, receivedAt, extra = {}) {
  const logs = extra.logs ?? SCENES[scene]();
  const [device, os] = DEVICES[Math.floor(receivedAt / 1000) % DEVICES.length];
  return {
    id: hex(16),
    capability: randomBytes(24).toString("base64url"),
    received_at_ms: receivedAt,
    captured_at_ms: receivedAt - 420,
    project: "default",
    ticket_id: hex(16),
    device,
    os,
    app_version: "1.4.2",
    log_lines: logs.length,
    urgent: 0,
    clock_skew_ms: 84,
    logs,
    fps: {
      source: "raf",
      window_ms: 30_000,
      interval_ms: 500,
      samples: wave(60, (i) => (i > 50 && i < 55 ? 22 + i - 50 : 59 + Math.sin(i) * 1.2)),
      mean: 56.4,
      min: 23,
      frames: 1692,
      jank: 9,
      freeze: 0,
    },
    rtt: {
      interval_ms: 5000,
      at_ms: wave(6, (i) => -27_000 + i * 5000),
      rtt_ms: [38, 41, 37, null, 212, 44],
      median_ms: 41,
      jitter_ms: 36,
      sent: 6,
      lost: 1,
    },
    memory: {
      source: "performance.memory",
      used_bytes: 61_341_696,
      limit_bytes: 4_294_705_152,
      at_ms: wave(30, (i) => -29_000 + i * 1000),
      samples_bytes: wave(30, (i) => 52_000_000 + i * 320_000 - (i > 20 ? 4_000_000 : 0)),
    },
    environment: {
      device: {
        os,
        model: device,
        arch: "arm64",
        cores: 8,
        memory_gb: 8,
        screen_width_px: 412,
        screen_height_px: 915,
        pixel_ratio: 2.625,
        language: "zh-CN",
        user_agent:
          "Mozilla/5.0 (Linux; Android 15; Pixel 8) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/131.0.0.0 Mobile Safari/537.36",
      },
      network: { type: "wifi", effective_type: "4g", downlink_mbps: 10, online: true },
      app: { name: "orders", version: "1.4.2", page: "/checkout" },
      sdk: { name: "@faultscan/sdk", version: "0.1.0", host: "browser" },
    },
    ticket: {
      id: hex(16),
      key_id: hex(8),
      fingerprint: `sha256:${hex(32)}`,
      code: scene === "db" ? "ERR-DB-003" : null,
      context: { region: "cn-hangzhou", pod_uid: "7c1d9a1e-5f5e-4a8e-9c2f-1f0d2f6b7a10" },
      evidence: [],
      issued_at_s: Math.floor(receivedAt / 1000) - 95,
      expires_at_s: Math.floor(receivedAt / 1000) + 505,
    },
    items: [],
    dropped: null,
    urgent_list: [],
    feedback: [],
    answers: [],
    ...extra,
  };
}

export function view(report) {
  const { capability, answers, ...rest } = report;
  return {
    ...summary(report),
    ...rest,
    diagnosis: diagnose(catalogue.items, report.logs, answers),
  };
}

export function summary(report) {
  const d = diagnose(catalogue.items, report.logs, report.answers);
  const code = d.codes[0];
  const cause = d.causes[0];
  const {
    id,
    received_at_ms,
    captured_at_ms,
    project,
    ticket_id,
    device,
    os,
    app_version,
    log_lines,
    urgent,
  } = report;
  return {
    id,
    received_at_ms,
    captured_at_ms,
    project,
    ticket_id,
    code: code?.code ?? null,
    family: code?.family ?? null,
    title: code?.title ?? "",
    title_zh: code?.title_zh ?? "",
    cause: cause?.id ?? null,
    cause_title: cause?.title ?? "",
    cause_title_zh: cause?.title_zh ?? "",
    probability: d.verdict.probability,
    severity: code?.severity ?? null,
    status: d.status,
    device,
    os,
    app_version,
    log_lines,
    urgent,
  };
}

export function sampleReports(count) {
  const kinds = ["db", "go", "db", "none"];
  return wave(count, (i) =>
    makeReport(
      kinds[i % kinds.length],
      Date.now() - 20_000 - i * i * 47_000 - i * 31_000,
      i === 2
        ? {
            urgent: 1,
            urgent_list: [
              {
                kind: "memory_warning",
                sequence: 1,
                occurred_at_ms: Date.now() - 90_000,
                received_at_ms: Date.now() - 89_900,
                metrics: { used_bytes: 91_000_000 },
                line: "GC overhead: 41 % of the last second",
              },
            ],
          }
        : {},
    ),
  );
}
