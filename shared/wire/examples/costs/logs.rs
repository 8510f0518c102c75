//! Logs of 200 lines as failing applications write them, with the variety of real ones: times,
//! identifiers, paths, durations differ from line to line.

use faultscan_wire::{Level, LogLine};

const LINES: usize = 200;

/// A small generator of numbers (xorshift), so that every run measures the same bytes.
struct Numbers(u64);

impl Numbers {
    fn next(&mut self) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0
    }

    fn below(&mut self, limit: u64) -> u64 {
        self.next() % limit
    }

    fn pick<'a>(&mut self, choices: &[&'a str]) -> &'a str {
        choices[self.below(choices.len() as u64) as usize]
    }

    fn hex(&mut self, digits: usize) -> String {
        format!("{:016x}{:016x}", self.next(), self.next())[..digits].to_owned()
    }
}

/// Every sample by its name.
pub(crate) fn samples() -> Vec<(&'static str, Vec<LogLine>)> {
    vec![
        ("browser_console", lines(browser)),
        ("go_modules", lines(go)),
        ("spring_boot", lines(spring)),
        ("kubernetes_events", lines(kubernetes)),
        ("access_log", lines(access)),
    ]
}

/// The first lines of a text, without levels or times.
pub(crate) fn from_text(text: &str) -> Vec<LogLine> {
    text.lines()
        .take(LINES)
        .enumerate()
        .map(|(index, line)| LogLine {
            at_ms: index as i32 * 37 - 30_000,
            level: Level::Info,
            source: "stdout".into(),
            message: line.chars().take(4000).collect(),
        })
        .collect()
}

