// SPDX-License-Identifier: Apache-2.0
//! The same on many nodes at a time.

use futures::stream::{self, StreamExt};

/// On how many nodes at a time, unless it is said otherwise.
pub const PARALLEL: usize = 64;

/// `work` on each of `items`, on at most `limit` at a time; results in the order of `items`.
///
/// What is to be done is made up front, and nothing of it is begun: a stream that held `work` itself would let no future
/// that awaits it be sent to another thread, as the compiler cannot show that `work` takes any lifetime.
pub(crate) async fn fan_out<T, R, F>(items: Vec<T>, limit: usize, work: impl Fn(T) -> F) -> Vec<R>
where
    F: Future<Output = R>,
{
    let to_do: Vec<F> = items.into_iter().map(work).collect();
    stream::iter(to_do).buffered(limit.max(1)).collect().await
}
