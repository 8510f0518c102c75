//! Writes the snapshot body: the MessagePack map of `docs/spec/snapshot.md`.
//!
//! It writes straight from what was measured, without the structs of `faultscan_wire::body`: those
//! are made for reading, and cost a third of the module's size. Tests read every body back with
//! them, so the two cannot part.

use alloc::string::String;
use alloc::vec::Vec;
use faultscan_wire::leb128;
use faultscan_wire::mp::Writer;
use faultscan_wire::template::Packer;

use crate::facts::{self, Facts};
use crate::frames::{self, FrameMeter};
use crate::lines::Selection;
use crate::probes::ProbeMeter;

/// A map that counts its entries while they are written.
#[derive(Default)]
pub struct Map {
    entries: Writer,
    count: usize,
}

impl Map {
    /// Starts an entry; exactly one value must follow.
    pub fn key(&mut self, name: &str) -> &mut Writer {
        self.count += 1;
        self.entries.str(name);
        &mut self.entries
    }

    /// Adds a map; an empty one is left out.
    pub fn map(&mut self, name: &str, map: &Map) {
        if map.count > 0 {
            self.key(name);
            map.end(&mut self.entries);
        }
    }

    /// Writes the whole map.
    pub fn end(&self, into: &mut Writer) {
        into.map(self.count);
        into.append(&self.entries);
    }

    fn strs<'a>(&mut self, name: &str, texts: impl ExactSizeIterator<Item = &'a str>) {
        let array = self.key(name);
        array.array(texts.len());
        for text in texts {
            array.str(text);
        }
    }

    fn uint(&mut self, name: &str, value: u64) {
        self.key(name).uint(value);
    }

    fn figure(&mut self, name: &str, value: Option<f32>) {
        if let Some(value) = value {
            self.key(name).f32(value);
        }
    }
}

/// Something that happened.
pub struct Event {
    /// One of the names in `faultscan_wire::body::kind`.
    pub kind: String,
    /// Unix milliseconds.
    pub at_ms: f64,
    /// NaN: none.
    pub value: f64,
    /// Empty: none.
    pub text: String,
}

/// A memory reading.
#[derive(Clone, Copy)]
pub struct MemoryReading {
    /// Unix milliseconds.
    pub at_ms: f64,
    /// Bytes in use.
    pub used_bytes: f64,
    /// NaN: not known.
    pub limit_bytes: f64,
}

/// All that goes into one snapshot.
pub struct Content<'a> {
    /// Unix milliseconds.
    pub now_ms: f64,
    /// Device, network, app.
    pub facts: &'a Facts,
    /// Frame rate.
    pub frames: &'a FrameMeter,
    /// Round trips.
    pub probes: &'a ProbeMeter,
    /// Time between two probes.
    pub probe_interval_ms: f64,
    /// Memory, oldest first.
    pub memory: &'a [MemoryReading],
    /// Events, oldest first.
    pub events: &'a [Event],
    /// Events that had to go.
    pub events_dropped: u32,
    /// Log lines.
    pub logs: &'a Selection<'a>,
    /// Names of the sources that lines refer to.
    pub sources: &'a [&'a str],
    /// Lines that had to go before they were handed over.
    pub lines_dropped: u32,
}