fn lines(write: fn(&mut Numbers) -> (Level, &'static str, String)) -> Vec<LogLine> {
    let mut numbers = Numbers(0x9e37_79b9_7f4a_7c15);
    let mut at_ms = -30_000;
    (0..LINES)
        .map(|_| {
            at_ms += numbers.below(300) as i32;
            let (level, source, message) = write(&mut numbers);
            LogLine {
                at_ms,
                level,
                source: source.into(),
                message,
            }
        })
        .collect()
}

fn browser(n: &mut Numbers) -> (Level, &'static str, String) {
    let route = n.pick(&[
        "cart",
        "orders",
        "session",
        "catalog/items",
        "profile/avatar",
    ]);
    match n.below(6) {
        0 => (
            Level::Error,
            "window",
            format!(
                "TypeError: Failed to fetch\n    at request (https://app.example.org/assets/index-{}.js:{}:{})\n    at async load (https://app.example.org/assets/{}-{}.js:1:{})",
                n.hex(8),
                n.below(40),
                n.below(9000),
                route.replace('/', "-"),
                n.hex(8),
                n.below(5000),
            ),
        ),
        1 => (
            Level::Warn,
            "console",
            format!(
                "[api] GET /v2/{route}/{} retry {} in {} ms",
                n.below(90_000),
                n.below(5),
                n.below(4000)
            ),
        ),
        2 => (
            Level::Debug,
            "console",
            format!(
                "[router] enter /{route}?ref={} in {}.{} ms",
                n.hex(12),
                n.below(80),
                n.below(10)
            ),
        ),
        3 => (
            Level::Info,
            "console",
            format!(
                "[store] patch {{\"type\":\"{route}/update\",\"id\":\"{}\",\"rev\":{}}}",
                n.hex(16),
                n.below(300)
            ),
        ),
        4 => (
            Level::Error,
            "console",
            format!(
                "[api] GET https://api.example.org/v2/{route} 50{} {} ms request-id={}-{}",
                n.below(5),
                n.below(9000),
                n.hex(8),
                n.hex(12)
            ),
        ),
        _ => (
            Level::Info,
            "console",
            format!(
                "[perf] {route} rendered {} nodes in {} ms",
                n.below(900),
                n.below(120)
            ),
        ),
    }
}

fn go(n: &mut Numbers) -> (Level, &'static str, String) {
    let module = n.pick(&[
        "github.com/spf13/cobra",
        "golang.org/x/net",
        "google.golang.org/grpc",
        "github.com/stretchr/testify",
        "k8s.io/client-go",
        "github.com/prometheus/client_golang",
        "go.uber.org/zap",
        "gopkg.in/yaml.v3",
    ]);
    let version = format!("v{}.{}.{}", n.below(3), n.below(40), n.below(12));
    match n.below(5) {
        0 => (
            Level::Error,
            "go",
            format!(
                "go: {module}@{version}: Get \"https://proxy.golang.org/{module}/@v/{version}.mod\": dial tcp 142.250.{}.{}:443: i/o timeout",
                n.below(256),
                n.below(256),
            ),
        ),
        1 => (
            Level::Info,
            "go",
            format!("go: downloading {module} {version}"),
        ),
        2 => (
            Level::Error,
            "go",
            format!(
                "verifying {module}@{version}: checksum mismatch\n\tdownloaded: h1:{}=\n\tgo.sum:     h1:{}=",
                n.hex(32),
                n.hex(32)
            ),
        ),
        3 => (
            Level::Error,
            "go",
            format!(
                "internal/{}/server.go:{}:{}: undefined: {}",
                n.pick(&["api", "store", "auth"]),
                n.below(900),
                n.below(60),
                n.pick(&["NewClient", "ErrClosed", "ctxKey"])
            ),
        ),
        _ => (
            Level::Info,
            "go",
            format!(
                "ok  \texample.org/app/internal/{}\t{}.{:03}s",
                n.pick(&["api", "store", "auth", "queue"]),
                n.below(9),
                n.below(1000)
            ),
        ),
    }
}

fn spring(n: &mut Numbers) -> (Level, &'static str, String) {
    let class = n.pick(&[
        "c.e.shop.OrderService",
        "o.s.web.servlet.DispatcherServlet",
        "com.zaxxer.hikari.pool.HikariPool",
        "o.h.engine.jdbc.spi.SqlExceptionHelper",
    ]);
    let stamp = format!(
        "2026-09-21T14:{:02}:{:02}.{:03}+08:00",
        n.below(60),
        n.below(60),
        n.below(1000)
    );
    let thread = n.below(10);
    match n.below(4) {
        0 => (
            Level::Error,
            "stdout",
            format!(
                "{stamp} ERROR 1 --- [nio-8080-exec-{thread}] {class} : HikariPool-1 - Connection is not available, request timed out after {}ms (total={}, active={}, idle=0, waiting={})\njava.sql.SQLTransientConnectionException: HikariPool-1 - Connection is not available\n\tat com.zaxxer.hikari.pool.HikariPool.createTimeoutException(HikariPool.java:{})\n\tat com.zaxxer.hikari.pool.HikariPool.getConnection(HikariPool.java:{})\n\tat org.hibernate.internal.SessionImpl.connection(SessionImpl.java:{})",
                30_000 + n.below(30),
                n.below(20),
                n.below(20),
                n.below(90),
                n.below(900),
                n.below(900),
                n.below(900),
            ),
        ),
        1 => (
            Level::Warn,
            "stdout",
            format!(
                "{stamp}  WARN 1 --- [nio-8080-exec-{thread}] {class} : SQL Error: 0, SQLState: 08{:03}",
                n.below(10)
            ),
        ),
        2 => (
            Level::Info,
            "stdout",
            format!(
                "{stamp}  INFO 1 --- [nio-8080-exec-{thread}] {class} : order {} of customer {} took {} ms",
                n.hex(12),
                n.below(100_000),
                n.below(3000)
            ),
        ),
        _ => (
            Level::Debug,
            "stdout",
            format!(
                "{stamp} DEBUG 1 --- [nio-8080-exec-{thread}] {class} : GET \"/orders/{}\", parameters={{}}",
                n.hex(12)
            ),
        ),
    }
}

fn kubernetes(n: &mut Numbers) -> (Level, &'static str, String) {
    let pod = format!(
        "{}-{}-{}",
        n.pick(&["web", "checkout", "worker"]),
        n.hex(10),
        n.hex(5)
    );
    match n.below(5) {
        0 => (
            Level::Warn,
            "kubelet",
            format!(
                "Warning  FailedScheduling  {}s  default-scheduler  0/{} nodes are available: {} Insufficient cpu, {} node(s) had untolerated taint {{node.kubernetes.io/disk-pressure: }}. pod default/{pod}",
                n.below(400),
                n.below(30),
                n.below(20),
                n.below(10)
            ),
        ),
        1 => (
            Level::Error,
            "kubelet",
            format!(
                "Error: ErrImagePull: rpc error: code = NotFound desc = failed to pull and unpack image \"registry.example.org/shop/{}:{}\": not found",
                n.pick(&["web", "checkout"]),
                n.hex(7)
            ),
        ),
        2 => (
            Level::Warn,
            "kubelet",
            format!(
                "Back-off restarting failed container app in pod {pod}_default({}-{}-{})",
                n.hex(8),
                n.hex(4),
                n.hex(12)
            ),
        ),
        3 => (
            Level::Info,
            "kubelet",
            format!(
                "Normal  Pulled  {}s  kubelet  Container image already present on machine, pod {pod}",
                n.below(400)
            ),
        ),
        _ => (
            Level::Warn,
            "kubelet",
            format!(
                "Readiness probe failed: Get \"http://10.42.{}.{}:8080/healthz\": context deadline exceeded (pod {pod})",
                n.below(16),
                n.below(256)
            ),
        ),
    }
}

fn access(n: &mut Numbers) -> (Level, &'static str, String) {
    let status = n.pick(&["200", "200", "200", "304", "404", "499", "502", "504"]);
    (
        Level::Info,
        "nginx",
        format!(
            "10.{}.{}.{} - - [21/Sep/2026:14:{:02}:{:02} +0800] \"GET /{}/{} HTTP/1.1\" {status} {} \"-\" \"Mozilla/5.0 (Linux; Android {}; Pixel {}) AppleWebKit/537.36 Chrome/12{}.0 Mobile\" rt=0.{:03}",
            n.below(256),
            n.below(256),
            n.below(256),
            n.below(60),
            n.below(60),
            n.pick(&["api/v1/orders", "assets", "api/v1/session", "img/product"]),
            n.hex(10),
            n.below(90_000),
            11 + n.below(5),
            6 + n.below(4),
            n.below(9),
            n.below(1000),
        ),
    )
}
