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
        add(
            "fps_low",
            fps,
            bound,
            format!("{fps:.0} frames per second; below {bound:.0} scrolling stutters"),
            format!("帧率{fps:.0} FPS，低于{bound:.0}会明显卡顿"),
        );
    }
    if let Some(rtt) = metrics
        .value(MetricName::RttMs)
        .filter(|v| *v > thresholds.rtt_ms_above)
    {
        let bound = thresholds.rtt_ms_above;
        add(
            "rtt_high",
            rtt,
            bound,
            format!("round trips take {rtt:.0} ms; more than {bound:.0} ms is slow"),
            format!("往返时延{rtt:.0}毫秒，超过{bound:.0}毫秒"),
        );
    }
    if let Some(loss) = metrics
        .value(MetricName::LossRatio)
        .filter(|v| *v > thresholds.loss_ratio_above)
    {
        let bound = thresholds.loss_ratio_above;
        let (percent, limit) = (loss * 100.0, bound * 100.0);
        add(
            "loss_high",
            loss,
            bound,
            format!("{percent:.0} % of the probes got no answer; more than {limit:.0} % is bad"),
            format!("{percent:.0}%的探测没有应答，超过{limit:.0}%"),
        );
    }
    memory(metrics, thresholds, &mut add);
    out
}

fn memory(
    metrics: &Metrics,
    thresholds: &Thresholds,
    add: &mut impl FnMut(&'static str, f64, f64, String, String),
) {
    if let Some(ratio) = metrics.value(MetricName::MemoryRatio) {
        let bound = thresholds.memory_ratio_above;
        if ratio > bound {
            let (percent, limit) = (ratio * 100.0, bound * 100.0);
            add(
                "memory_high",
                ratio,
                bound,
                format!(
                    "memory is {percent:.0} % of its limit; more than {limit:.0} % is critical"
                ),
                format!("内存已用到上限的{percent:.0}%，超过{limit:.0}%"),
            );
        }
        return;
    }
    if let Some(used) = metrics
        .value(MetricName::MemoryMb)
        .filter(|v| *v > thresholds.memory_mb_above)
    {
        let bound = thresholds.memory_mb_above;
        add(
            "memory_high",
            used,
            bound,
            format!("{used:.0} MB of memory in use; more than {bound:.0} MB is high"),
            format!("内存占用{used:.0} MB，超过{bound:.0} MB"),
        );
    }
}
