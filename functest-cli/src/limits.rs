// SPDX-License-Identifier: Apache-2.0
//! What a machine allows a process: to run out of it ends functest with a reason, rather than with a panic, a hang, or without a
//! word.

use std::io::Write;
use std::panic::PanicHookInfo;

use functest::core::exit_code;
use tokio::signal::unix::{Signal, SignalKind, signal};

/// Lets a panic that says that there is no thread to be had end the process. It may strike in any thread, while others wait for
/// what that one was to do: nobody else would end it.
pub(crate) fn end_without_threads() {
    let usual = std::panic::take_hook();
    std::panic::set_hook(Box::new(move |panic| match thread_trouble(panic) {
        Some(trouble) => {
            let words = "the limit of processes and threads (`ulimit -u`, or `pids.max` of a container) may be too low";
            let _ = writeln!(std::io::stderr(), "error: cannot start a thread: {trouble}; {words}");
            std::process::exit(exit_code::INTERNAL.into());
        }
        None => usual(panic),
    }));
}

/// What is wrong, when a panic of the standard library or of the runtime is about starting a thread.
fn thread_trouble(panic: &PanicHookInfo<'_>) -> Option<String> {
    let payload = panic.payload();
    let message = payload.downcast_ref::<String>().map(String::as_str).or(payload.downcast_ref::<&str>().copied())?;
    let is_it = ["OS can't spawn", "failed to spawn thread"].iter().any(|words| message.contains(words));
    is_it.then(|| message.to_owned())
}

/// Makes writing beyond the largest size of a file (`ulimit -f`) an error of that file, as long as the answer is kept, where it
/// would end the process without a word.
pub(crate) fn listen_for_file_size() -> std::io::Result<Signal> {
    signal(SignalKind::from_raw(rustix::process::Signal::XFSZ.as_raw()))
}
