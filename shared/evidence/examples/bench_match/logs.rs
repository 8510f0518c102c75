//! Logs like those of healthy systems, always the same for a seed.

/// Splitmix64.
pub(crate) struct Random(u64);

impl Random {
    pub(crate) fn new(seed: u64) -> Self {
        Self(seed)
    }

    pub(crate) fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    pub(crate) fn below(&mut self, bound: u64) -> u64 {
        self.next() % bound.max(1)
    }

    pub(crate) fn pick<'a, T: ?Sized>(&mut self, list: &[&'a T]) -> &'a T {
        list[self.below(list.len() as u64) as usize]
    }
}

/// What a log comes from.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    Access,
    Spring,
    Kubelet,
    Postgres,
    Go,
}

impl Kind {
    pub(crate) const ALL: [Self; 5] = [
        Self::Access,
        Self::Spring,
        Self::Kubelet,
        Self::Postgres,
        Self::Go,
    ];

    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Access => "access",
            Self::Spring => "spring",
            Self::Kubelet => "kubelet",
            Self::Postgres => "postgres",
            Self::Go => "go",
        }
    }

    fn line(self, random: &mut Random, n: u64) -> String {
        match self {
            Self::Access => access(random, n),
            Self::Spring => spring(random, n),
            Self::Kubelet => kubelet(random, n),
            Self::Postgres => postgres(random, n),
            Self::Go => go(random, n),
        }
    }
}

/// A log of at least `bytes`; of every `every` lines one is a sample, if there are samples.
pub(crate) fn log(kinds: &[Kind], bytes: usize, samples: &[&str], every: u64) -> Vec<u8> {
    let mut random = Random::new(0x0f0a_5eed);
    let mut out = Vec::with_capacity(bytes + 2000);
    let mut n = 0;
    while out.len() < bytes {
        n += 1;
        if every > 0 && n % every == 0 && !samples.is_empty() {
            out.extend_from_slice(random.pick(samples).as_bytes());
        } else {
            let kind = kinds[random.below(kinds.len() as u64) as usize];
            out.extend_from_slice(kind.line(&mut random, n).as_bytes());
        }
        out.push(b'\n');
    }
    out
}

/// Seconds and milliseconds of a clock that goes on with the lines.
fn clock(n: u64) -> (u64, u64, u64, u64) {
    let ms = n * 7;
    (
        ms / 3_600_000 % 24,
        ms / 60_000 % 60,
        ms / 1000 % 60,
        ms % 1000,
    )
}

const PATHS: [&str; 12] = [
    "/",
    "/api/v2/orders",
    "/api/v2/orders/{}/items",
    "/api/v1/customers/{}",
    "/static/css/main.{}.css",
    "/static/img/products/{}.webp",
    "/checkout/summary",
    "/search?q=running+shoes&page={}",
    "/healthz",
    "/metrics",
    "/login",
    "/feeds/news/{}.json",
];
const AGENTS: [&str; 6] = [
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/126.0.0.0 Safari/537.36",
    "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/17.4 Safari/605.1.15",
    "Mozilla/5.0 (Linux; Android 14; Pixel 8) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/125.0.6422.113 Mobile Safari/537.36",
    "kube-probe/1.29",
    "Prometheus/2.52.0",
    "okhttp/4.12.0",
];

fn path(random: &mut Random) -> String {
    let id = random.below(99_999).to_string();
    random.pick(&PATHS).replace("{}", &id)
}

fn access(random: &mut Random, n: u64) -> String {
    let (h, m, s, _) = clock(n);
    let method = random.pick(&["GET", "GET", "GET", "GET", "POST", "HEAD", "DELETE"]);
    let status = random.pick(&[
        "200", "200", "200", "200", "201", "204", "301", "304", "404",
    ]);
    format!(
        "{}.{}.{}.{} - - [11/Jun/2024:{h:02}:{m:02}:{s:02} +0000] \"{method} {} HTTP/1.1\" {status} {} \"{}\" \"{}\" {}.{:03}",
        random.below(223) + 1,
        random.below(256),
        random.below(256),
        random.below(256),
        path(random),
        random.below(90_000),
        random.pick(&[
            "-",
            "https://shop.example.org/",
            "https://shop.example.org/search?q=boots"
        ]),
        random.pick(&AGENTS),
        random.below(2),
        random.below(1000),
    )
}

