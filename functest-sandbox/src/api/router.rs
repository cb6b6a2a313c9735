// SPDX-License-Identifier: Apache-2.0
//! From a path to the route that answers it.

use std::collections::HashMap;

use http::Method;

use super::{Api, Route};

/// The routes of every service.
#[derive(Debug)]
pub(crate) struct Router<W: 'static> {
    services: HashMap<&'static str, Service<W>>,
}

/// A service, and its routes by their paths.
type Service<W> = (&'static Api<W>, matchit::Router<Vec<&'static Route<W>>>);

/// What a path leads to.
#[derive(Debug)]
pub(crate) enum Found<W: 'static> {
    /// A route, and the parts of the path that it names.
    Route(&'static Route<W>, Vec<(String, String)>),
    /// The path is known, but not for this method; these are.
    OtherMethods(Vec<Method>),
    /// Nothing.
    Nothing,
}

impl<W> Router<W> {
    /// The routes of these services.
    ///
    /// # Errors
    /// When two routes contradict each other.
    pub(crate) fn new(apis: &[&'static Api<W>]) -> Result<Self, matchit::InsertError> {
        let mut services = HashMap::new();
        for api in apis.iter().copied() {
            let mut by_path: HashMap<&str, Vec<&'static Route<W>>> = HashMap::new();
            for route in api.routes.iter().copied().flatten() {
                by_path.entry(route.path).or_default().push(route);
            }
            let mut router = matchit::Router::new();
            for (path, routes) in by_path {
                router.insert(path, routes)?;
            }
            services.insert(api.service_type, (api, router));
        }
        Ok(Self { services })
    }

    /// The service whose path it is, and the path below it.
    pub(crate) fn service<'p>(&self, path: &'p str) -> Option<(&'static Api<W>, &'p str)> {
        let (service, _) = path.strip_prefix('/')?.split_once('/').unwrap_or((path.strip_prefix('/')?, ""));
        let (api, _) = self.services.get(service)?;
        let rest = &path[1 + service.len()..];
        Some((api, if rest.is_empty() { "/" } else { rest }))
    }

    pub(crate) fn find(&self, api: &Api<W>, method: &Method, path: &str) -> Found<W> {
        let Some((_, router)) = self.services.get(api.service_type) else { return Found::Nothing };
        let trimmed =
            if path.len() > 1 && api.paths.ignores_last_slash { path.strip_suffix('/').unwrap_or(path) } else { path };
        let Ok(matched) = router.at(trimmed) else { return Found::Nothing };
        let decode = |text: &str| percent_encoding::percent_decode_str(text).decode_utf8_lossy().into_owned();
        let routes = matched.value;
        let by = |method: &Method| routes.iter().find(|route| route.method == method);
        let instead = || by(&Method::GET).filter(|_| *method == Method::HEAD && api.paths.answers_head);
        match by(method).or_else(instead) {
            Some(route) => {
                Found::Route(route, matched.params.iter().map(|(key, value)| (key.to_owned(), decode(value))).collect())
            }
            None => Found::OtherMethods(routes.iter().map(|route| route.method.clone()).collect()),
        }
    }
}
