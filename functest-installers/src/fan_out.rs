// SPDX-License-Identifier: Apache-2.0
//! The same on many nodes at a time.

use futures::StreamExt;

/// On how many nodes at a time, unless it is said otherwise.
pub const PARALLEL: usize = 64;

/// `work` on each of `items`, on at most `limit` at a time; results in the order of `items`.
pub(crate) async fn fan_out<T, R, F>(items: Vec<T>, limit: usize, work: impl Fn(T) -> F) -> Vec<R>
where
    F: Future<Output = R>,
{
    futures::stream::iter(items.into_iter().map(work)).buffered(limit.max(1)).collect().await
}
