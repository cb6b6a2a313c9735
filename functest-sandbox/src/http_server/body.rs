// SPDX-License-Identifier: Apache-2.0
//! Bodies of answers.

use std::io::SeekFrom;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use futures::{Stream, StreamExt, TryStreamExt};
use http::{HeaderValue, Response, header::CONTENT_LENGTH};
use http_body_util::combinators::UnsyncBoxBody;
use http_body_util::{BodyExt, Full, StreamBody};
use hyper::body::Frame;
use tokio::io::{AsyncReadExt, AsyncSeekExt};
use tokio_util::io::ReaderStream;

use crate::api::{Content, Reply, ReplyBody};
use crate::fault::Ending;
use crate::ground::Nameless;

/// The body of an answer.
pub(super) type AnswerBody = UnsyncBoxBody<Bytes, std::io::Error>;

/// A body in pieces.
type Chunks = futures::stream::BoxStream<'static, Result<Bytes, std::io::Error>>;

/// How a client sees that this is no real cloud.
const SERVER: &str = concat!("functest-sandbox/", env!("CARGO_PKG_VERSION"));

pub(super) fn response(reply: Reply, ending: Ending) -> Response<AnswerBody> {
    let length = match &reply.body {
        ReplyBody::Bytes(bytes) => Some(bytes.len()),
        _ => None,
    };
    let body = match (reply.body, ending) {
        (ReplyBody::Empty, _) => full(Bytes::new()),
        (ReplyBody::Bytes(bytes), Ending::Whole) => full(bytes),
        (ReplyBody::Bytes(bytes), ending) => ended(futures::stream::iter([Ok(bytes)]), ending),
        (ReplyBody::Content(content), ending) => ended(stream(content), ending),
    };
    let mut response = Response::new(body);
    *response.status_mut() = reply.status;
    for (name, value) in reply.headers {
        response.headers_mut().append(name, value);
    }
    response.headers_mut().insert(http::header::SERVER, HeaderValue::from_static(SERVER));
    // What is cut short had announced its whole length.
    if let (Some(length), true) = (length, ending != Ending::Whole) {
        response.headers_mut().insert(CONTENT_LENGTH, length.into());
    }
    response
}

fn full(bytes: Bytes) -> AnswerBody {
    Full::new(bytes).map_err(|never| match never {}).boxed_unsync()
}

fn stream(content: Content) -> Chunks {
    match content {
        Content::Memory(bytes) => futures::stream::iter([Ok(bytes)]).boxed(),
        Content::File(file) => part(file, 0, u64::MAX),
        Content::Part(file, start, length) => part(file, start, length),
    }
}

fn ended(chunks: impl Stream<Item = Result<Bytes, std::io::Error>> + Send + 'static, ending: Ending) -> AnswerBody {
    match ending {
        Ending::Whole | Ending::Reset { .. } => StreamBody::new(chunks.map_ok(Frame::data)).boxed_unsync(),
        Ending::Truncated(bytes) => {
            let cut = chunks.scan(bytes, |left, chunk| {
                let next = match chunk {
                    _ if *left == 0 => Err(std::io::Error::other("the sandbox was told to cut the answer")),
                    Ok(mut chunk) => {
                        chunk.truncate(*left);
                        *left -= chunk.len();
                        Ok(chunk)
                    }
                    Err(error) => Err(error),
                };
                futures::future::ready(Some(next))
            });
            // One more, so that there is always an end that is none.
            let broken = futures::stream::iter([Err(std::io::Error::other("the sandbox was told to cut the answer"))]);
            StreamBody::new(cut.chain(broken).map_ok(Frame::data)).boxed_unsync()
        }
        Ending::Slow(rate) => {
            // Ten portions a second, or one byte at a time.
            let portion = usize::try_from(rate / 10).unwrap_or(usize::MAX).max(1);
            let pause = Duration::from_secs_f64(portion as f64 / rate as f64);
            let portions = chunks.map_ok(move |chunk| {
                let cuts = (0..chunk.len()).step_by(portion);
                let pieces: Vec<Bytes> =
                    cuts.map(|start| chunk.slice(start..chunk.len().min(start.saturating_add(portion)))).collect();
                futures::stream::iter(pieces.into_iter().map(Ok::<_, std::io::Error>))
            });
            let paced = portions.try_flatten().then(move |piece| async move {
                tokio::time::sleep(pause).await;
                piece
            });
            StreamBody::new(paced.map_ok(Frame::data)).boxed_unsync()
        }
    }
}

/// That many bytes of a file, from that one on.
fn part(source: Arc<Nameless>, start: u64, length: u64) -> Chunks {
    let file = futures::stream::once(async move {
        let mut file = tokio::fs::File::open(source.path()).await?;
        file.seek(SeekFrom::Start(start)).await?;
        Ok::<_, std::io::Error>(file.take(length))
    });
    file.map_ok(ReaderStream::new).try_flatten().boxed()
}
