/** Sample catalogue entries for development: a few codes with their real titles and texts. */
const rows = [
  [
    "ERR-DB-003",
    "db",
    "critical",
    "Database TCP connection refused",
    "数据库TCP连接被拒绝",
    "The client reaches the host but nothing accepts on the database port",
  ],
  [
    "ERR-DB-006",
    "db",
    "critical",
    "Database connect timed out",
    "数据库建连超时",
    "SYN packets to the database port get no answer until the connect timeout expires",
  ],
  [
    "ERR-DB-010",
    "db",
    "high",
    "Database host name cannot be resolved",
    "数据库主机名无法解析",
    "The DSN uses a name that DNS or /etc/hosts does not know",
  ],
  [
    "ERR-DB-017",
    "db",
    "high",
    "Connection pool acquisition timeout",
    "连接池获取连接超时",
    "All pooled connections stay busy longer than the acquisition timeout",
  ],
  [
    "ERR-TLS-003",
    "tls",
    "high",
    "Certificate expired",
    "证书已过期",
    "notAfter of a certificate in the presented chain lies before the verifier's clock",
  ],
  [
    "ERR-TLS-012",
    "tls",
    "medium",
    "Self-signed leaf certificate",
    "服务端使用自签名证书",
    "The server presents one certificate signed by itself and the client does not trust it",
  ],
  [
    "ERR-TLS-021",
    "tls",
    "high",
    "Certificate host name mismatch",
    "证书域名不匹配",
    "The name the client asked for is not among the certificate's DNS names",
  ],
  [
    "ERR-TLS-088",
    "tls",
    "high",
    "Certificate chain cannot be built to a trusted root",
    "证书链无法构建到受信任的根",
    "Intermediate missing on the server, or the issuing root is not in the client's trust store",
  ],
  [
    "ERR-K8S-009",
    "k8s",
    "high",
    "Insufficient node resources (request above the allocatable threshold)",
    "节点可分配资源不足(资源预留阈值)",
    "Sum of requests plus reservations leaves too little CPU or memory on every node",
  ],
  [
    "ERR-K8S-012",
    "k8s",
    "medium",
    "Insufficient extended resource (GPU)",
    "扩展资源(GPU)不足",
    "No node advertises enough of nvidia.com/gpu or another device plugin resource",
  ],
  [
    "ERR-K8S-088",
    "k8s",
    "high",
    "Container image not found",
    "容器镜像不存在",
    "The registry has no such repository or tag",
  ],
  [
    "ERR-SB-119",
    "sb",
    "high",
    "Cannot open a connection for the transaction",
    "无法为事务打开连接",
    "Beginning a transaction fails because no connection can be obtained",
  ],
  [
    "ERR-SB-019",
    "sb",
    "medium",
    "Database deadlock rolled the transaction back",
    "数据库死锁导致事务回滚",
    "Two transactions lock the same rows in opposite order",
  ],
  [
    "ERR-NET-001",
    "net",
    "high",
    "Traffic dropped by NetworkPolicy",
    "流量被NetworkPolicy拒绝",
    "The pod is selected by a policy and no allow rule matches",
  ],
  [
    "ERR-NET-003",
    "net",
    "medium",
    "Connection refused",
    "连接被拒绝(ECONNREFUSED)",
    "The host answers with RST because nothing listens on the port",
  ],
  [
    "ERR-NET-006",
    "net",
    "high",
    "Connect timed out",
    "连接超时(SYN无应答)",
    "SYN packets vanish: dropped by a firewall, security group or policy, or the host is gone",
  ],
  [
    "goproxy_unreachable",
    "go",
    "medium",
    "Module proxy unreachable (timeout or refused)",
    "模块代理不可达(超时/拒绝)",
    "The Go command gets no answer from the module proxy",
  ],
];

export const items = rows.map(([code, family, severity, title, title_zh, scene]) => ({
  code,
  family,
  severity,
  title,
  title_zh,
  scene,
}));

export const version = "2026.11.24-dev";

