//! The records inside a snapshot body.

use super::record;

record! {
    /// The software that made the snapshot.
    pub struct Sdk {
        /// Name, such as `faultscan-sdk-wasm`.
        name: Option<String>,
        /// Version.
        version: Option<String>,
        /// Host it ran in: `browser`, `wechat`, `alipay`, `douyin`, `cli`.
        host: Option<String>,
    }
}

record! {
    /// The device, as far as its host tells.
    pub struct Device {
        /// Operating system.
        os: Option<String>,
        /// Version of the operating system.
        os_version: Option<String>,
        /// Processor architecture.
        arch: Option<String>,
        /// Model name.
        model: Option<String>,
        /// User agent.
        user_agent: Option<String>,
        /// Language tag, such as `zh-CN`.
        language: Option<String>,
        /// Screen width in CSS pixels.
        screen_width_px: Option<u32>,
        /// Screen height in CSS pixels.
        screen_height_px: Option<u32>,
        /// Device pixels for each CSS pixel.
        pixel_ratio: Option<f32>,
        /// Logical processors.
        cores: Option<u32>,
        /// Memory in gigabytes, often rounded by the host.
        memory_gb: Option<f32>,
    }
}

record! {
    /// The network at capture.
    pub struct Network {
        /// Kind, such as `wifi`, `cellular`, `none`.
        kind as "type": Option<String>,
        /// Quality class, such as `4g`.
        effective_type: Option<String>,
        /// Downlink in megabits per second.
        downlink_mbps: Option<f32>,
        /// Whether the host believes itself online.
        online: Option<bool>,
    }
}

record! {
    /// The application that the SDK is part of.
    pub struct App {
        /// Name.
        name: Option<String>,
        /// Version.
        version: Option<String>,
        /// Page or route at capture.
        page: Option<String>,
    }
}

record! {
    /// Frames per second over the capture window.
    pub struct Fps {
        /// Where the figures come from: `raf`, `canvas-raf`, `timer-drift`.
        source: Option<String>,
        /// Length of the window.
        window_ms: Option<u32>,
        /// Time between samples.
        interval_ms: Option<u32>,
        /// Samples, oldest first; the last one ends at the capture.
        samples: Vec<f32>,
        /// Mean.
        mean: Option<f32>,
        /// Lowest sample.
        min: Option<f32>,
        /// Frames counted.
        frames: Option<u32>,
        /// Frames that took longer than twice the usual time.
        jank: Option<u32>,
        /// Pauses beyond 700 ms.
        freeze: Option<u32>,
    }
}

record! {
    /// Round-trip times. `at_ms` and `rtt_ms` are columns of one table.
    pub struct Rtt {
        /// Time between probes.
        interval_ms: Option<u32>,
        /// When each probe left, relative to the capture.
        at_ms: Vec<i32>,
        /// Its round-trip time; `None` when no answer came.
        rtt_ms: Vec<Option<f32>>,
        /// Median.
        median_ms: Option<f32>,
        /// Mean difference between neighbours.
        jitter_ms: Option<f32>,
        /// Probes sent.
        sent: Option<u32>,
        /// Probes without an answer.
        lost: Option<u32>,
    }
}

record! {
    /// Memory use. `at_ms` and `samples_bytes` are columns of one table.
    pub struct Memory {
        /// Where the figures come from, such as `performance.memory`.
        source: Option<String>,
        /// In use at capture.
        used_bytes: Option<u64>,
        /// The host's limit.
        limit_bytes: Option<u64>,
        /// When each sample was taken, relative to the capture.
        at_ms: Vec<i32>,
        /// Bytes in use at that time.
        samples_bytes: Vec<u64>,
    }
}

record! {
    /// What the SDK had to leave out to stay within its bounds.
    pub struct Dropped {
        /// Log lines.
        log_lines: Option<u64>,
        /// Bytes of log lines.
        log_bytes: Option<u64>,
        /// Items.
        items: Option<u64>,
    }
}

record! {
    /// Something that happened, on the snapshot's time line: a long task, an exception, a change of
    /// network. A kind that the reader does not know is kept like any other.
    pub struct Item {
        /// What it is; see [`kind`] for the known names.
        kind: String,
        /// When, relative to the capture.
        at_ms: i32,
        /// Its one figure, in the unit that the kind implies.
        value: Option<f64>,
        /// Its one text.
        text: Option<String>,
    }
}

/// Names of the item kinds known to this version.
pub mod kind {
    /// The main thread was blocked; the value is its length in milliseconds.
    pub const LONG_TASK: &str = "long_task";
    /// Interaction to next paint; the value is in milliseconds.
    pub const INTERACTION: &str = "interaction";
    /// An uncaught exception; the text is its message and stack.
    pub const EXCEPTION: &str = "exception";
    /// An unhandled rejection; the text is its message and stack.
    pub const UNHANDLED_REJECTION: &str = "unhandled_rejection";
    /// The session before this one ended without saying goodbye.
    pub const UNCLEAN_EXIT: &str = "unclean_exit";
    /// The host warned of low memory, or memory passed the threshold; the value is in bytes.
    pub const MEMORY_WARNING: &str = "memory_warning";
    /// The network changed; the text is its new kind.
    pub const NETWORK_CHANGE: &str = "network_change";
    /// The page was hidden or shown; the text is `hidden` or `visible`.
    pub const VISIBILITY: &str = "visibility";
}
