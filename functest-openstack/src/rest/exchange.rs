// SPDX-License-Identifier: Apache-2.0
//! Sending a request until it is answered, as often as that is safe.

use std::time::{Duration, Instant};

use bytes::{Bytes, BytesMut};
use functest_core::stop_point;
use functest_core::verdict::FailedRequest;
use reqwest::{Method, RequestBuilder, Response};
use secrecy::{ExposeSecret, SecretString};
use url::Url;

use super::answer::{Answer, error_message, is_of_service};
use super::{Observer, Policy, handshake, proxy};
use crate::error::Error;
use crate::service::Service;

/// A larger answer is no answer of an API: as a document it takes up ten times as much memory.
const LARGEST_ANSWER: usize = 32 << 20;
/// The longest that a cloud may ask us to wait before a repetition.
const LONGEST_DELAY: Duration = Duration::from_secs(60);

/// Where a request goes.
#[derive(Clone, Debug)]
pub(crate) struct Target {
    pub(crate) service: Service,
    pub(crate) method: Method,
    pub(crate) route: String,
    pub(crate) url: Url,
    /// Whether sending it twice does no more than sending it once.
    pub(crate) repeatable: bool,
    pub(crate) deadline: Option<Duration>,
    /// What the request holds and no error may: some validators quote their input.
    pub(crate) secret: Option<SecretString>,
}

impl Target {
    fn failed(&self, status: Option<u16>, request_id: Option<String>) -> FailedRequest {
        FailedRequest { method: self.method.to_string(), url: self.url.to_string(), status, request_id }
    }

    fn without_secret(&self, words: String) -> String {
        match self.secret.as_ref().map(ExposeSecret::expose_secret).filter(|secret| !secret.is_empty()) {
            Some(secret) => words.replace(secret, "***"),
            None => words,
        }
    }
}

/// Sends what `prepare` makes until the cloud answers with anything but "not now", or the policy gives up.
pub(crate) async fn exchange<F, Fut>(
    policy: &Policy,
    observer: &Observer,
    target: &Target,
    prepare: F,
) -> Result<Answer, Error>
where
    F: Fn() -> Fut,
    Fut: Future<Output = Result<RequestBuilder, Error>>,
{
    let mut delays = policy.delays();
    let mut attempt = 0;
    let mut may_have_arrived = false;
    let mut secured = None;
    loop {
        attempt += 1;
        let request = prepare().await?;
        let started = Instant::now();
        let deadline = target.deadline.unwrap_or(policy.request);
        let ended = match tokio::time::timeout(deadline, once(target, request, secured.clone())).await {
            Ok(ended) => ended,
            Err(_) => Err(Fault::silent(target, format!("the deadline of {:.0?} passed", deadline), true)),
        };
        let (status, id, words) = match &ended {
            Ok(answer) => (answer.request.status, answer.request.request_id.clone(), None),
            Err(fault) => fault.for_observer(),
        };
        observer.report(target, attempt, started.elapsed(), status, id, words);
        let mut fault = match ended {
            Ok(answer) => {
                observer.answered(target.service);
                return Ok(answer);
            }
            Err(fault) => fault,
        };
        if !fault.error.is_silence() {
            observer.answered(target.service);
        }
        if let Some(place) = fault.moved_to.take().filter(|_| secured.is_none()) {
            // It was not done: a server that sends one elsewhere does nothing itself.
            secured = Some(place);
            continue;
        }
        // That a later attempt did not arrive says nothing about an earlier one.
        may_have_arrived |= fault.may_have_arrived();
        if let Error::NoAnswer { sent, .. } = &mut fault.error {
            *sent |= may_have_arrived;
        }
        match delays.next().filter(|_| fault.may_be_repeated(target)) {
            Some(delay) => tokio::time::sleep(delay.max(fault.retry_after.unwrap_or_default())).await,
            None => return Err(fault.error),
        }
    }
}

/// An attempt that failed.
struct Fault {
    error: Error,
    retry_after: Option<Duration>,
    /// Whether it would be the same at once, as with a certificate that is not trusted.
    is_lasting: bool,
    /// Where the same host wants to be asked instead: by https.
    moved_to: Option<Url>,
}

impl Fault {
    fn silent(target: &Target, message: String, sent: bool) -> Self {
        let request = target.failed(None, None);
        Self { error: Error::NoAnswer { message, request, sent }, retry_after: None, is_lasting: false, moved_to: None }
    }

