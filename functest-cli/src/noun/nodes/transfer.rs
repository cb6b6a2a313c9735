// SPDX-License-Identifier: Apache-2.0
//! What `functest nodes put` and `get` have in common.

use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use functest::core::words::visible;
use functest::{NodesListener, NodesProgress, TransferReport};

use crate::error::Error;
use crate::output::Output;

/// Says to or from how many nodes files are moved, and every second how much was.
pub(super) fn listener(direction: &'static str, output: &Output) -> NodesListener {
    let (moved, said) = (AtomicU64::new(0), Mutex::new(Instant::now()));
    let output = output.clone();
    NodesListener::new(move |progress| match progress {
        NodesProgress::Began { nodes } => output.note(format!("Copying {direction} {nodes} nodes ...")),
        NodesProgress::Moved { bytes } => {
            moved.fetch_max(bytes, Ordering::Relaxed);
            if let Ok(mut said) = said.try_lock()
                && said.elapsed() >= Duration::from_secs(1)
            {
                *said = Instant::now();
                output.note(format!("{} MB moved ...", moved.load(Ordering::Relaxed) / 1_000_000));
            }
        }
        _ => {}
    })
}

/// Prints what became of the files, and says what the command ends with.
pub(super) fn print(report: &TransferReport, json: bool, output: &Output) -> Result<u8, Error> {
    if json {
        output.json(report)?;
    } else {
        for node in &report.nodes {
            match &node.error {
                Some(error) => output.warning(format!("{}: {error}", visible(&node.node))),
                None => output.line(format!("{}: {} files, {} bytes", visible(&node.node), node.files, node.bytes))?,
            }
        }
    }
    Ok(report.exit_code())
}
