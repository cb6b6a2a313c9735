// SPDX-License-Identifier: Apache-2.0
//! HTTP: connections, the way of a request to its handler and of the answer back.

mod body;
mod dispatch;
mod intake;

use std::convert::Infallible;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use http::{Request, Response};
use hyper::body::Incoming;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Notify;
use tokio_util::sync::CancellationToken;

use self::body::AnswerBody;
use crate::api::Router;
use crate::cloud::Cloud;

/// What every connection shares.
#[derive(Debug)]
pub(crate) struct Shared {
    cloud: Mutex<Cloud>,
    pub(crate) router: Router,
    /// Where uploads are put while they are being received.
    pub(crate) spool: tempfile::TempDir,
    /// Told after every call: something may be due, or may have become reachable.
    pub(crate) changed: Notify,
}

impl Shared {
    pub(crate) fn new(cloud: Cloud, router: Router, spool: tempfile::TempDir) -> Self {
        Self { cloud: Mutex::new(cloud), router, spool, changed: Notify::new() }
    }

    /// The cloud, for as long as a call takes. Nobody waits for anything while holding it.
    pub(crate) fn cloud(&self) -> MutexGuard<'_, Cloud> {
        self.cloud.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Accepts connections until told to stop.
pub(crate) async fn serve(listener: TcpListener, shared: Arc<Shared>, stop: CancellationToken) {
    loop {
        tokio::select! {
            () = stop.cancelled() => return,
            accepted = listener.accept() => match accepted {
                Ok((stream, _)) => {
                    tokio::spawn(connection(stream, Arc::clone(&shared), stop.clone()));
                }
                // Out of descriptors, most likely: those that are open will be closed.
                Err(error) => {
                    tracing::warn!("cannot accept a connection: {error}");
                    tokio::time::sleep(std::time::Duration::from_millis(20)).await;
                }
            }
        }
    }
}

async fn connection(stream: TcpStream, shared: Arc<Shared>, stop: CancellationToken) {
    let _ = stream.set_nodelay(true);
    let service = service_fn(|request| answer(Arc::clone(&shared), request));
    let serving = hyper::server::conn::http1::Builder::new()
        .timer(TokioTimer::new())
        .serve_connection(TokioIo::new(stream), service);
    tokio::select! {
        () = stop.cancelled() => {}
        result = serving => if let Err(error) = result {
            tracing::debug!("a connection ended: {error}");
        }
    }
}

async fn answer(shared: Arc<Shared>, request: Request<Incoming>) -> Result<Response<AnswerBody>, Infallible> {
    let (head, body) = request.into_parts();
    let reply = intake::take(&shared, head, body).await;
    shared.changed.notify_waiters();
    Ok(body::response(reply))
}