    fn from_transport(target: &Target, error: &reqwest::Error) -> Self {
        // reqwest's own text repeats the URL; the innermost cause says what happened.
        let mut cause: &dyn std::error::Error = error;
        while let Some(deeper) = cause.source() {
            cause = deeper;
        }
        let handshake = handshake::problem(cause);
        let words = match (cause.to_string(), &handshake) {
            _ if error.is_timeout() && error.is_connect() => "connecting took too long".to_owned(),
            (words, Some(problem)) => format!("{words}: {problem}"),
            (words, None) => words,
        };
        let words = match proxy::on_the_way_to(&target.url) {
            Some(proxy) if error.is_connect() => {
                format!("{words} (by the proxy {proxy}, which the environment names; NO_PROXY makes exceptions)")
            }
            _ => words,
        };
        if error.is_builder() {
            let words = format!("cannot build {} {}: {words}", target.method, target.url);
            return Self { error: Error::Internal(words), retry_after: None, is_lasting: true, moved_to: None };
        }
        Self { is_lasting: handshake.is_some(), ..Self::silent(target, words, !error.is_connect()) }
    }

    fn may_have_arrived(&self) -> bool {
        match &self.error {
            Error::NoAnswer { sent, .. } => *sent,
            error => error.status().is_some_and(|status| status >= 500),
        }
    }

    fn may_be_repeated(&self, target: &Target) -> bool {
        match &self.error {
            _ if self.is_lasting => false,
            Error::NoAnswer { sent, .. } => !sent || target.repeatable,
            // Something has lost its way to the service. Of a login it is more likely that the URL is another one's.
            Error::Answer { of_service: false, .. } if matches!(self.error.status(), Some(404 | 500)) => {
                target.repeatable && target.route != "/auth/tokens"
            }
            error => match error.status() {
                Some(429) => true,
                // It says itself when it will do it.
                Some(413) => self.retry_after.is_some(),
                Some(502..=504) => target.repeatable,
                _ => false,
            },
        }
    }

    fn for_observer(&self) -> (Option<u16>, Option<String>, Option<String>) {
        let request = self.error.request();
        let words = match &self.error {
            Error::NoAnswer { message, .. } | Error::Answer { message, .. } => Some(message.clone()),
            other => Some(other.to_string()),
        };
        (request.and_then(|r| r.status), request.and_then(|r| r.request_id.clone()), words)
    }
}

/// The place that a redirection names, where it is the same host by https: a token must not go to another one than was named.
fn by_https(from: &Url, location: &str) -> Option<Url> {
    let to = from.join(location).ok()?;
    let is_the_same = from.scheme() == "http" && to.scheme() == "https" && from.host() == to.host();
    (is_the_same && (from.path(), from.query()) == (to.path(), to.query())).then_some(to)
}

async fn once(target: &Target, request: RequestBuilder, secured: Option<Url>) -> Result<Answer, Fault> {
    let (client, request) = request.build_split();
    let mut request = request.map_err(|e| Fault::from_transport(target, &e))?;
    if let Some(url) = secured {
        *request.url_mut() = url;
    }
    let response = client.execute(request).await.map_err(|e| Fault::from_transport(target, &e))?;
    stop_while_waiting(target);
    let status = response.status().as_u16();
    let header = |name: &str| response.headers().get(name).and_then(|v| v.to_str().ok()).map(str::to_owned);
    let request_id = header("x-openstack-request-id").or_else(|| header("x-compute-request-id"));
    let subject_token = header("x-subject-token");
    let server = header("server");
    let location = header("location").filter(|_| (301..=308).contains(&status));
    let retry_after = header("retry-after").as_deref().and_then(delay_of);
    let request = target.failed(Some(status), request_id);
    let body = body_of(target, response).await?;
    // 300 is how services list their versions; other redirections are not followed.
    if status > 300 {
        let message = target.without_secret(match &location {
            Some(place) => format!("it leads to {place}; if that is right, use that URL"),
            None => error_message(&body),
        });
        let of_service = is_of_service(request.request_id.as_deref(), &body);
        let retry_after = retry_after.map(|delay| delay.min(LONGEST_DELAY));
        let moved_to = location.as_deref().and_then(|location| by_https(&target.url, location));
        return Err(Fault {
            error: Error::Answer { message, request, of_service },
            retry_after,
            is_lasting: false,
            moved_to,
        });
    }
    if target.method == Method::POST && target.route != "/auth/tokens" {
        stop_point::reach("answer.received");
    }
    Ok(Answer { request, subject_token, server, body })
}

