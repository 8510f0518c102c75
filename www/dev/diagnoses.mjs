/** Sample diagnoses: small single-fault Bayes over a handful of causes, so that answers really move figures. */
const CASES = {
  db: {
    code: "ERR-DB-003",
    verdict: [
      "10.0.3.21:5432 refused the connection: no server listens there.",
      "10.0.3.21:5432 拒绝连接：该处没有数据库在监听。",
    ],
    match: /Connection to (?<host>[\d.]+):(?<port>\d+) refused/,
    causes: [
      [
        "db_service_down",
        "Database server not running",
        "数据库服务未运行",
        0.02,
        0.58,
        [
          "The refusal came at once: the machine is up, the port is closed.",
          "ERR-SB-119 followed within 40 ms, from the same pool.",
        ],
      ],
      [
        "wrong_host_or_port",
        "Client configured with a wrong host or port",
        "客户端配置了错误的主机或端口",
        0.015,
        0.27,
        ["The address is not a loopback address."],
      ],
      [
        "listen_address_restricted",
        "Server listens only on a restricted address (loopback)",
        "服务仅监听受限地址(如127.0.0.1)",
        0.01,
        0.14,
        ["PostgreSQL listens on localhost unless told otherwise."],
      ],
    ],
    checks: [
      [
        "db_003_server_running",
        "On the database machine, is the server process running?",
        "在数据库所在机器上，数据库进程在运行吗？",
        "systemctl status postgresql --no-pager",
        1,
        0.88,
        { db_service_down: 0.04, wrong_host_or_port: 0.95, listen_address_restricted: 0.97 },
        [
          "It runs: compare the address, then the listening address.",
          "在运行：先核对地址，再核对监听地址。",
        ],
        ["It is stopped: start it and read why it stopped.", "已停止：启动它，并查清停止原因。"],
      ],
      [
        "db_003_listens_on_loopback",
        "Does the server listen on 127.0.0.1 or ::1 only?",
        "数据库是否只监听127.0.0.1或::1？",
        "ss -lntp 'sport = :5432'",
        1,
        0.41,
        { db_service_down: 0.02, wrong_host_or_port: 0.1, listen_address_restricted: 0.97 },
        ["Only local clients can connect.", "只有本机能连。"],
        [
          "It listens where the application can reach it, or not at all.",
          "监听地址没有问题，或者根本没有监听。",
        ],
      ],
      [
        "db_003_same_address",
        "From the application's pod, does a client with the server's own host and port connect?",
        "在应用所在Pod里，用数据库自身配置的主机和端口手工连接，能连上吗？",
        "nc -vz 10.0.3.21 5432; psql -h 10.0.3.21 -p 5432 -U app",
        2,
        0.37,
        { db_service_down: 0.03, wrong_host_or_port: 0.9, listen_address_restricted: 0.1 },
        ["The DSN holds another address.", "说明DSN里写的是别的地址。"],
        ["The right address is refused as well.", "正确地址同样被拒。"],
      ],
    ],
    fixes: [
      [
        "db_service_down",
        "Start the database server and read why it stopped",
        "启动数据库服务并查清停止原因",
        "sudo systemctl start postgresql",
        "systemctl show postgresql -p ActiveState,Result,ExecMainStatus",
        "sudo systemctl stop postgresql",
        "None while it is stopped anyway.",
        "本已停止，无额外影响。",
        true,
        "low",
      ],
      [
        "listen_address_restricted",
        "Let the database listen on a reachable address",
        "让数据库监听可达的地址",
        "# postgresql.conf\nlisten_addresses = '*'\nsudo systemctl restart postgresql",
        "SELECT * FROM pg_file_settings WHERE error IS NOT NULL",
        "Restore the old line and restart.",
        "A restart cuts all sessions. The port becomes reachable for everyone the firewall lets through.",
        "重启会断开所有会话；端口对防火墙放行的所有来源可见。",
        false,
        "medium",
      ],
    ],
    forward: [
      ["ERR-SB-119", "Cannot open a connection for the transaction", "无法为事务打开连接", 0.86],
      ["ERR-DB-017", "Connection pool acquisition timeout", "连接池获取连接超时", 0.34],
    ],
    also: [
      [
        "ERR-SB-119",
        "Cannot open a connection for the transaction",
        "无法为事务打开连接",
        "sb",
        /CannotCreateTransactionException/,
      ],
    ],
  },
  go: {
    code: "goproxy_unreachable",
    verdict: [
      "proxy.golang.org did not answer: the module proxy can't be reached from this machine.",
      "proxy.golang.org 没有应答：本机无法访问模块代理。",
    ],
    match: /Get "https:\/\/(?<host>[^/"]+)[^"]*": dial tcp (?<addr>[\d.]+:\d+): i\/o timeout/,
    causes: [
      [
        "goproxy_unreachable",
        "Module proxy unreachable (timeout or refused)",
        "模块代理不可达(超时/拒绝)",
        0.03,
        0.81,
        ["dial tcp 142.251.43.17:443: i/o timeout"],
      ],
      [
        "http_proxy_env_stale",
        "HTTP(S)_PROXY points to a proxy that is gone",
        "HTTP(S)_PROXY指向失效代理",
        0.01,
        0.09,
        [],
      ],
      ["goproxy_5xx", "Module proxy answers 5xx or 403", "模块代理返回5xx/403", 0.008, 0.04, []],
      [
        "goproxy_comma_no_fallback",
        "Comma-separated GOPROXY does not fall back on 5xx",
        "GOPROXY用逗号分隔, 5xx不回退",
        0.2,
        0.21,
        ["Needed together with a 5xx answer only."],
      ],
      [
        "goproxy_host_unresolvable",
        "Module proxy host cannot be resolved",
        "模块代理域名无法解析",
        0.01,
        0.02,
        [],
      ],
    ],
    checks: [
      [
        "go_proxy_answers",
        "Does the proxy answer within five seconds?",
        "代理能在五秒内应答吗？",
        "curl -m 5 -sI $(go env GOPROXY | cut -d, -f1)",
        0.5,
        0.62,
        {
          goproxy_unreachable: 0.03,
          http_proxy_env_stale: 0.05,
          goproxy_5xx: 0.9,
          goproxy_host_unresolvable: 0.02,
          goproxy_comma_no_fallback: 0.5,
        },
        [
          "The proxy answers now: it was a short outage, or only Go is affected.",
          "代理现在能应答：可能是短暂故障。",
        ],
        ["Choose a proxy that this network reaches.", "请改用本网络可达的代理。"],
      ],
    ],
    fixes: [
      [
        "goproxy_unreachable",
        "Use a module proxy that this network reaches",
        "改用本网络可达的模块代理",
        "go env -w GOPROXY=https://goproxy.cn,direct",
        "go env GOPROXY",
        "go env -u GOPROXY",
        "All modules of this user come from the new proxy.",
        "该用户的所有模块都改从新代理获取。",
        true,
        "low",
      ],
    ],
    forward: [
      [
        "sumdb_unreachable",
        "Checksum database unreachable",
        "校验和数据库(sum.golang.org)不可达",
        0.47,
      ],
    ],
    also: [],
  },
};

