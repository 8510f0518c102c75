//! A server whose clock goes behind the machine's by as much as it is told, so that pictures and tests of the
//! pages have reports of more than one day: each line on standard input is a number of
//! milliseconds. Prints the ready line of `ingest-server serve`, and `behind NUMBER` once the clock is
//! set. Ends with its input.
#![forbid(unsafe_code)]

use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use anyhow::Context as _;
use clap::Parser;
use faultscan_ingest_server::clock::{Clock, SystemClock};
use faultscan_ingest_server::config::Config;
use faultscan_ingest_server::server;

#[derive(Debug, Parser)]
struct Args {
    /// Data folder.
    #[arg(long)]
    data: PathBuf,
}

/// The machine's clock, less so many milliseconds.
struct Behind(AtomicU64);

impl Clock for Behind {
    fn now_ms(&self) -> u64 {
        let behind_ms = self.0.load(Ordering::Relaxed);
        SystemClock.now_ms().saturating_sub(behind_ms)
    }
}

fn main() -> anyhow::Result<()> {
    let args = Args::parse();
    actix_web::rt::System::new().block_on(async move {
        let mut config = Config::default();
        config.data_dir = args.data;
        config.http.listen = "127.0.0.1:0".parse()?;
        config.udp.listen = None;
        let clock = Arc::new(Behind(AtomicU64::new(0)));
        let running = server::start_with(config, clock.clone()).await?;
        println!("{}", running.ready_line());
        let lines = tokio::task::spawn_blocking(move || -> anyhow::Result<()> {
            for line in std::io::stdin().lines() {
                let line = line?;
                let behind_ms = line.trim().parse().context("a number of milliseconds")?;
                clock.0.store(behind_ms, Ordering::Relaxed);
                println!("behind {behind_ms}");
            }
            Ok(())
        });
        lines.await??;
        running.stop().await;
        Ok(())
    })
}
