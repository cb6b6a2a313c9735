// SPDX-License-Identifier: Apache-2.0
//! `sut`: the system under test: how it is reached, what it is, how its cloud is logged in to.

mod credentials;
mod info;
mod request;

pub use self::credentials::{CredentialsFile, CredentialsRequest};
pub use self::info::{SutInfo, SutInfoRequest};
pub use self::request::SutRequest;

use functest_installers::{Sut, SutConfig};

use crate::embed::Functest;
use crate::error::Error;

/// What can be done about the system under test; see [`Functest::sut`].
#[derive(Clone, Copy)]
pub struct SutVerbs<'a> {
    functest: &'a Functest,
}

impl Functest {
    /// The system under test.
    pub fn sut(&self) -> SutVerbs<'_> {
        SutVerbs { functest: self }
    }

    /// See [`SutVerbs::open`].
    pub(crate) async fn open_sut(&self, request: &SutRequest) -> Result<Sut, Error> {
        Ok(Sut::open(self.sut().config(request)?).await?)
    }
}

impl SutVerbs<'_> {
    /// How the system under test is reached: the request, the file, variables.
    ///
    /// # Errors
    /// When the file or a hop is wrong.
    pub fn config(&self, request: &SutRequest) -> Result<SutConfig, Error> {
        request.config(self.functest.variables.as_ref())
    }

    /// The system under test itself, for a Rust program that does more with it than the verbs do.
    ///
    /// # Errors
    /// When what is given is wrong, or no installer is recognised.
    pub async fn open(&self, request: &SutRequest) -> Result<Sut, Error> {
        self.functest.open_sut(request).await
    }
}