const TREES = {
  db: [
    [
      "ERR-DB-003",
      "gate",
      "or",
      "Database TCP connection refused",
      "数据库TCP连接被拒绝",
      ["db_service_down", "wrong_host_or_port", "listen_address_restricted"],
      true,
    ],
  ],
  go: [
    [
      "go_env_config_failure",
      "gate",
      "or",
      "Go environment configuration failure",
      "Go环境配置失败",
      ["g_exec_path", "g_env_state", "g_net_policy"],
    ],
    [
      "g_exec_path",
      "gate",
      "or",
      "Execution path fault",
      "执行路径故障",
      ["go_not_installed", "go_bin_not_in_path", "g_cgo_cross_compile_failed"],
    ],
    [
      "g_cgo_cross_compile_failed",
      "gate",
      "and",
      "cgo cross-compilation failed",
      "cgo交叉编译失败",
      ["cgo_enabled_in_cross_build", "cross_cc_not_set"],
    ],
    [
      "g_env_state",
      "gate",
      "or",
      "Environment state fault",
      "环境状态故障",
      ["g_env_pollution", "g_toolchain_version_conflict"],
    ],
    [
      "g_env_pollution",
      "gate",
      "or",
      "Environment pollution",
      "环境变量污染",
      ["os_env_overrides_go_env", "goos_goarch_leftover"],
    ],
    [
      "g_toolchain_version_conflict",
      "gate",
      "and",
      "Toolchain version conflict",
      "工具链版本冲突",
      ["go_directive_newer_than_toolchain", "g_no_newer_toolchain"],
    ],
    [
      "g_no_newer_toolchain",
      "gate",
      "or",
      "No newer toolchain to be had",
      "无法获得新版工具链",
      ["gotoolchain_local", "goproxy_unreachable"],
    ],
    [
      "g_net_policy",
      "gate",
      "or",
      "Network policy fault",
      "网络策略故障",
      ["g_module_proxy_failure", "g_checksum_verification_failed"],
    ],
    [
      "g_module_proxy_failure",
      "gate",
      "or",
      "Module proxy failure",
      "模块代理异常",
      [
        "goproxy_unreachable",
        "goproxy_host_unresolvable",
        "g_goproxy_no_fallback",
        "http_proxy_env_stale",
      ],
      true,
    ],
    [
      "g_goproxy_no_fallback",
      "gate",
      "and",
      "Proxy error without fallback",
      "代理出错且无回退",
      ["goproxy_5xx", "goproxy_comma_no_fallback"],
    ],
    [
      "g_checksum_verification_failed",
      "gate",
      "or",
      "Checksum verification failed",
      "校验和验证失败",
      ["sumdb_unreachable", "cdn_stale_checksum", "goprivate_unset"],
    ],
  ],
};

