// SPDX-License-Identifier: Apache-2.0
//! From a path to the route that answers it.

use std::collections::HashMap;

use http::Method;

use super::{Api, Paths, Route};

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

    /// What a path below a service leads to.
    pub(crate) fn find(&self, api: &Api<W>, method: &Method, path: &str) -> Found<W> {
        let Some((_, router)) = self.services.get(api.service_type) else { return Found::Nothing };
        let Ok(matched) = router.at(without_last_slash(path, api.paths)) else { return Found::Nothing };
        match route_for(matched.value, method, api.paths) {
            Some(route) => {
                let named = matched.params.iter().map(|(name, text)| (name.to_owned(), decoded(text)));
                Found::Route(route, named.collect())
            }
            None => Found::OtherMethods(matched.value.iter().map(|route| route.method.clone()).collect()),
        }
    }
}

/// The path that is looked for, where a slash at the end of it means nothing.
fn without_last_slash(path: &str, peculiar: Paths) -> &str {
    if path.len() > 1 && peculiar.ignores_last_slash { path.strip_suffix('/').unwrap_or(path) } else { path }
}

/// The route of a path that a method takes.
fn route_for<W>(routes: &[&'static Route<W>], method: &Method, peculiar: Paths) -> Option<&'static Route<W>> {
    let by = |method: &Method| routes.iter().copied().find(|route| route.method == *method);
    match by(method) {
        None if *method == Method::HEAD && peculiar.answers_head => by(&Method::GET),
        found => found,
    }
}

/// A part of a path as it was meant.
fn decoded(text: &str) -> String {
    percent_encoding::percent_decode_str(text).decode_utf8_lossy().into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::api::{Answer, Call, Reply};

    /// A world of one number, with a service that counts.
    const COUNTER: Api<u32> = Api {
        service_type: "counter",
        name: "counter",
        catalog_place: 0,
        version_path: "",
        routes: &[&[Route::get("/counts/{name}", count), Route::delete("/counts/{name}", count)]],
        body_limit: 0,
        paths: Paths { answers_head: true, ..Paths::USUAL },
        admit: |_| Ok(()),
        refuse: |_, error| Reply::empty(error.status),
        finish: |_, _| {},
        seed: |count, _| *count = 0,
        inventory: |_| Vec::new(),
    };

    fn count(counted: &mut u32, _: &Call) -> Answer {
        *counted += 1;
        Ok(Reply::no_content())
    }

    #[test]
    fn paths_lead_to_routes_whatever_the_world_is() {
        let router = Router::new(&[&COUNTER]).unwrap();
        let (api, path) = router.service("/counter/counts/a%20b/").unwrap();
        assert_eq!((api.service_type, path), ("counter", "/counts/a%20b/"));
        for method in [Method::GET, Method::HEAD] {
            let Found::Route(route, params) = router.find(api, &method, path) else { panic!("no route") };
            assert_eq!((&route.method, params[0].1.as_str()), (&Method::GET, "a b"));
        }
        let Found::OtherMethods(others) = router.find(api, &Method::PUT, path) else { panic!("a route") };
        assert_eq!(others, [Method::GET, Method::DELETE]);
        assert!(matches!(router.find(api, &Method::GET, "/nothing"), Found::Nothing));
        assert!(router.service("/counters/1").is_none());
    }
}