const CLASSES: [(&str, &str); 8] = [
    (
        "c.e.shop.order.OrderController",
        "order {} placed by customer {} in {} ms",
    ),
    (
        "c.e.shop.stock.StockService",
        "reserved {} units of article {} in warehouse {}",
    ),
    (
        "c.e.shop.mail.MailSender",
        "mail {} to customer {} handed to relay {}",
    ),
    (
        "o.s.web.servlet.DispatcherServlet",
        "GET \"/orders/{}?page={}&size={}\", parameters={masked}",
    ),
    (
        "o.h.e.t.internal.TransactionImpl",
        "committing, session {} flushed {} entities in {} ms",
    ),
    (
        "c.z.hikari.pool.HikariPool",
        "HikariPool-1 - Pool stats (total={}, active={}, idle={}, waiting=0)",
    ),
    (
        "o.a.k.clients.consumer.internals.ConsumerCoordinator",
        "[Consumer clientId=shop-{}] Committed offset {} for partition orders-{}",
    ),
    (
        "c.e.shop.cache.CacheRefresher",
        "refreshed {} keys, {} evicted, hit ratio 0.{}",
    ),
];

fn spring(random: &mut Random, n: u64) -> String {
    let (h, m, s, ms) = clock(n);
    let (class, message) = CLASSES[random.below(CLASSES.len() as u64) as usize];
    let mut text = String::new();
    for piece in message.split("{}") {
        if !text.is_empty() {
            text.push_str(&random.below(100_000).to_string());
        }
        text.push_str(piece);
    }
    format!(
        "2024-06-11 {h:02}:{m:02}:{s:02}.{ms:03} {} 1 --- [{}{}] {class:<40} : {text}",
        random.pick(&[" INFO", " INFO", " INFO", "DEBUG", " WARN"]),
        random.pick(&["http-nio-8080-exec-", "scheduling-", "kafka-listener-"]),
        random.below(40),
    )
}

fn kubelet(random: &mut Random, n: u64) -> String {
    let (h, m, s, ms) = clock(n);
    let pod = format!(
        "{}-{:x}-{:x}",
        random.pick(&["cart", "catalog", "gateway", "ledger", "mailer"]),
        random.below(0xffff_ffff),
        random.below(0xfffff),
    );
    match random.below(5) {
        0 => format!(
            "I0611 {h:02}:{m:02}:{s:02}.{ms:03}214    1107 kubelet.go:2461] \"SyncLoop (PLEG): event for pod\" pod=\"shop/{pod}\" event={{\"ID\":\"{:016x}\",\"Type\":\"ContainerStarted\",\"Data\":\"{:032x}\"}}",
            random.next(),
            random.next(),
        ),
        1 => format!(
            "I0611 {h:02}:{m:02}:{s:02}.{ms:03}482    1107 reconciler_common.go:258] \"operationExecutor.MountVolume started for volume \\\"config\\\" (UniqueName: \\\"kubernetes.io/configmap/{:x}-config\\\") pod \\\"{pod}\\\" \" pod=\"shop/{pod}\"",
            random.next(),
        ),
        2 => format!(
            "{{\"ts\":\"2024-06-11T{h:02}:{m:02}:{s:02}.{ms:03}Z\",\"level\":\"info\",\"logger\":\"kubelet\",\"caller\":\"prober/prober.go:{}\",\"msg\":\"Probe succeeded\",\"probeType\":\"Readiness\",\"pod\":{{\"name\":\"{pod}\",\"namespace\":\"shop\"}},\"containerName\":\"app\",\"elapsed_ms\":{}}}",
            random.below(300),
            random.below(80),
        ),
        3 => format!(
            "{{\"ts\":\"2024-06-11T{h:02}:{m:02}:{s:02}.{ms:03}Z\",\"level\":\"info\",\"caller\":\"image/image_gc_manager.go:310\",\"msg\":\"Image garbage collection freed \\\"{}\\\" bytes on node \\\"node-{}\\\"\",\"v\":2}}",
            random.below(1_000_000_000),
            random.below(60),
        ),
        _ => format!(
            "E0611 {h:02}:{m:02}:{s:02}.{ms:03}077    1107 summary_sys_containers.go:48] \"Skipped container stats\" containerName=\"/system.slice/{pod}.service\" reason=\"container gone before collection\"",
        ),
    }
}