const LEAVES = {
  go_not_installed: ["Go is not installed", "未安装Go", 0.002],
  go_bin_not_in_path: ["go/bin not in PATH", "go/bin不在PATH中", 0.003],
  cgo_enabled_in_cross_build: ["CGO_ENABLED=1 in a cross build", "交叉编译时CGO_ENABLED=1", 0.01],
  cross_cc_not_set: ["CC not set for the target", "未设置目标平台CC", 0.02],
  os_env_overrides_go_env: ["OS variable overrides go env -w", "系统环境变量覆盖go env -w", 0.02],
  goos_goarch_leftover: ["GOOS/GOARCH left over", "残留GOOS/GOARCH", 0.01],
  go_directive_newer_than_toolchain: [
    "go directive newer than toolchain",
    "go.mod要求更高版本",
    0.04,
  ],
  gotoolchain_local: ["GOTOOLCHAIN=local", "GOTOOLCHAIN=local", 0.05],
  sumdb_unreachable: ["Checksum database unreachable", "校验和数据库(sum.golang.org)不可达", 0.06],
  cdn_stale_checksum: [
    "CDN edge serves a stale module with another checksum",
    "CDN边缘节点缓存过期校验和",
    0.001,
  ],
  goprivate_unset: [
    "Private module not covered by GOPRIVATE/GONOSUMDB",
    "私有模块未配置GOPRIVATE/GONOSUMDB",
    0.02,
  ],
};

function graphOf(kind, causes, best) {
  const byId = new Map(causes.map((c) => [c.id, c]));
  const nodes = new Map();
  const edges = [];
  const leaf = (id) => {
    const cause = byId.get(id);
    const [title, title_zh, p] = LEAVES[id] ?? [cause.title, cause.title_zh, 0];
    const kindOf = id === "sumdb_unreachable" ? "undeveloped" : "basic";
    nodes.set(id, {
      id,
      kind: kindOf,
      gate: null,
      k: null,
      title,
      title_zh,
      probability: cause?.posterior ?? p,
      prior: cause?.prior ?? p,
      observed: null,
      in_best_cut_set: id === best,
    });
  };
  for (const [id, nodeKind, gate, title, title_zh, children, observed] of TREES[kind]) {
    nodes.set(id, {
      id,
      kind: nodeKind,
      gate,
      k: null,
      title,
      title_zh,
      probability: 0,
      prior: 0.05,
      observed: observed ?? null,
      in_best_cut_set: false,
    });
    for (const to of children) edges.push({ from: id, to });
  }
  for (const { to } of edges) if (!nodes.has(to)) leaf(to);
  const probability = (id) => {
    const node = nodes.get(id);
    const kids = edges.filter((e) => e.from === id).map((e) => probability(e.to));
    if (kids.length > 0)
      node.probability =
        node.gate === "and"
          ? kids.reduce((a, b) => a * b, 1)
          : 1 - kids.reduce((a, b) => a * (1 - b), 1);
    if (node.observed) node.probability = 1;
    return node.probability;
  };
  const top = TREES[kind][0][0];
  probability(top);
  return { top, nodes: [...nodes.values()], edges };
}

const title = (items, code) => items.find((i) => i.code === code);

export function kindOf(logs) {
  const text = logs.map((l) => l.message).join("\n");
  return Object.keys(CASES).find((kind) => CASES[kind].match.test(text)) ?? null;
}

