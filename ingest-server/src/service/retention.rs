//! Deleting what has had its time, and watching how full the store is.

use std::sync::Arc;
use std::sync::atomic::Ordering;

use super::Core;
use super::refusal::Refusal;
use crate::store::{Store, SweepPolicy};

const DAY_MS: u64 = 24 * 3_600 * 1_000;
/// Small steps, so that uploads do not wait for a sweep.
const REPORTS_PER_STEP_MAX: u32 = 200;

/// Sweeps once: everything that is too old, and the oldest where there is too much.
///
/// # Errors
/// When the store fails.
pub async fn sweep(core: &Arc<Core>) -> Result<u64, Refusal> {
    let now_ms = core.now_ms();
    let retention = &core.config.retention;
    let age_ms = u64::from(retention.report_age_max_days) * DAY_MS;
    let policy = SweepPolicy {
        now_ms,
        reports_before_ms: now_ms.saturating_sub(age_ms),
        stored_bytes_max: retention.stored_bytes_max,
        reports_per_step_max: REPORTS_PER_STEP_MAX,
    };
    let mut deleted = 0;
    loop {
        let swept = core.store.sweep(policy).await?;
        deleted += u64::from(swept.reports);
        if !swept.more {
            break;
        }
    }
    core.observe.swept_reports.inc_by(deleted);
    if deleted > 0 {
        tracing::info!(deleted, "old reports were deleted");
    }
    watch_space(core).await?;
    Ok(deleted)
}

/// Publishes how full the store is, and stops uploads where sweeping could not keep up.
///
/// # Errors
/// When the store fails.
pub async fn watch_space(core: &Arc<Core>) -> Result<(), Refusal> {
    let stats = core.read(Store::stats).await?;
    let gauge = |value: u64| i64::try_from(value).unwrap_or(i64::MAX);
    core.observe.stored_bytes.set(gauge(stats.stored_bytes));
    core.observe.stored_reports.set(gauge(stats.reports));
    let bound = core.config.retention.stored_bytes_max;
    let full = stats.stored_bytes > bound.saturating_add(bound / 10);
    if full != core.storage_full.swap(full, Ordering::Relaxed) {
        tracing::warn!(
            full,
            stored_bytes = stats.stored_bytes,
            "the store's space changed state"
        );
    }
    Ok(())
}
