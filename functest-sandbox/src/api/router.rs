// SPDX-License-Identifier: Apache-2.0
//! From a path to the route that answers it.

use std::collections::HashMap;

use http::Method;

use super::{APIS, Api, Route};

/// The routes of every service.
#[derive(Debug)]
pub(crate) struct Router {
    services: HashMap<&'static str, (&'static Api, matchit::Router<Vec<&'static Route>>)>,
}

/// What a path leads to.
#[derive(Debug)]
pub(crate) enum Found {
    /// A route, and the parts of the path that it names.
    Route(&'static Route, Vec<(String, String)>),
    /// The path is known, but not for this method; these are.
    OtherMethods(Vec<Method>),
    /// Nothing.
    Nothing,
}

impl Router {
    /// # Errors
    /// When two routes contradict each other.
    pub(crate) fn new() -> Result<Self, matchit::InsertError> {
        let mut services = HashMap::new();
        for api in APIS {
            let mut by_path: HashMap<&str, Vec<&'static Route>> = HashMap::new();
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
    pub(crate) fn service<'p>(&self, path: &'p str) -> Option<(&'static Api, &'p str)> {
        let (service, _) = path.strip_prefix('/')?.split_once('/').unwrap_or((path.strip_prefix('/')?, ""));
        let (api, _) = self.services.get(service)?;
        let rest = &path[1 + service.len()..];
        Some((api, if rest.is_empty() { "/" } else { rest }))
    }

    pub(crate) fn find(&self, api: &Api, method: &Method, path: &str) -> Found {
        let Some((_, router)) = self.services.get(api.service_type) else { return Found::Nothing };
        // Most services take a slash at the end or none; /v2/images//tags is not /v2/images/tags.
        let trimmed =
            if path.len() > 1 && api.ignores_last_slash() { path.strip_suffix('/').unwrap_or(path) } else { path };
        let Ok(matched) = router.at(trimmed) else { return Found::Nothing };
        let decode = |text: &str| percent_encoding::percent_decode_str(text).decode_utf8_lossy().into_owned();
        let routes = matched.value;
        let by = |method: &Method| routes.iter().find(|route| route.method == method);
        // Flask, which Keystone is made with, answers a HEAD wherever it answers a GET.
        let instead = || by(&Method::GET).filter(|_| *method == Method::HEAD && api.service_type == "identity");
        match by(method).or_else(instead) {
            Some(route) => {
                Found::Route(route, matched.params.iter().map(|(key, value)| (key.to_owned(), decode(value))).collect())
            }
            None => Found::OtherMethods(routes.iter().map(|route| route.method.clone()).collect()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn routes_do_not_contradict_each_other() {
        let router = Router::new().unwrap();
        let (api, path) = router.service("/identity/v3/projects/42/").unwrap();
        assert_eq!((api.service_type, path), ("identity", "/v3/projects/42/"));
        let Found::Route(route, params) = router.find(api, &Method::GET, path) else { panic!("no route") };
        assert_eq!((route.path, params[0].1.as_str()), ("/v3/projects/{project_id}", "42"));
        assert!(matches!(router.find(api, &Method::PUT, path), Found::OtherMethods(_)));
        assert!(matches!(router.find(api, &Method::HEAD, path), Found::Route(..)));
        let (image, images) = router.service("/image/v2/images").unwrap();
        assert!(matches!(router.find(image, &Method::HEAD, images), Found::OtherMethods(_)));
        assert!(matches!(router.find(api, &Method::GET, "/v3/nothing"), Found::Nothing));
        assert!(router.service("/unknown/v1").is_none());
        assert!(router.service("").is_none());
    }
}