impl Content<'_> {
    /// The body's bytes.
    pub fn encode(&self) -> Vec<u8> {
        let mut body = Map::default();
        // Zero stands for "missing"; a clock before 1970 says no more.
        body.uint("captured_at_ms", self.now_ms.max(1.0) as u64);
        self.facts.write(facts::BODY, &mut body);
        for section in [facts::SDK, facts::DEVICE, facts::NETWORK, facts::APP] {
            let mut map = Map::default();
            if section == facts::SDK {
                map.key("name").str("faultscan-sdk-wasm");
            }
            self.facts.write(section, &mut map);
            body.map(section.name(), &map);
        }
        self.write_frames(&mut body);
        self.write_probes(&mut body);
        self.write_memory(&mut body);
        self.write_logs(&mut body);
        self.write_events(&mut body);
        self.write_dropped(&mut body);
        let mut writer = Writer::new();
        body.end(&mut writer);
        writer.into_bytes()
    }

    fn relative(&self, at_ms: f64) -> i64 {
        i64::from((at_ms - self.now_ms) as i32)
    }

    fn write_frames(&self, body: &mut Map) {
        let mut map = Map::default();
        self.facts.write(facts::FPS, &mut map);
        if let Some(summary) = self.frames.summary() {
            let intervals = self.frames.intervals();
            let samples = map.key("samples");
            samples.array(intervals.len());
            for interval in intervals {
                samples.f32(interval.fps);
            }
            let interval_ms = frames::INTERVAL_MS as u64;
            map.uint("interval_ms", interval_ms);
            map.uint("window_ms", interval_ms * intervals.len() as u64);
            map.figure("mean", Some(summary.mean));
            map.figure("min", Some(summary.min));
            map.uint("frames", summary.frames.into());
            map.uint("jank", summary.jank.into());
            map.uint("freeze", summary.freeze.into());
        }
        body.map(facts::FPS.name(), &map);
    }

    fn write_probes(&self, body: &mut Map) {
        let summary = self.probes.summary();
        if summary.sent == 0 {
            return;
        }
        let mut map = Map::default();
        let at_ms = map.key("at_ms");
        at_ms.array(self.probes.probes().len());
        for probe in self.probes.probes() {
            at_ms.int(self.relative(probe.at_ms));
        }
        let rtt_ms = map.key("rtt_ms");
        rtt_ms.array(self.probes.probes().len());
        for probe in self.probes.probes() {
            match probe.rtt_ms {
                Some(value) => rtt_ms.f32(value),
                None => rtt_ms.nil(),
            }
        }
        map.uint("interval_ms", self.probe_interval_ms as u64);
        map.figure("median_ms", summary.median_ms);
        map.figure("jitter_ms", summary.jitter_ms);
        map.uint("sent", summary.sent.into());
        map.uint("lost", summary.lost.into());
        body.map("rtt", &map);
    }

    fn write_memory(&self, body: &mut Map) {
        let Some(newest) = self.memory.last() else {
            return;
        };
        let mut map = Map::default();
        self.facts.write(facts::MEMORY, &mut map);
        map.uint("used_bytes", newest.used_bytes as u64);
        if newest.limit_bytes.is_finite() {
            map.uint("limit_bytes", newest.limit_bytes as u64);
        }
        let at_ms = map.key("at_ms");
        at_ms.array(self.memory.len());
        for reading in self.memory {
            at_ms.int(self.relative(reading.at_ms));
        }
        let samples = map.key("samples_bytes");
        samples.array(self.memory.len());
        for reading in self.memory {
            samples.uint(reading.used_bytes as u64);
        }
        body.map(facts::MEMORY.name(), &map);
    }

    /// By column, as `docs/spec/snapshot.md` lays them out: LZ4 does better on like beside like.
    fn write_logs(&self, body: &mut Map) {
        let lines = &self.logs.lines;
        if lines.is_empty() {
            return;
        }
        let mut map = Map::default();
        let deltas = map.key("t");
        deltas.array(lines.len());
        let (mut levels, mut indexes) = (Vec::new(), Vec::new());
        let mut packer = Packer::default();
        let mut before_ms = 0;
        for line in lines {
            let at_ms = i64::from(line.at_ms);
            deltas.int(at_ms - before_ms);
            before_ms = at_ms;
            levels.push(line.level);
            leb128::write(line.source.into(), &mut indexes);
            packer.push(&line.text);
        }
        let packed = packer.finish();
        map.key("lv").bin(&levels);
        map.key("s").bin(&indexes);
        map.strs("sd", self.sources.iter().copied());
        map.strs("td", packed.templates.iter().map(String::as_str));
        map.key("ti").bin(&packed.indexes);
        map.key("v").bin(&packed.variables);
        body.map("logs", &map);
    }

    fn write_events(&self, body: &mut Map) {
        if self.events.is_empty() {
            return;
        }
        let items = body.key("items");
        items.array(self.events.len());
        for event in self.events {
            let mut map = Map::default();
            map.key("kind").str(&event.kind);
            map.key("at_ms").int(self.relative(event.at_ms));
            if event.value.is_finite() {
                map.key("value").f64(event.value);
            }
            if !event.text.is_empty() {
                map.key("text").str(&event.text);
            }
            map.end(items);
        }
    }

    fn write_dropped(&self, body: &mut Map) {
        let lines = u64::from(self.logs.dropped_lines) + u64::from(self.lines_dropped);
        let mut map = Map::default();
        for (name, count) in [
            ("log_lines", lines),
            ("log_bytes", self.logs.dropped_bytes.into()),
            ("items", self.events_dropped.into()),
        ] {
            if count > 0 {
                map.uint(name, count);
            }
        }
        body.map("dropped", &map);
    }
}

#[cfg(test)]
#[path = "body_tests.rs"]
mod tests;
