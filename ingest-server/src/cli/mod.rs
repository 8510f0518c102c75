//! The command line.

mod admin;
mod args;

use std::io::Write;
use std::process::ExitCode;

use anyhow::Context;
use clap::Parser;
use faultscan_ingest_server::config::{Config, ConfigError, Layers};
use faultscan_ingest_server::server::ServeError;
use faultscan_ingest_server::service::StartError;
use faultscan_ingest_server::{http, server};

use self::args::{Args, Command, ConfigArgs, LogFormat, ServeArgs};

/// What a wrong command line or configuration ends with.
const EXIT_BAD_INPUT: u8 = 2;

pub(crate) fn run() -> ExitCode {
    let args = Args::parse();
    start_logging(args.log_format);
    let result = match args.command {
        Command::Serve(serve) => serve_until_told(serve),
        Command::Openapi => print(&http::openapi::document()),
        Command::Keys(command) => admin::keys(command),
        Command::Projects(command) => admin::projects(command),
        Command::Tickets(command) => admin::tickets(command),
        Command::Login(command) => admin::login(command),
    };
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("ingest-server: {error:#}");
            let bad_input = error.is::<ConfigError>()
                || error.is::<admin::BadInput>()
                || is_bad_catalogue(&error);
            if bad_input {
                ExitCode::from(EXIT_BAD_INPUT)
            } else {
                ExitCode::FAILURE
            }
        }
    }
}

/// Whether the catalogue that was asked for cannot be used.
fn is_bad_catalogue(error: &anyhow::Error) -> bool {
    matches!(
        error.downcast_ref(),
        Some(ServeError::Start(StartError::Catalogue(_)))
    )
}

fn start_logging(format: LogFormat) {
    let filter = tracing_subscriber::EnvFilter::try_from_env("FAULTSCAN_LOG")
        .unwrap_or_else(|_| tracing_subscriber::EnvFilter::new("info"));
    let logging = tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(std::io::stderr);
    match format {
        LogFormat::Text => logging.init(),
        LogFormat::Json => logging.json().init(),
    }
}

/// Writes to stdout. A reader that went away is no failure of ours.
fn print(text: &str) -> anyhow::Result<()> {
    let mut out = std::io::stdout().lock();
    match out.write_all(text.as_bytes()).and_then(|()| out.flush()) {
        Err(error) if error.kind() != std::io::ErrorKind::BrokenPipe => Err(error.into()),
        _ => Ok(()),
    }
}

/// Defaults, file, environment, flags: later ones win.
fn configure(
    args: &ConfigArgs,
    flags: impl FnOnce(&mut Layers) -> Result<(), ConfigError>,
) -> Result<Config, ConfigError> {
    let mut layers = Layers::new();
    if let Some(path) = &args.config {
        layers.file(path)?;
    }
    let text = |value: std::ffi::OsString| value.into_string().ok();
    let variables =
        std::env::vars_os().filter_map(|(name, value)| Some((text(name)?, text(value)?)));
    layers.env(variables)?;
    for assignment in &args.set {
        layers.assignment(assignment)?;
    }
    if let Some(data) = &args.data {
        layers.set("data_dir", &data.display().to_string(), "--data")?;
    }
    flags(&mut layers)?;
    layers.build()
}

fn serve_until_told(args: ServeArgs) -> anyhow::Result<()> {
    let config = configure(&args.config, |layers| {
        for (field, flag, value) in [
            (
                "http.listen",
                "--listen",
                args.listen.map(|address| address.to_string()),
            ),
            (
                "udp.listen",
                "--udp",
                args.udp.map(|address| address.to_string()),
            ),
            ("http.public_origin", "--public-origin", args.public_origin),
            (
                "catalogue.path",
                "--catalogue",
                args.catalogue.map(|path| path.display().to_string()),
            ),
            ("catalogue.key", "--catalogue-key", args.catalogue_key),
        ] {
            if let Some(value) = value {
                layers.set(field, &value, flag)?;
            }
        }
        Ok(())
    })?;
    actix_web::rt::System::new().block_on(async move {
        let mut told = Signals::listen().context("signals cannot be listened for")?;
        let mut running = server::start(config).await?;
        print(&format!("{}\n", running.ready_line()))?;
        tracing::info!(http = %running.http, udp = ?running.udp_address(), "ready");
        tokio::select! {
            () = told.next() => tracing::info!("stopping"),
            () = running.ended() => {}
        }
        running.stop().await;
        tracing::info!("stopped; everything that was acknowledged is stored");
        Ok(())
    })
}

/// SIGINT and SIGTERM.
struct Signals {
    interrupt: tokio::signal::unix::Signal,
    terminate: tokio::signal::unix::Signal,
}

impl Signals {
    fn listen() -> std::io::Result<Self> {
        use tokio::signal::unix::{SignalKind, signal};
        Ok(Self {
            interrupt: signal(SignalKind::interrupt())?,
            terminate: signal(SignalKind::terminate())?,
        })
    }

    async fn next(&mut self) {
        tokio::select! {
            _ = self.interrupt.recv() => {}
            _ = self.terminate.recv() => {}
        }
    }
}
