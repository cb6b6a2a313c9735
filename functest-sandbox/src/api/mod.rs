// SPDX-License-Identifier: Apache-2.0
//! What the services have in common: routes, calls, answers, refusals, queries, documents.
//!
//! A service is an [`Api`]; a kind of resource is a file in the service's folder with its `ROUTES`. Nothing here knows
//! which services there are, nor what they keep: all of it is generic over the world `W` that handlers work on.

mod call;
mod caller;
mod content;
pub(crate) mod document;
mod error;
mod query;
mod reply;
mod route;
mod router;
pub(crate) mod schema;
mod start;

pub(crate) use self::call::{Body, Call};
pub(crate) use self::caller::Caller;
pub(crate) use self::content::{Content, Summing, Sums, Upload};
pub(crate) use self::document::{Document, Read, document};
pub(crate) use self::error::ApiError;
pub(crate) use self::query::{Query, truth};
pub(crate) use self::reply::{Reply, ReplyBody, html_page};
pub(crate) use self::route::{Access, Route};
pub(crate) use self::router::{Found, Router};
pub(crate) use self::start::Start;

/// The answer to a call, or why there is none.
pub(crate) type Answer = Result<Reply, ApiError>;

/// A service, whose handlers work on the world `W`.
#[derive(Debug)]
pub(crate) struct Api<W: 'static> {
    /// Its type in the catalog, such as `identity`; also the first part of its paths.
    pub(crate) service_type: &'static str,
    /// Its name in the catalog, such as `keystone`.
    pub(crate) name: &'static str,
    /// Where it stands among the others in the catalog, the lowest first.
    pub(crate) catalog_place: u8,
    /// What the catalog's endpoints have behind the service's own path, such as `/v3`.
    pub(crate) version_path: &'static str,
    /// The routes, by kind of resource.
    pub(crate) routes: &'static [&'static [Route<W>]],
    /// The largest body in bytes; beyond it the answer is 413.
    pub(crate) body_limit: usize,
    /// What is peculiar about its paths.
    pub(crate) paths: Paths,
    /// What is checked of every call before anything else, such as its microversion.
    pub(crate) admit: fn(&Call) -> Result<(), ApiError>,
    /// Refusals in the service's own shape.
    pub(crate) refuse: fn(&Call, &ApiError) -> Reply,
    /// Headers that every answer of the service has.
    pub(crate) finish: fn(&Call, &mut Reply),
    /// Makes what the service starts with; those that it asks have theirs by then.
    pub(crate) seed: fn(&mut W, &Start<'_, W>),
    /// How many there are of each kind that somebody can make.
    pub(crate) inventory: fn(&W) -> Vec<(&'static str, usize)>,
}

/// What is peculiar about a service's paths: each is made with a framework of its own.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Paths {
    /// Whether a path that leads nowhere says so to strangers; otherwise they do not learn what there is.
    pub(crate) is_open: fn(&str) -> bool,
    /// Whether a slash at the end of a path means nothing.
    pub(crate) ignores_last_slash: bool,
    /// Whether a HEAD is answered wherever a GET is.
    pub(crate) answers_head: bool,
    /// The path whose DELETE gives back what the caller holds, and is no deletion of a thing.
    pub(crate) giving_back: Option<&'static str>,
}

impl Paths {
    /// Those of most services.
    pub(crate) const USUAL: Self =
        Self { is_open: is_page_of_versions, ignores_last_slash: true, answers_head: false, giving_back: None };
}

/// Whether a path is as short as those of the pages that say which versions of an API there are.
fn is_page_of_versions(path: &str) -> bool {
    path.matches('/').count() < 2
}
