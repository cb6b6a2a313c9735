// SPDX-License-Identifier: Apache-2.0
//! The way to guests from outside: floating IPs of a loopback range, where each guest that has one answers SSH.

use std::collections::HashMap;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::sync::Arc;
use std::time::{Duration, Instant};

use ipnet::Ipv4Net;
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;

use super::session;
use crate::services::entrance;
use crate::shared::Shared;

/// The range of floating IPs of one sandbox, and the port that guests answer SSH on.
#[derive(Debug)]
pub(crate) struct Doorway {
    pub(crate) network: Ipv4Net,
    pub(crate) port: u16,
    /// Holds the range: another sandbox finds the address of its gateway taken.
    _gateway: TcpListener,
}

/// What other than SSH's own port is tried, where that may not be bound.
const OTHER_PORT: u16 = 20_022;

impl Doorway {
    /// Finds a range that no other sandbox has.
    ///
    /// # Errors
    /// When there is none.
    pub(crate) async fn find() -> std::io::Result<Self> {
        let mut last = std::io::Error::from(std::io::ErrorKind::AddrInUse);
        for port in [22, OTHER_PORT] {
            for range in 77..=126 {
                let gateway = Ipv4Addr::new(127, range, 0, 1);
                match TcpListener::bind((gateway, port)).await {
                    Ok(listener) => {
                        let network = Ipv4Net::new_assert(Ipv4Addr::new(127, range, 0, 0), 16);
                        return Ok(Self { network, port, _gateway: listener });
                    }
                    Err(error) => last = error,
                }
                if last.kind() == std::io::ErrorKind::PermissionDenied {
                    break;
                }
            }
        }
        Err(last)
    }
}

/// Opens and closes guests' doors as the cloud changes, and lets happen what is due.
#[derive(Debug)]
pub(crate) struct Doors {
    doorway: Doorway,
    shared: Arc<Shared>,
    open: HashMap<IpAddr, JoinHandle<()>>,
}

impl Drop for Doors {
    fn drop(&mut self) {
        self.open.values().for_each(JoinHandle::abort);
    }
}

/// How long the next look waits after one: what changes quickly is seen once.
const PAUSE: Duration = Duration::from_millis(5);

/// How long it waits when nothing is going to happen by itself.
const IDLE: Duration = Duration::from_secs(60);

impl Doors {
    pub(crate) fn new(doorway: Doorway, shared: Arc<Shared>) -> Self {
        Self { doorway, shared, open: HashMap::new() }
    }

    /// Goes on until told to stop.
    pub(crate) async fn tend(mut self, stop: CancellationToken) {
        loop {
            let shared = Arc::clone(&self.shared);
            // Asked for before looking: what changes in between is not missed.
            let changed = shared.changed.notified();
            let (wanted, due) = {
                let mut cloud = self.shared.cloud();
                cloud.advance();
                (entrance::reachable(&cloud), cloud.agenda.next_due())
            };
            self.open_and_close(wanted).await;
            let due = due.unwrap_or_else(|| Instant::now() + IDLE);
            tokio::select! {
                () = stop.cancelled() => return,
                () = changed => {}
                () = tokio::time::sleep_until(due.into()) => {}
            }
            tokio::time::sleep(PAUSE).await;
        }
    }

    async fn open_and_close(&mut self, wanted: Vec<IpAddr>) {
        self.open.retain(|address, door| {
            let stays = wanted.contains(address);
            if !stays {
                door.abort();
            }
            stays
        });
        for address in wanted {
            if self.open.contains_key(&address) {
                continue;
            }
            match TcpListener::bind(SocketAddr::new(address, self.doorway.port)).await {
                Ok(listener) => {
                    self.open.insert(address, tokio::spawn(answer(listener, address, Arc::clone(&self.shared))));
                }
                Err(error) => tracing::warn!("cannot open {address}:{}: {error}", self.doorway.port),
            }
        }
    }
}

async fn answer(listener: TcpListener, address: IpAddr, shared: Arc<Shared>) {
    while let Ok((stream, peer)) = listener.accept().await {
        tokio::spawn(visit(stream, peer.ip(), address, Arc::clone(&shared)));
    }
}

/// How long a connection that a packet filter would have dropped is left without an answer.
const SILENCE: Duration = Duration::from_secs(120);

async fn visit(stream: TcpStream, from: IpAddr, address: IpAddr, shared: Arc<Shared>) {
    let server = entrance::behind(&shared.cloud(), address, from);
    match server {
        Some(server_id) => session::serve(stream, shared, server_id).await,
        None => {
            let _ = tokio::time::timeout(SILENCE, closed(&stream)).await;
        }
    }
}

async fn closed(stream: &TcpStream) {
    let mut waste = [0; 256];
    loop {
        if stream.readable().await.is_err() {
            return;
        }
        match stream.try_read(&mut waste) {
            Ok(0) => return,
            Err(error) if error.kind() != std::io::ErrorKind::WouldBlock => return,
            _ => {}
        }
    }
}
