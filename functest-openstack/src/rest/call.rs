// SPDX-License-Identifier: Apache-2.0
//! A request as data: service, method, route, body.

use std::path::PathBuf;
use std::time::Duration;

use futures::StreamExt;
use reqwest::{Client, Method, RequestBuilder};
use serde_json::Value;
use tokio_util::io::ReaderStream;
use url::Url;

use super::exchange::Target;
use crate::error::Error;
use crate::service::{Endpoint, Service};
use functest_core::stop_point;
use functest_core::verdict::FailedRequest;

/// A request that can be sent any number of times. Its `Debug` shows no body and no headers: they may hold secrets.
#[derive(Clone)]
pub struct Call {
    pub(super) service: Service,
    method: Method,
    route: &'static str,
    arguments: Vec<String>,
    query: Vec<(String, String)>,
    body: Body,
    microversion: Option<&'static str>,
    headers: Vec<(&'static str, String)>,
    deadline: Option<Duration>,
    repeatable: bool,
}

impl std::fmt::Debug for Call {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Call({} {} {} {:?} {:?})", self.service, self.method, self.route, self.arguments, self.query)
    }
}

/// What a request carries.
#[derive(Clone, Default)]
pub enum Body {
    /// Nothing.
    #[default]
    Empty,
    /// A document.
    Json(Value),
    /// A file, streamed; opened anew for each attempt.
    File(PathBuf),
}

impl Call {
    /// A request to `route` of `service`, where each `{...}` stands for the next of `arguments`.
    pub fn new(service: Service, method: Method, route: &'static str, arguments: &[&str]) -> Self {
        // A second DELETE finds nothing and a second PUT puts the same; a POST may make a second thing.
        let repeatable = method != Method::POST && method != Method::PATCH;
        Self {
            service,
            method,
            route,
            arguments: arguments.iter().map(|argument| (*argument).to_owned()).collect(),
            query: Vec::new(),
            body: Body::Empty,
            microversion: None,
            headers: Vec::new(),
            deadline: None,
            repeatable,
        }
    }

    /// `GET`
    pub fn get(service: Service, route: &'static str, arguments: &[&str]) -> Self {
        Self::new(service, Method::GET, route, arguments)
    }

    /// `POST`
    pub fn post(service: Service, route: &'static str, arguments: &[&str], body: Value) -> Self {
        Self { body: Body::Json(body), ..Self::new(service, Method::POST, route, arguments) }
    }

    /// `PUT`
    pub fn put(service: Service, route: &'static str, arguments: &[&str], body: Value) -> Self {
        Self { body: Body::Json(body), ..Self::new(service, Method::PUT, route, arguments) }
    }

    /// `DELETE`
    pub fn delete(service: Service, route: &'static str, arguments: &[&str]) -> Self {
        Self::new(service, Method::DELETE, route, arguments)
    }

    /// Adds `key=value` to the query.
    #[must_use]
    pub fn query(mut self, key: &str, value: &str) -> Self {
        self.query.push((key.to_owned(), value.to_owned()));
        self
    }

    /// Replaces the body.
    #[must_use]
    pub fn body(self, body: Body) -> Self {
        Self { body, ..self }
    }

    /// Adds a header.
    #[must_use]
    pub fn header(mut self, name: &'static str, value: &str) -> Self {
        self.headers.push((name, value.to_owned()));
        self
    }

    /// Asks for a microversion, such as `2.10`.
    #[must_use]
    pub fn microversion(self, version: Option<&'static str>) -> Self {
        Self { microversion: version, ..self }
    }

    /// Replaces the policy's deadline of a request, for uploads and downloads.
    #[must_use]
    pub fn deadline(self, deadline: Duration) -> Self {
        Self { deadline: Some(deadline), ..self }
    }

    /// Says that sending it twice may do something twice.
    #[must_use]
    pub fn once(self) -> Self {
        Self { repeatable: false, ..self }
    }

    /// Replaces the whole query by that of a link to another page.
    pub(super) fn with_query_of(&self, link: &Url) -> Self {
        let query = link.query_pairs().map(|(key, value)| (key.into_owned(), value.into_owned())).collect();
        Self { query, ..self.clone() }
    }

    /// The request as one that was not answered.
    pub(crate) fn unanswered(&self) -> FailedRequest {
        let url = format!("{}{}", self.service, self.route);
        FailedRequest { method: self.method.to_string(), url, status: None, request_id: None }
    }

    pub(super) fn target(&self, root: &str) -> Result<Target, Error> {
        let mut arguments = self.arguments.iter();
        let mut url: Url = root.parse().map_err(|e| Error::Unexpected {
            message: format!("the catalog's endpoint {root:?} is no URL: {e}"),
            request: FailedRequest {
                method: self.method.to_string(),
                url: root.to_owned(),
                status: None,
                request_id: None,
            },
            of_service: true,
        })?;
        if let Ok(mut path) = url.path_segments_mut() {
            for segment in self.route.split('/').filter(|segment| !segment.is_empty()) {
                path.push(if segment.starts_with('{') { arguments.next().map_or("", String::as_str) } else { segment });
            }
        }
        if !self.query.is_empty() {
            url.query_pairs_mut().extend_pairs(&self.query);
        }
        Ok(Target {
            service: self.service,
            method: self.method.clone(),
            route: self.route.to_owned(),
            url,
            repeatable: self.repeatable,
            deadline: self.deadline,
            secret: None,
        })
    }

    pub(super) async fn request(&self, client: &Client, target: &Target) -> Result<RequestBuilder, Error> {
        let mut request = client.request(target.method.clone(), target.url.clone());
        if let Some(version) = self.microversion {
            let value = format!("{} {version}", self.service.microversion_name());
            request = request.header("OpenStack-API-Version", value);
        }
        for (name, value) in &self.headers {
            request = request.header(*name, value);
        }
        Ok(match &self.body {
            Body::Empty => request,
            Body::Json(document) => request.json(document),
            Body::File(path) => {
                let unreadable = |source| Error::File { path: path.clone(), source };
                let file = tokio::fs::File::open(path).await.map_err(unreadable)?;
                let length = file.metadata().await.map_err(unreadable)?.len();
                let chunks = ReaderStream::new(file).enumerate().map(|(i, chunk)| {
                    if i == 1 {
                        stop_point::reach("upload.midway");
                    }
                    chunk
                });
                request
                    .header("Content-Type", "application/octet-stream")
                    .header("Content-Length", length)
                    .body(reqwest::Body::wrap_stream(chunks))
            }
        })
    }
}
