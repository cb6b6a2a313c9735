// SPDX-License-Identifier: Apache-2.0
//! What a run leaves behind.
//!
//! Everything here is a fold over [events](functest_core::event). [`RunFolder`] is the sink that keeps them and writes
//! the reports when the run ends, [`ReportFile`] writes one elsewhere, and [`Listener`] tells a program of them; [`read`] folds what a folder holds, also after a crash; [`render`] makes a report of
//! the [record](functest_core::record::RunRecord) that comes of it. Nothing here opens a connection.

mod atomic;
mod case_log;
mod error;
mod format;
mod junit;
mod layout;
mod listener;
mod named_file;
mod report;
mod report_file;
mod run_folder;
mod words;

pub use self::atomic::write;
pub use self::error::Error;
pub use self::format::{Format, UnknownFormat, render};
pub use self::layout::{EVENTS_FILE, LOGS_FOLDER};
pub use self::listener::Listener;
pub use self::named_file::{Readers, is_standard_output, write_named};
pub use self::report_file::ReportFile;
pub use self::run_folder::{RunFolder, read, write_reports};
