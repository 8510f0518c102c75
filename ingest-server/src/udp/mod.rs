//! The datagram transport: one packet in, nothing out, so that nobody can use it to flood others.

use std::net::SocketAddr;
use std::sync::Arc;

use faultscan_wire::UrgentError;
use faultscan_wire::limits::URGENT_BYTES_MAX;
use tokio::net::UdpSocket;
use tokio::task::JoinHandle;

use crate::observe::Item;
use crate::service::refusal::Refusal;
use crate::service::{Core, urgent};

/// Takes datagrams until it is told to stop.
#[derive(Debug)]
pub struct Udp {
    /// The address it listens on.
    pub address: SocketAddr,
    task: JoinHandle<()>,
}

/// Listens for urgent datagrams.
///
/// # Errors
/// When the address cannot be bound.
pub async fn serve(core: Arc<Core>, listen: SocketAddr) -> std::io::Result<Udp> {
    let socket = UdpSocket::bind(listen).await?;
    let address = socket.local_addr()?;
    let task = tokio::spawn(async move { receive(core, socket).await });
    Ok(Udp { address, task })
}

impl Udp {
    /// Takes no more. What was taken is still stored.
    pub fn stop(self) {
        self.task.abort();
    }
}

async fn receive(core: Arc<Core>, socket: UdpSocket) {
    // One byte more than allowed shows that a datagram is too long.
    let mut buffer = [0; URGENT_BYTES_MAX + 1];
    loop {
        let (length, sender) = match socket.recv_from(&mut buffer).await {
            Ok(received) => received,
            Err(error) => {
                tracing::debug!(%error, "a datagram could not be received");
                continue;
            }
        };
        let admitted = if length > URGENT_BYTES_MAX {
            Err(UrgentError::TooLarge.into())
        } else {
            core.admit_address(sender.ip())
        };
        if let Err(refusal) = admitted {
            core.refused(Item::UrgentUdp, &refusal);
            continue;
        }
        let (core, bytes) = (Arc::clone(&core), buffer[..length].to_vec());
        // The queue before the CPU is bounded: beyond it a datagram is counted and dropped.
        tokio::spawn(async move {
            let taken: Result<bool, Refusal> = urgent::take(&core, Item::UrgentUdp, bytes).await;
            drop(taken);
        });
    }
}
