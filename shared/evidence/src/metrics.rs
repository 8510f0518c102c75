//! Numbers measured on the device, as evidence.

use faultscan_knowledge::{MetricName, Text, Thresholds};
use serde::{Deserialize, Serialize};

/// What was measured; `None` where a host cannot tell.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Metrics {
    /// Mean frames per second.
    pub fps: Option<f64>,
    /// Median round-trip time in milliseconds.
    pub rtt_ms: Option<f64>,
    /// Share of round-trip probes without answer, 0 to 1.
    pub loss_ratio: Option<f64>,
    /// Memory in use, in megabytes.
    pub memory_mb: Option<f64>,
    /// Memory limit, in megabytes.
    pub memory_limit_mb: Option<f64>,
}

impl Metrics {
    /// The value of a metric that indicators can name; `None` also for values that are no numbers.
    #[must_use]
    pub fn value(&self, name: MetricName) -> Option<f64> {
        let value = match name {
            MetricName::Fps => self.fps,
            MetricName::RttMs => self.rtt_ms,
            MetricName::LossRatio => self.loss_ratio,
            MetricName::MemoryMb => self.memory_mb,
            MetricName::MemoryRatio => match (self.memory_mb, self.memory_limit_mb) {
                (Some(used), Some(limit)) if limit > 0.0 => Some(used / limit),
                _ => None,
            },
            _ => None,
        };
        value.filter(|value| value.is_finite())
    }
}

/// A metric beyond its threshold.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[non_exhaustive]
pub struct MetricFinding {
    /// `fps_low`, `rtt_high`, `loss_high`, `memory_high`.
    pub name: &'static str,
    /// What was measured.
    pub value: f64,
    /// The threshold.
    pub bound: f64,
    /// A sentence for the report.
    pub text: Text,
}

/// The metrics that are beyond their thresholds.
pub(crate) fn findings(metrics: &Metrics, thresholds: &Thresholds) -> Vec<MetricFinding> {
    let mut out = Vec::new();
    let mut add = |name, value, bound, en: String, zh: String| {
        out.push(MetricFinding {
            name,
            value,
            bound,
            text: Text { en, zh },
        });
    };
    if let Some(fps) = metrics
        .value(MetricName::Fps)
        .filter(|v| *v < thresholds.fps_below)
    {
        let bound = thresholds.fps_below;
        let (value, limit) = (fps, bound);
        let (fps, bound) = (rounded(fps), rounded(bound));
        add(
            "fps_low",
            value,
            limit,
            format!("{fps} frames per second; below {bound} scrolling stutters"),
            format!("帧率{fps} FPS，低于{bound}会明显卡顿"),
        );
    }
    if let Some(rtt) = metrics
        .value(MetricName::RttMs)
        .filter(|v| *v > thresholds.rtt_ms_above)
    {
        let bound = thresholds.rtt_ms_above;
        let (value, limit) = (rtt, bound);
        let (rtt, bound) = (rounded(rtt), rounded(bound));
        add(
            "rtt_high",
            value,
            limit,
            format!("round trips take {rtt} ms; more than {bound} ms is slow"),
            format!("往返时延{rtt}毫秒，超过{bound}毫秒"),
        );
    }
    if let Some(loss) = metrics
        .value(MetricName::LossRatio)
        .filter(|v| *v > thresholds.loss_ratio_above)
    {
        let bound = thresholds.loss_ratio_above;
        let (percent, limit) = (rounded(loss * 100.0), rounded(bound * 100.0));
        add(
            "loss_high",
            loss,
            bound,
            format!("{percent} % of the probes got no answer; more than {limit} % is bad"),
            format!("{percent}%的探测没有应答，超过{limit}%"),
        );
    }
    memory(metrics, thresholds, &mut add);
    out
}

/// To whole numbers, ties to even ones, as texts show them.
fn rounded(value: f64) -> i64 {
    value.round_ties_even() as i64
}

fn memory(
    metrics: &Metrics,
    thresholds: &Thresholds,
    add: &mut impl FnMut(&'static str, f64, f64, String, String),
) {
    if let Some(ratio) = metrics.value(MetricName::MemoryRatio) {
        let bound = thresholds.memory_ratio_above;
        if ratio > bound {
            let (percent, limit) = (rounded(ratio * 100.0), rounded(bound * 100.0));
            add(
                "memory_high",
                ratio,
                bound,
                format!("memory is {percent} % of its limit; more than {limit} % is critical"),
                format!("内存已用到上限的{percent}%，超过{limit}%"),
            );
        }
        return;
    }
    if let Some(used) = metrics
        .value(MetricName::MemoryMb)
        .filter(|v| *v > thresholds.memory_mb_above)
    {
        let bound = thresholds.memory_mb_above;
        let (value, limit) = (used, bound);
        let (used, bound) = (rounded(used), rounded(bound));
        add(
            "memory_high",
            value,
            limit,
            format!("{used} MB of memory in use; more than {bound} MB is high"),
            format!("内存占用{used} MB，超过{bound} MB"),
        );
    }
}
