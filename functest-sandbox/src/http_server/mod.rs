// SPDX-License-Identifier: Apache-2.0
//! HTTP: connections, the way of a request to its handler and of the answer back.

mod asker;
mod body;
mod control;
mod dispatch;
mod garble;
mod intake;
mod line;
mod upload;

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use http::{Request, Response};
use hyper::body::Incoming;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::net::{TcpListener, TcpStream};
use tokio_util::sync::CancellationToken;

use self::body::AnswerBody;
use self::line::Line;
use crate::fault::Ending;
use crate::shared::Shared;

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
    let reset = Arc::new(AtomicBool::new(false));
    let line = Line::new(stream, Arc::clone(&reset));
    let service = service_fn(|request| answer(Arc::clone(&shared), request, Arc::clone(&reset)));
    let serving = hyper::server::conn::http1::Builder::new()
        .timer(TokioTimer::new())
        .serve_connection(TokioIo::new(line), service);
    tokio::select! {
        () = stop.cancelled() => {}
        result = serving => if let Err(error) = result {
            tracing::debug!("a connection ended: {error}");
        }
    }
}

/// A connection that is to be reset.
#[derive(Debug, thiserror::Error)]
#[error("the sandbox was told to reset the connection")]
struct Broken;

async fn answer(
    shared: Arc<Shared>,
    request: Request<Incoming>,
    reset: Arc<AtomicBool>,
) -> Result<Response<AnswerBody>, Broken> {
    let (head, body) = request.into_parts();
    if let Some(refusal) = asker::refusal(&head.headers) {
        return Ok(body::response(refusal, Ending::Whole));
    }
    if let Some(verb) = head.uri.path().strip_prefix("/sandbox/") {
        return Ok(body::response(control::answer(&shared, &head.method, verb, body).await, Ending::Whole));
    }
    let (reply, ending) = intake::take(&shared, head, body).await;
    shared.changed.notify_waiters();
    if matches!(ending, Ending::Reset { .. }) {
        reset.store(true, Ordering::Relaxed);
        return Err(Broken);
    }
    Ok(body::response(reply, ending))
}
