//! What this machine is, as far as a ticket's fingerprint goes.

use std::collections::BTreeMap;
use std::path::Path;

use clap::Args;
use faultscan_wire::Environment;

/// Options that override what is detected.
#[derive(Args, Clone, Debug, Default)]
#[command(next_help_heading = "Environment (detected where left out)")]
pub(crate) struct EnvironmentArgs {
    /// Operating system, such as linux or macos
    #[arg(long, value_name = "NAME")]
    os: Option<String>,
    /// Processor architecture, such as `x86_64` or `aarch64`
    #[arg(long, value_name = "NAME")]
    arch: Option<String>,
    /// Network type: ethernet, wifi, none, unknown
    #[arg(long, value_name = "NAME")]
    network_type: Option<String>,
    /// Version of the application that failed
    #[arg(long, value_name = "VERSION", env = "FAULTSCAN_APP_VERSION")]
    app_version: Option<String>,
}

impl EnvironmentArgs {
    /// The environment: what was given, and what this machine says for the rest.
    pub(crate) fn resolve(&self) -> Environment {
        let given = |value: &Option<String>, detected: &str| {
            value.clone().unwrap_or_else(|| detected.to_owned())
        };
        Environment {
            os: given(&self.os, std::env::consts::OS),
            arch: given(&self.arch, std::env::consts::ARCH),
            network_type: self
                .network_type
                .clone()
                .unwrap_or_else(|| detect_network(Path::new("/"))),
            app_version: given(&self.app_version, ""),
        }
    }
}

/// The kind of link that the default route uses. Linux tells it in /proc and /sys; elsewhere it is
/// `unknown`, which a person can override.
fn detect_network(root: &Path) -> String {
    let Some(device) = default_route_device(root) else {
        return if root.join("proc/net/route").exists() {
            "none"
        } else {
            "unknown"
        }
        .into();
    };
    let device_folder = root.join("sys/class/net").join(&device);
    if device_folder.join("wireless").exists() || device_folder.join("phy80211").exists() {
        return "wifi".into();
    }
    let cellular = ["wwan", "rmnet", "ppp"];
    if cellular.iter().any(|prefix| device.starts_with(prefix)) {
        "cellular"
    } else {
        "ethernet"
    }
    .into()
}

/// The device of the IPv4 default route with the least metric.
fn default_route_device(root: &Path) -> Option<String> {
    let table = std::fs::read_to_string(root.join("proc/net/route")).ok()?;
    let mut by_metric = BTreeMap::new();
    for line in table.lines().skip(1) {
        let fields: Vec<&str> = line.split_whitespace().collect();
        if let [device, destination, _gateway, flags, _, _, metric, mask, ..] = fields.as_slice() {
            let up = u32::from_str_radix(flags, 16).is_ok_and(|flags| flags & 1 == 1);
            if up && *destination == "00000000" && *mask == "00000000" {
                by_metric
                    .entry(metric.parse::<u32>().unwrap_or(u32::MAX))
                    .or_insert_with(|| (*device).to_owned());
            }
        }
    }
    by_metric.into_values().next()
}

#[cfg(test)]
mod tests {
    use super::*;

    const HEADER: &str = "Iface Destination Gateway Flags RefCnt Use Metric Mask MTU Window IRTT\n";

    fn machine(routes: &str, wireless: &[&str]) -> tempfile::TempDir {
        let root = tempfile::tempdir().unwrap();
        std::fs::create_dir_all(root.path().join("proc/net")).unwrap();
        std::fs::write(
            root.path().join("proc/net/route"),
            format!("{HEADER}{routes}"),
        )
        .unwrap();
        for device in wireless {
            std::fs::create_dir_all(
                root.path()
                    .join("sys/class/net")
                    .join(device)
                    .join("wireless"),
            )
            .unwrap();
        }
        root
    }

    #[test]
    fn the_default_route_of_least_metric_decides() {
        let routes = "wlan0 00000000 0102A8C0 0003 0 0 600 00000000 0 0 0\n\
                      eth0 00000000 0102A8C0 0003 0 0 100 00000000 0 0 0\n\
                      docker0 000011AC 00000000 0001 0 0 0 0000FFFF 0 0 0\n";
        let root = machine(routes, &["wlan0"]);
        assert_eq!(detect_network(root.path()), "ethernet");
    }

    #[test]
    fn wireless_none_and_unknown() {
        let root = machine(
            "wlan0 00000000 0102A8C0 0003 0 0 600 00000000 0 0 0\n",
            &["wlan0"],
        );
        assert_eq!(detect_network(root.path()), "wifi");
        assert_eq!(detect_network(machine("", &[]).path()), "none");
        assert_eq!(
            detect_network(tempfile::tempdir().unwrap().path()),
            "unknown"
        );
    }
}
