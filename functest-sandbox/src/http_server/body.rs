// SPDX-License-Identifier: Apache-2.0
//! Bodies of answers.

use std::io::SeekFrom;
use std::sync::Arc;

use bytes::Bytes;
use futures::TryStreamExt;
use http::{HeaderValue, Response};
use http_body_util::combinators::UnsyncBoxBody;
use http_body_util::{BodyExt, Full, StreamBody};
use hyper::body::Frame;
use tempfile::TempPath;
use tokio::io::{AsyncReadExt, AsyncSeekExt};
use tokio_util::io::ReaderStream;

use crate::api::{Reply, ReplyBody};
use crate::image::Content;

/// The body of an answer.
pub(super) type AnswerBody = UnsyncBoxBody<Bytes, std::io::Error>;

pub(super) fn response(reply: Reply) -> Response<AnswerBody> {
    let mut response = Response::new(match reply.body {
        ReplyBody::Empty => full(Bytes::new()),
        ReplyBody::Bytes(bytes) => full(bytes),
        ReplyBody::Content(content) => streamed(content),
    });
    *response.status_mut() = reply.status;
    for (name, value) in reply.headers {
        response.headers_mut().append(name, value);
    }
    response.headers_mut().insert(http::header::SERVER, HeaderValue::from_static(SERVER));
    response
}

/// How a client sees that this is no real cloud.
const SERVER: &str = concat!("functest-sandbox/", env!("CARGO_PKG_VERSION"));

fn full(bytes: Bytes) -> AnswerBody {
    Full::new(bytes).map_err(|never| match never {}).boxed_unsync()
}

fn streamed(content: Content) -> AnswerBody {
    match content {
        Content::Memory(bytes) => full(bytes),
        Content::File(path) => part(path, 0, u64::MAX),
        Content::Part(path, start, length) => part(path, start, length),
    }
}

/// That many bytes of a file, from that one on.
fn part(path: Arc<TempPath>, start: u64, length: u64) -> AnswerBody {
    let file = futures::stream::once(async move {
        let mut file = tokio::fs::File::open(&*path).await?;
        file.seek(SeekFrom::Start(start)).await?;
        Ok::<_, std::io::Error>(file.take(length))
    });
    let frames = file.map_ok(|file| ReaderStream::new(file).map_ok(Frame::data)).try_flatten();
    StreamBody::new(frames).boxed_unsync()
}
