// SPDX-License-Identifier: Apache-2.0
//! Flags that every command has.

use clap::{ArgAction, Args, ValueEnum};

/// Flags that every command has.
#[derive(Clone, Debug, Args)]
pub(crate) struct Global {
    /// Say more: every request to the cloud; twice and thrice for functest's own doings.
    #[arg(short, long, global = true, action = ArgAction::Count, display_order = 900)]
    pub(crate) verbose: u8,
    /// Say less: no progress, only results and errors.
    #[arg(short, long, global = true, action = ArgAction::Count, display_order = 901)]
    pub(crate) quiet: u8,
    /// When to use colours; NO_COLOR is honoured.
    #[arg(long, global = true, value_name = "WHEN", default_value = "auto", display_order = 902)]
    pub(crate) color: ColorChoice,
}

/// When to use colours.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum ColorChoice {
    /// On a terminal.
    Auto,
    /// Always.
    Always,
    /// Never.
    Never,
}
