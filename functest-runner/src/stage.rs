// SPDX-License-Identifier: Apache-2.0
//! Where the bodies of cases run: on threads of their own, apart from those that look after them. A body that blocks its thread,
//! in a sleep or in a call of a C library, blocks no other case, no clean-up and no Ctrl-C.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::runtime::{Builder, Runtime};
use tokio::task::JoinHandle;

use crate::error::RunError;

/// More threads are of no use, however many cases run at a time: most of them wait.
const MOST_THREADS: usize = 64;

/// The threads of the bodies of a run. Cheap to clone.
#[derive(Clone)]
pub(crate) struct Stage {
    threads: usize,
    runtimes: Arc<Mutex<Runtimes>>,
}

struct Runtimes {
    present: Option<Runtime>,
    /// Those in which a body was left that does not end, with whatever else they still run.
    left: Vec<Runtime>,
}

impl Stage {
    /// A thread for each case that runs at a time, and one more: so many may be blocked before anybody notices.
    ///
    /// # Errors
    /// When there are no threads to be had.
    pub(crate) fn new(at_a_time: usize) -> Result<Self, RunError> {
        let threads = at_a_time.saturating_add(1).min(MOST_THREADS);
        let present = Some(runtime(threads).map_err(RunError::NoThread)?);
        Ok(Self { threads, runtimes: Arc::new(Mutex::new(Runtimes { present, left: Vec::new() })) })
    }

    /// Starts a body.
    pub(crate) fn spawn<T: Send + 'static>(&self, body: impl Future<Output = T> + Send + 'static) -> JoinHandle<T> {
        match &self.lock().present {
            Some(runtime) => runtime.spawn(body),
            // It is taken away only where this is dropped.
            None => tokio::spawn(body),
        }
    }

    /// Lets those that start from now on run elsewhere, because one here does not end.
    pub(crate) fn renew(&self) {
        let mut runtimes = self.lock();
        // Without new threads the old ones have to do.
        if let Ok(fresh) = runtime(self.threads) {
            let old = runtimes.present.replace(fresh);
            runtimes.left.extend(old);
        }
    }

    fn lock(&self) -> MutexGuard<'_, Runtimes> {
        self.runtimes.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn runtime(threads: usize) -> std::io::Result<Runtime> {
    Builder::new_multi_thread().worker_threads(threads).thread_name("case").enable_all().build()
}

impl Drop for Runtimes {
    /// A thread that is blocked is left to itself: it cannot be waited for.
    fn drop(&mut self) {
        for runtime in self.left.drain(..).chain(self.present.take()) {
            runtime.shutdown_background();
        }
    }
}