const dbRefused = {
  explanation: {
    en: "The application reached the database machine, and that machine refused: nothing accepts connections on the database port. The network is fine, the password has not been looked at yet.",
    zh: "应用已经到达数据库所在机器，但对方拒绝：数据库端口上没有进程接受连接。此时网络是通的，也还没走到校验密码这一步。",
  },
  gate: "OR(db_service_down, wrong_host_or_port, listen_address_restricted)",
  samples: [
    {
      text: 'psql: error: connection to server at "10.0.3.21", port 5432 failed: Connection refused',
      source: "run: psql 15",
    },
    {
      text: 'psycopg2.OperationalError: connection to server at "localhost" (127.0.0.1), port 5432 failed: Connection refused\n\tIs the server running on that host and accepting TCP/IP connections?',
      source: "run: psycopg2 2.9 with libpq 15",
    },
    {
      text: "org.postgresql.util.PSQLException: Connection to 10.0.3.21:5432 refused. Check that the hostname and port are correct and that the postmaster is accepting TCP/IP connections.",
      source: "src: pgjdbc ConnectionFactoryImpl.java",
    },
  ],
  near_misses: [
    {
      text: "dial tcp 10.96.12.7:8080: connect: connection refused",
      why: "Port 8080 is no database port and no driver is named.",
      expect: "ERR-NET-003",
      source: "run: go 1.22",
    },
    {
      text: "ERROR 2003 (HY000): Can't connect to MySQL server on '10.0.3.17' (110)",
      why: "errno 110 is a timeout: the packets get no answer, so nothing refused.",
      source: "mem",
    },
  ],
  signatures: [
    {
      id: "libpq",
      software: ["psql and every libpq client"],
      pattern:
        'connection to server at "(?P<host>[^"]+)"(?: \\([^)\\n]+\\))?, port (?P<port>[0-9]{1,5}) failed: Connection refused',
    },
  ],
  indicators: [
    {
      cause: "wrong_host_or_port",
      likelihood_ratio: 3.0,
      when: { capture: { name: "host", pattern: "^(?:localhost|127\\.|::1)" } },
      note: {
        en: "The DSN names this machine itself; in a container that is the container, not the database.",
        zh: "DSN指向本机；在容器里本机就是容器自己，而不是数据库。",
      },
    },
  ],
  checks: [
    {
      id: "db_003_server_running",
      question: {
        en: "On the database machine, is the server process running?",
        zh: "在数据库所在机器上，数据库进程在运行吗？",
      },
      command: "systemctl status mysql mariadb postgresql --no-pager",
      cost_min: 1,
    },
    {
      id: "db_003_listens_on_loopback",
      question: {
        en: "Does the server listen on 127.0.0.1 or ::1 only?",
        zh: "数据库是否只监听127.0.0.1或::1？",
      },
      command: "ss -lntp 'sport = :{{port|3306}}'",
      cost_min: 1,
    },
  ],
  fixes: [
    {
      cause: "listen_address_restricted",
      title: { en: "Let the database listen on a reachable address", zh: "让数据库监听可达的地址" },
      command: "listen_addresses = '*'\nsudo systemctl restart postgresql",
      dry_run: "SELECT * FROM pg_file_settings WHERE error IS NOT NULL",
      undo: "Restore the old line and restart.",
      side_effects: { en: "A restart cuts all sessions.", zh: "重启会断开所有会话。" },
      idempotent: true,
      risk: "medium",
    },
  ],
  runbook: {
    level1: {
      en: "Check whether the server runs. If it is stopped and the disk is not full, start it once.",
      zh: "确认数据库是否在运行。若已停止且磁盘未满，启动一次。",
    },
    level2: {
      en: "On the database machine: ss -lntp, the error log, df -h, dmesg | tail. Print the DSN the application really uses.",
      zh: "在数据库机器上看 ss -lntp、错误日志、df -h、dmesg | tail；打印应用实际生效的DSN。",
    },
    level3: {
      en: "Hand over to the database administrator with the exact line and the last 50 log lines.",
      zh: "升级给DBA，并附上原始报错行与最后50行日志。",
    },
  },
  prevention: {
    en: "Watch the port from where the application runs. Let applications retry with backoff at start-up.",
    zh: "从应用所在网络对数据库端口做协议级探测；应用启动时带退避重试。",
  },
  versions: [
    {
      range: "libpq >= 14",
      reason: {
        en: "PostgreSQL 14 changed the text of the message.",
        zh: "PostgreSQL 14修改了报错文本。",
      },
    },
  ],
  client_notes: [
    {
      client: "Go",
      note: {
        en: "database/sql opens lazily: the refusal appears at the first query or Ping.",
        zh: "database/sql是惰性连接，直到第一次查询或Ping才报拒绝。",
      },
    },
  ],
  provenance: [
    {
      project: "PostgreSQL",
      file: "src/interfaces/libpq/fe-connect.c",
      since: "14 for the new text",
    },
  ],
  related: ["ERR-NET-003"],
};

export function entry(code) {
  const item = items.find((i) => i.code === code);
  if (item === undefined) return null;
  const title = { en: item.title, zh: item.title_zh };
  return {
    ...item,
    ...(code === "ERR-DB-003" ? dbRefused : { explanation: { en: item.scene, zh: item.title_zh } }),
    title,
  };
}
