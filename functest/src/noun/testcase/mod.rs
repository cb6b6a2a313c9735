// SPDX-License-Identifier: Apache-2.0
//! `testcase`: the test cases of a catalogue, with what would become of them here.

mod list;
mod show;

pub use self::list::{TestCaseList, TestCaseListRequest};
pub(crate) use self::show::unknown;
pub use self::show::{CaseInfo, CheckInfo, SettingInfo, TestCaseShowRequest};

use crate::embed::Functest;

/// What can be done about test cases; see [`Functest::testcase`].
#[derive(Clone, Copy)]
pub struct TestCaseVerbs<'a> {
    functest: &'a Functest,
}

impl Functest {
    /// Test cases.
    pub fn testcase(&self) -> TestCaseVerbs<'_> {
        TestCaseVerbs { functest: self }
    }
}
