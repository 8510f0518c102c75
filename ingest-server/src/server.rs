//! A running server: its parts started in order, and stopped so that nothing taken is lost.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr, TcpListener};
use std::sync::Arc;
use std::time::Duration;

use actix_web::dev::ServerHandle;
use tokio::task::JoinHandle;
use tokio::time::{MissedTickBehavior, interval};

use crate::clock::{Clock, SystemClock};
use crate::config::Config;
use crate::http;
use crate::keys::KeysError;
use crate::observe::Observe;
use crate::service::{Core, StartError, auth, retention};
use crate::store::sqlite::SqliteStore;
use crate::store::{Store, StoreError};
use crate::udp::{self, Udp};

/// How long another process's changes to keys and projects may stay unseen.
const KEYS_REFRESH: Duration = Duration::from_secs(2);

/// Why the server could not start.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ServeError {
    /// An address cannot be listened on.
    #[error("cannot listen on {address}: {source}")]
    Listen {
        /// The address.
        address: SocketAddr,
        /// What the system said.
        source: std::io::Error,
    },
    /// The services could not start.
    #[error(transparent)]
    Start(#[from] StartError),
    /// The store cannot be used.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The log-in link could not be made.
    #[error(transparent)]
    Keys(#[from] KeysError),
}

/// A running server.
#[derive(Debug)]
pub struct Running {
    /// Address of the HTTP side.
    pub http: SocketAddr,
    /// The link that logs in, once.
    pub login_link: String,
    /// What the services share.
    pub core: Arc<Core>,
    udp: Option<Udp>,
    handle: ServerHandle,
    server: JoinHandle<std::io::Result<()>>,
    upkeep: JoinHandle<()>,
}

/// Starts a server by the machine's clock.
///
/// # Errors
/// When an address is taken, the store cannot be used, or the catalogue is broken.
pub async fn start(config: Config) -> Result<Running, ServeError> {
    start_with(config, Arc::new(SystemClock)).await
}

/// Starts a server by a given clock.
///
/// # Errors
/// As [`start`].
pub async fn start_with(config: Config, clock: Arc<dyn Clock>) -> Result<Running, ServeError> {
    let listen = config.http.listen;
    let refused = |address| move |source| ServeError::Listen { address, source };
    // Bound before anything else: a second server on the same address touches no data.
    let listener = TcpListener::bind(listen).map_err(refused(listen))?;
    let http = listener.local_addr().map_err(refused(listen))?;
    let origin = config
        .http
        .public_origin
        .clone()
        .unwrap_or_else(|| origin_of(http));

    let observe = Arc::new(Observe::new());
    let store = SqliteStore::open(&config.data_dir, &config.store, Arc::clone(&observe))?;
    let store: Arc<dyn Store> = Arc::new(store);
    let core = Core::start(config, store, observe, clock, origin).await?;
    let age_max_s = core.config.limits.login_link_age_max_s;
    let token = auth::new_login_token(&*core.store, core.now_ms(), age_max_s).await?;
    let login_link = auth::login_link(&core.origin, &token);

    let udp = match core.config.udp.listen {
        Some(address) => Some(
            udp::serve(Arc::clone(&core), address)
                .await
                .map_err(refused(address))?,
        ),
        None => None,
    };
    let server = http::serve(Arc::clone(&core), listener).map_err(refused(listen))?;
    let handle = server.handle();
    let server = tokio::spawn(server);
    let upkeep = tokio::spawn(keep_up(Arc::clone(&core)));
    Ok(Running {
        http,
        login_link,
        core,
        udp,
        handle,
        server,
        upkeep,
    })
}

/// The origin of an address that was listened on; one that means "any" is shown as this machine.
fn origin_of(address: SocketAddr) -> String {
    let ip = match address.ip() {
        IpAddr::V4(ip) if ip.is_unspecified() => IpAddr::V4(Ipv4Addr::LOCALHOST),
        IpAddr::V6(ip) if ip.is_unspecified() => IpAddr::V6(Ipv6Addr::LOCALHOST),
        ip => ip,
    };
    format!("http://{}", SocketAddr::new(ip, address.port()))
}

async fn keep_up(core: Arc<Core>) {
    let mut sweep = interval(Duration::from_secs(core.config.retention.sweep_interval_s));
    let mut refresh = interval(KEYS_REFRESH);
    for timer in [&mut sweep, &mut refresh] {
        timer.set_missed_tick_behavior(MissedTickBehavior::Delay);
    }
    loop {
        tokio::select! {
            _ = sweep.tick() => {
                if let Err(error) = retention::sweep(&core).await {
                    tracing::warn!(%error, "sweeping failed; it is tried again");
                }
            }
            _ = refresh.tick() => {
                let job = Arc::clone(&core);
                if let Err(error) = core.cpu.run(move || Ok(job.keys.reload()?)).await {
                    tracing::warn!(%error, "keys were not read again; it is tried again");
                }
            }
        }
    }
}

impl Running {
    /// The one line that tells a parent process that the server takes work.
    #[must_use]
    pub fn ready_line(&self) -> String {
        let udp = self
            .udp
            .as_ref()
            .map(|udp| format!(" udp={}", udp.address))
            .unwrap_or_default();
        format!(
            "faultscan ready http={}{udp} login={}",
            origin_of(self.http),
            self.login_link
        )
    }

    /// Address of the datagram side.
    #[must_use]
    pub fn udp_address(&self) -> Option<SocketAddr> {
        self.udp.as_ref().map(|udp| udp.address)
    }

    /// Stops: takes nothing new, answers what is under way, commits what waits, closes the store.
    pub async fn stop(self) {
        self.core.begin_stopping();
        if let Some(udp) = self.udp {
            udp.stop();
        }
        self.upkeep.abort();
        self.handle.stop(true).await;
        if let Ok(Err(error)) = self.server.await {
            tracing::warn!(%error, "the HTTP side ended with an error");
        }
        let store = Arc::clone(&self.core.store);
        if tokio::task::spawn_blocking(move || store.close())
            .await
            .is_err()
        {
            tracing::error!("closing the store panicked");
        }
    }

    /// Ends when the HTTP side does, which it does by itself only where it fails.
    pub async fn ended(&mut self) {
        if let Ok(Err(error)) = (&mut self.server).await {
            tracing::error!(%error, "the HTTP side failed");
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_that_means_any_is_shown_as_this_machine() {
        let origin = |text: &str| origin_of(text.parse().unwrap());
        assert_eq!(origin("0.0.0.0:80"), "http://127.0.0.1:80");
        assert_eq!(origin("[::]:80"), "http://[::1]:80");
        assert_eq!(origin("192.0.2.1:8080"), "http://192.0.2.1:8080");
    }
}
