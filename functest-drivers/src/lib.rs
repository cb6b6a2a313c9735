// SPDX-License-Identifier: Apache-2.0
//! Drivers of foreign test tools: everybody's test cases, as they are.
//!
//! A driver is a module; what they have in common is how a program is run ([`Program`]) and what such cases exclude
//! ([`exclusion`]).

mod bash_feature;
mod exclusion;
mod output;
mod program;
mod python;
mod tool;

use std::sync::Arc;

use functest_core::driver::Drivers;

pub use self::bash_feature::BashFeatureDriver;
pub use self::exclusion::exclusion;
pub use self::program::{Ending, Program, ProgramError};
pub use self::python::PythonDriver;
pub use self::tool::ToolProvider;

/// Every driver of this crate.
pub fn drivers() -> Drivers {
    Drivers::new(vec![Arc::new(PythonDriver::default()), Arc::new(BashFeatureDriver)])
}