fn postgres(random: &mut Random, n: u64) -> String {
    let (h, m, s, ms) = clock(n);
    let head = format!(
        "2024-06-11 {h:02}:{m:02}:{s:02}.{ms:03} UTC [{}]",
        random.below(30_000)
    );
    match random.below(6) {
        0 => format!(
            "{head} LOG:  checkpoint complete: wrote {} buffers ({}.{}%); 0 WAL file(s) added, 0 removed, {} recycled; write=26.{} s, sync=0.004 s, total=27.1 s; sync files=41, longest=0.002 s, average=0.001 s; distance={} kB, estimate={} kB",
            random.below(9000),
            random.below(60),
            random.below(10),
            random.below(9),
            random.below(999),
            random.below(90_000),
            random.below(90_000),
        ),
        1 => format!(
            "{head} LOG:  connection authorized: user=shop database=shop application_name=psql SSL enabled (protocol=TLSv1.3, cipher=TLS_AES_256_GCM_SHA384, bits=256)"
        ),
        2 => format!(
            "{head} shop@shop LOG:  duration: {}.{:03} ms  execute S_{}: SELECT o.id, o.total_cents, o.placed_at FROM orders o JOIN customers c ON c.id = o.customer_id WHERE c.id = $1 ORDER BY o.placed_at DESC LIMIT $2",
            random.below(40),
            random.below(1000),
            random.below(50),
        ),
        3 => format!(
            "\tDETAIL:  parameters: $1 = '{}', $2 = '{}'",
            random.below(99_999),
            random.below(50),
        ),
        4 => format!(
            "{head} LOG:  automatic vacuum of table \"shop.public.order_items\": index scans: 1, pages: 0 removed, {} remain, tuples: {} removed, {} remain, elapsed: 0.{} s",
            random.below(9000),
            random.below(9000),
            random.below(900_000),
            random.below(99),
        ),
        _ => format!(
            "{head} LOG:  disconnection: session time: 0:{:02}:{:02}.{:03} user=shop database=shop host=10.20.{}.{} port={}",
            random.below(60),
            random.below(60),
            random.below(1000),
            random.below(256),
            random.below(256),
            random.below(60_000),
        ),
    }
}

fn go(random: &mut Random, n: u64) -> String {
    let (h, m, s, ms) = clock(n);
    match random.below(4) {
        0 => format!(
            "time=2024-06-11T{h:02}:{m:02}:{s:02}.{ms:03}Z level=INFO msg=\"request served\" method=GET path={} status=200 bytes={} duration={}.{:03}ms remote=10.32.{}.{}:{}",
            path(random),
            random.below(40_000),
            random.below(90),
            random.below(1000),
            random.below(256),
            random.below(256),
            random.below(60_000),
        ),
        1 => format!(
            "{{\"level\":\"info\",\"ts\":1718092800.{ms:03},\"caller\":\"worker/pool.go:{}\",\"msg\":\"batch written\",\"topic\":\"events\",\"partition\":{},\"offset\":{},\"records\":{},\"took\":\"{}.{}ms\"}}",
            random.below(200),
            random.below(64),
            random.below(100_000_000),
            random.below(500),
            random.below(30),
            random.below(10),
        ),
        2 => format!(
            "2024/06/11 {h:02}:{m:02}:{s:02} [{:016x}] \"POST http://inventory.shop.svc/v1/reserve HTTP/1.1\" from 10.32.{}.{}:{} - 200 {}B in {}.{}ms",
            random.next(),
            random.below(256),
            random.below(256),
            random.below(60_000),
            random.below(4000),
            random.below(20),
            random.below(1000),
        ),
        _ => format!(
            "{{\"time\":\"2024-06-11T{h:02}:{m:02}:{s:02}.{ms:03}Z\",\"level\":\"DEBUG\",\"source\":{{\"function\":\"example.org/shop/cart.(*Store).Load\",\"line\":{}}},\"msg\":\"cart loaded\",\"customer\":{},\"items\":{},\"trace_id\":\"{:016x}{:016x}\"}}",
            random.below(400),
            random.below(90_000),
            random.below(30),
            random.next(),
            random.next(),
        ),
    }
}