function linesOf(logs, pattern) {
  return logs.flatMap((l, i) => (pattern.test(l.message) ? [i + 1] : []));
}

function unexplained() {
  return {
    catalogue_version: "2026.11.24-dev",
    status: "unexplained",
    verdict: {
      text: "",
      text_zh: "",
      code: null,
      cause: null,
      probability: null,
      confidence: "low",
    },
    codes: [],
    causes: [],
    cut_sets: [],
    next_checks: [],
    answers: [],
    forward: [],
    fixes: [],
    graph: null,
    metrics: [
      {
        name: "rtt_high",
        text: "Round trip 620 ms (median): the network is slow.",
        text_zh: "往返时延中位数 620 ms：网络较慢。",
      },
    ],
  };
}

export function diagnose(items, logs, answers = []) {
  const kind = kindOf(logs);
  if (kind === null) return unexplained();
  const c = CASES[kind];
  const weights = c.causes.map(([id, , , , p]) =>
    answers.reduce((w, { check, answer }) => {
      const likelihood = c.checks.find(([checkId]) => checkId === check)?.[6][id] ?? 0.5;
      return answer === "yes" ? w * likelihood : answer === "no" ? w * (1 - likelihood) : w;
    }, p),
  );
  const scale = c.causes.reduce((s, x) => s + x[4], 0) / weights.reduce((s, w) => s + w, 0);
  const causes = c.causes
    .map(([id, t, z, prior, , evidence], i) => ({
      id,
      title: t,
      title_zh: z,
      prior,
      posterior: Math.min(0.998, weights[i] * scale),
      codes: [c.code],
      evidence: [
        ...evidence,
        ...answers.filter((a) => a.answer !== "unsure").map((a) => `${a.check}: ${a.answer}`),
      ],
    }))
    .sort((a, b) => b.posterior - a.posterior);
  const best = causes[0];
  const item = title(items, c.code);
  const sample = logs.map((l) => c.match.exec(l.message)).find((m) => m !== null);
  return {
    catalogue_version: "2026.11.24-dev",
    status: "explained",
    verdict: {
      text: c.verdict[0],
      text_zh: c.verdict[1],
      code: c.code,
      cause: best.id,
      probability: best.posterior,
      confidence: best.posterior > 0.8 ? "high" : best.posterior > 0.5 ? "medium" : "low",
    },
    codes: [
      {
        code: c.code,
        title: item.title,
        title_zh: item.title_zh,
        family: item.family,
        severity: item.severity,
        score: 0.98,
        primary: true,
        reason: null,
        lines: linesOf(logs, c.match),
        captures: { ...sample?.groups },
      },
      ...c.also
        .filter(([, , , , p]) => linesOf(logs, p).length > 0)
        .map(([code, t, z, family, p]) => ({
          code,
          title: t,
          title_zh: z,
          family,
          severity: "high",
          score: 0.71,
          primary: false,
          reason: "Gives way to the code nested in the same trace.",
          reason_zh: "让位于同一堆栈中的内层错误码。",
          lines: linesOf(logs, p),
          captures: {},
        })),
    ],
    causes,
    cut_sets: [
      { events: [best.id], posterior: best.posterior },
      ...(kind === "go"
        ? [{ events: ["goproxy_5xx", "goproxy_comma_no_fallback"], posterior: 0.034 }]
        : []),
    ],
    next_checks: c.checks
      .filter(([id]) => !answers.some((a) => a.check === id))
      .map(([id, q, qz, command, cost_min, gain_bits, , y, n]) => ({
        id,
        question: q,
        question_zh: qz,
        command,
        cost_min,
        gain_bits,
        yes: y[0],
        yes_zh: y[1],
        no: n[0],
        no_zh: n[1],
      })),
    answers,
    forward: c.forward.map(([code, t, z, probability]) => ({
      code,
      title: t,
      title_zh: z,
      probability,
    })),
    fixes: c.fixes.map(([cause, t, z, command, dry_run, undo, s, sz, idempotent, risk]) => ({
      cause,
      title: t,
      title_zh: z,
      command,
      dry_run,
      undo,
      side_effects: s,
      side_effects_zh: sz,
      idempotent,
      risk,
    })),
    graph: graphOf(kind, causes, best.id),
    metrics:
      kind === "db"
        ? []
        : [
            {
              name: "rtt_loss",
              text: "2 of 6 round-trip probes were lost.",
              text_zh: "6 次往返探测中丢失 2 次。",
            },
          ],
  };
}