/// A number of seconds, or a date.
fn delay_of(text: &str) -> Option<Duration> {
    if let Ok(seconds) = text.trim().parse() {
        return Some(Duration::from_secs(seconds));
    }
    let date = chrono::DateTime::parse_from_rfc2822(text.trim()).ok()?;
    (date.with_timezone(&chrono::Utc) - chrono::Utc::now()).to_std().ok()
}

fn stop_while_waiting(target: &Target) {
    match target.method {
        Method::POST if target.route != "/auth/tokens" => stop_point::reach("request.sent"),
        Method::DELETE => stop_point::reach("delete.sent"),
        _ => {}
    }
}

async fn body_of(target: &Target, mut response: Response) -> Result<Bytes, Fault> {
    let mut body = BytesMut::new();
    while let Some(chunk) = response.chunk().await.map_err(|e| Fault::from_transport(target, &e))? {
        if body.len() + chunk.len() > LARGEST_ANSWER {
            return Err(Fault::silent(target, "the answer is larger than 32 MiB".into(), true));
        }
        body.extend_from_slice(&chunk);
    }
    Ok(body.freeze())
}

#[cfg(test)]
mod tests {
    use wiremock::matchers::any;
    use wiremock::{Mock, MockServer, ResponseTemplate};

    use super::*;

    #[test]
    fn the_same_host_is_followed_to_https_and_nothing_else() {
        let from: Url = "http://cloud:5000/v3/auth/tokens?a=b".parse().unwrap();
        for (location, to) in [
            ("https://cloud:5000/v3/auth/tokens?a=b", Some("https://cloud:5000/v3/auth/tokens?a=b")),
            ("https://cloud/v3/auth/tokens?a=b", Some("https://cloud/v3/auth/tokens?a=b")),
            ("https://cloud/login", None),
            ("https://elsewhere:5000/v3/auth/tokens?a=b", None),
            ("http://cloud:5001/v3/auth/tokens?a=b", None),
            ("/v3/auth/tokens?a=b", None),
            ("https://", None),
        ] {
            assert_eq!(by_https(&from, location).map(String::from).as_deref(), to, "{location}");
        }
        let safe: Url = "https://cloud/v3".parse().unwrap();
        assert_eq!(by_https(&safe, "https://cloud:5000/v3"), None);
    }

    #[test]
    fn a_delay_is_a_number_of_seconds_or_a_date() {
        assert_eq!(delay_of("120"), Some(Duration::from_secs(120)));
        assert_eq!(delay_of(" 0 "), Some(Duration::ZERO));
        let in_an_hour = chrono::Utc::now() + chrono::TimeDelta::hours(1);
        for date in [in_an_hour.format("%a, %d %b %Y %H:%M:%S GMT").to_string(), in_an_hour.to_rfc2822()] {
            let seconds = delay_of(&date).unwrap().as_secs();
            assert!((3000..=3600).contains(&seconds), "{date}: {seconds}");
        }
        for none in ["Wed, 21 Oct 2015 07:28:00 GMT", "soon", "-1", "1.5", ""] {
            assert_eq!(delay_of(none), None, "{none}");
        }
    }

    /// How long a cloud wants us to wait that says so with `retry_after`.
    async fn wanted(retry_after: &str) -> Option<Duration> {
        let server = MockServer::start().await;
        let answer = ResponseTemplate::new(429).insert_header("Retry-After", retry_after);
        Mock::given(any()).respond_with(answer).mount(&server).await;
        let url: Url = server.uri().parse().unwrap();
        let target = Target {
            service: Service::Network,
            method: Method::GET,
            route: "/".into(),
            url: url.clone(),
            repeatable: true,
            deadline: None,
            secret: None,
        };
        let client = reqwest::Client::builder().no_proxy().build().unwrap();
        once(&target, client.get(url), None).await.err().unwrap().retry_after
    }

    #[tokio::test]
    async fn nobody_is_waited_for_longer_than_a_minute() {
        assert_eq!(wanted("7").await, Some(Duration::from_secs(7)));
        let tomorrow = (chrono::Utc::now() + chrono::TimeDelta::days(1)).to_rfc2822();
        for long in ["61", "86400", "18446744073709551615", &tomorrow] {
            assert_eq!(wanted(long).await, Some(LONGEST_DELAY), "{long}");
        }
    }
}
