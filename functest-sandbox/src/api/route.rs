// SPDX-License-Identifier: Apache-2.0
//! Routes: what leads from a method and a path to what answers.

use http::Method;

use super::{Answer, Call};

/// What answers a call. It holds the whole world `W` while it runs, and waits for nothing.
pub(crate) type Handler<W> = fn(&mut W, &Call) -> Answer;

/// One route of a service.
#[derive(Debug)]
pub(crate) struct Route<W> {
    pub(crate) method: Method,
    /// The path below the service, with `{name}` where something is to be named.
    pub(crate) path: &'static str,
    pub(crate) access: Access,
    pub(crate) handler: Handler<W>,
    /// Whether the body is content, which is not held in memory.
    pub(crate) upload: bool,
}

/// Who may use a route. What depends on the thing asked for, the handler decides.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Access {
    /// Everybody, without a token.
    Public,
    /// Whoever has a token.
    User,
    /// Administrators; the name of the rule that says so.
    Admin(&'static str),
}

impl<W> Route<W> {
    pub(crate) const fn new(method: Method, path: &'static str, handler: Handler<W>) -> Self {
        Self { method, path, access: Access::User, handler, upload: false }
    }

    pub(crate) const fn get(path: &'static str, handler: Handler<W>) -> Self {
        Self::new(Method::GET, path, handler)
    }

    pub(crate) const fn head(path: &'static str, handler: Handler<W>) -> Self {
        Self::new(Method::HEAD, path, handler)
    }

    pub(crate) const fn post(path: &'static str, handler: Handler<W>) -> Self {
        Self::new(Method::POST, path, handler)
    }

    pub(crate) const fn put(path: &'static str, handler: Handler<W>) -> Self {
        Self::new(Method::PUT, path, handler)
    }

    pub(crate) const fn patch(path: &'static str, handler: Handler<W>) -> Self {
        Self::new(Method::PATCH, path, handler)
    }

    pub(crate) const fn delete(path: &'static str, handler: Handler<W>) -> Self {
        Self::new(Method::DELETE, path, handler)
    }

    /// The same route for everybody.
    pub(crate) const fn public(mut self) -> Self {
        self.access = Access::Public;
        self
    }

    /// The same route for administrators, by the rule of that name.
    pub(crate) const fn admin(mut self, policy: &'static str) -> Self {
        self.access = Access::Admin(policy);
        self
    }

    /// The same route with a body that is content, not a document.
    pub(crate) const fn upload(mut self) -> Self {
        self.upload = true;
        self
    }
}
