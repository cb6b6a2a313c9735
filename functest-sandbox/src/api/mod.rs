// SPDX-License-Identifier: Apache-2.0
//! What the services have in common: routes, calls, answers, refusals, queries, documents.
//!
//! A service is an [`Api`]; a kind of resource is a file in the service's folder with its `ROUTES`.

mod call;
mod caller;
mod content;
pub(crate) mod document;
mod error;
mod query;
mod reply;
mod router;
pub(crate) mod schema;

use http::Method;

pub(crate) use self::call::{Body, Call};
pub(crate) use self::caller::Caller;
pub(crate) use self::content::{Content, Summing, Sums, Upload};
pub(crate) use self::document::{Document, Read, document};
pub(crate) use self::error::ApiError;
pub(crate) use self::query::{Query, truth};
pub(crate) use self::reply::{Reply, ReplyBody, html_page};
pub(crate) use self::router::{Found, Router};
use crate::cloud::Cloud;

/// The answer to a call, or why there is none.
pub(crate) type Answer = Result<Reply, ApiError>;

/// What answers a call. It holds the whole cloud while it runs, and waits for nothing.
pub(crate) type Handler = fn(&mut Cloud, &Call) -> Answer;

/// A service.
#[derive(Debug)]
pub(crate) struct Api {
    /// Its type in the catalog, such as `identity`; also the first part of its paths.
    pub(crate) service_type: &'static str,
    /// Its name in the catalog, such as `keystone`.
    pub(crate) name: &'static str,
    /// What the catalog's endpoints have behind the service's own path, such as `/v3`.
    pub(crate) version_path: &'static str,
    /// The routes, by kind of resource.
    pub(crate) routes: &'static [&'static [Route]],
    /// The largest body in bytes; beyond it the answer is 413.
    pub(crate) body_limit: usize,
    /// What is checked of every call before anything else, such as its microversion.
    pub(crate) admit: fn(&Call) -> Result<(), ApiError>,
    /// Refusals in the service's own shape.
    pub(crate) refuse: fn(&Call, &ApiError) -> Reply,
    /// Headers that every answer of the service has.
    pub(crate) finish: fn(&Call, &mut Reply),
}

impl Api {
    /// Whether a path that leads nowhere says so to strangers: Keystone's all do, of others the pages of versions.
    pub(crate) fn is_open(&self, path: &str) -> bool {
        self.service_type == "identity" || path.matches('/').count() < 2
    }

    /// Whether a slash at the end of a path means nothing. To Glance it is an image without an id.
    pub(crate) fn ignores_last_slash(&self) -> bool {
        self.service_type != "image"
    }
}

/// Every service of the sandbox. The catalog lists exactly these.
pub(crate) const APIS: [&Api; 4] =
    [&crate::identity::API, &crate::image::API, &crate::compute::API, &crate::network::API];

/// One route of a service.
#[derive(Debug)]
pub(crate) struct Route {
    pub(crate) method: Method,
    /// The path below the service, with `{name}` where something is to be named.
    pub(crate) path: &'static str,
    pub(crate) access: Access,
    pub(crate) handler: Handler,
    /// Whether the body is an image's content, which is not held in memory.
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

impl Route {
    pub(crate) const fn new(method: Method, path: &'static str, handler: Handler) -> Self {
        Self { method, path, access: Access::User, handler, upload: false }
    }

    pub(crate) const fn get(path: &'static str, handler: Handler) -> Self {
        Self::new(Method::GET, path, handler)
    }

    pub(crate) const fn head(path: &'static str, handler: Handler) -> Self {
        Self::new(Method::HEAD, path, handler)
    }

    pub(crate) const fn post(path: &'static str, handler: Handler) -> Self {
        Self::new(Method::POST, path, handler)
    }

    pub(crate) const fn put(path: &'static str, handler: Handler) -> Self {
        Self::new(Method::PUT, path, handler)
    }

    pub(crate) const fn patch(path: &'static str, handler: Handler) -> Self {
        Self::new(Method::PATCH, path, handler)
    }

    pub(crate) const fn delete(path: &'static str, handler: Handler) -> Self {
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

    /// The same route with a body that is an image's content.
    pub(crate) const fn upload(mut self) -> Self {
        self.upload = true;
        self
    }
}
