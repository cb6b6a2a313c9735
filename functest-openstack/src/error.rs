// SPDX-License-Identifier: Apache-2.0
//! What can go wrong between here and a cloud.

use std::path::PathBuf;

use functest_core::case::CheckError;
use functest_core::verdict::FailedRequest;

/// An error of this crate. None of its texts holds a secret.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The description of a cloud is unusable.
    #[error("{origin}: {message}")]
    Config {
        /// The file or the variables.
        origin: String,
        /// What is wrong, and what was expected.
        message: String,
    },
    /// No file names the cloud.
    #[error(
        "there is no cloud `{name}`{suggestion}; known: {}; looked in {} (and in the file that OS_CLIENT_CONFIG_FILE names)",
        list(known),
        list(searched)
    )]
    UnknownCloud {
        /// The name.
        name: String,
        /// What was probably meant, as an appendix to the message.
        suggestion: String,
        /// The names that exist.
        known: Vec<String>,
        /// The files that were looked for.
        searched: Vec<String>,
    },
    /// Keystone does not accept the credential.
    #[error("Keystone refuses the login of {who} at {auth_url}: {message}{}", id_words(.request))]
    Login {
        /// The user, or the kind of credential.
        who: String,
        /// Keystone's URL.
        auth_url: String,
        /// Keystone's words.
        message: String,
        /// The request.
        request: FailedRequest,
    },
    /// The token is not valid any more, and there is nothing to get another one with.
    #[error(
        "the cloud refuses the token ({}); only a token was given, so functest cannot log in again: give a new token, a password or an application credential",
        .0.url
    )]
    TokenRefused(FailedRequest),
    /// The cloud answered with an error.
    #[error(
        "{} {} answered {}: {message}{}{}", .request.method, .request.url, status_words(.request),
        speaker_words(*of_service), id_words(.request)
    )]
    Answer {
        /// The cloud's words.
        message: String,
        /// The request.
        request: FailedRequest,
        /// Whether the service itself said it. What stands before a service (a proxy, an ingress, a load balancer) answers
        /// in its place when it cannot reach it, and then knows nothing of what is there.
        of_service: bool,
    },
    /// No answer came.
    #[error("{} {} got no answer: {message}", .request.method, .request.url)]
    NoAnswer {
        /// Why.
        message: String,
        /// The request.
        request: FailedRequest,
        /// Whether the request may have reached the cloud.
        sent: bool,
    },
    /// The answer is not what the API promises.
    #[error("{} {} answered something unexpected: {message}{}", .request.method, .request.url, id_words(.request))]
    Unexpected {
        /// What was expected, and what came.
        message: String,
        /// The request.
        request: FailedRequest,
        /// Whether the service itself said it, as with [`Error::Answer`].
        of_service: bool,
    },
    /// What has that id is not what was made.
    #[error("the {kind} {id} does not carry the mark of this run, but {shown:?}: it is somebody else's")]
    NotOurs {
        /// Of what kind it is.
        kind: &'static str,
        /// The id.
        id: String,
        /// What stands where the mark should be.
        shown: String,
    },
    /// The catalog has no such service.
    #[error("the cloud's catalog has no {service} service{detail}")]
    NoService {
        /// The service's type.
        service: &'static str,
        /// What narrows the search, in words; may be empty.
        detail: String,
        /// Whether the user's settings say that it must be there.
        required: bool,
    },
    /// Something did not reach its state.
    #[error("{what}: {message}")]
    Wait {
        /// What was waited for.
        what: String,
        /// The last state, and what was wrong with it.
        message: String,
    },
    /// The ledger could not be written; nothing was asked of the cloud.
    #[error("cannot write the ledger: {0}")]
    Ledger(#[source] std::io::Error),
    /// A file of the user cannot be read.
    #[error("cannot read {}: {source}", path.display())]
    File {
        /// The file.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
    /// A failure of our own.
    #[error("{0}")]
    Internal(String),
}

fn list(items: &[String]) -> String {
    if items.is_empty() { "none".into() } else { items.join(", ") }
}

fn status_words(request: &FailedRequest) -> String {
    request.status.map_or_else(|| "nothing".into(), |status| status.to_string())
}

fn speaker_words(of_service: bool) -> &'static str {
    if of_service { "" } else { " (this is not the service's own answer: something before it speaks)" }
}

fn id_words(request: &FailedRequest) -> String {
    request.request_id.as_ref().map(|id| format!(" ({id})")).unwrap_or_default()
}

impl Error {
    /// The HTTP status of the cloud's answer.
    pub fn status(&self) -> Option<u16> {
        self.request().and_then(|request| request.status)
    }

    /// The request that went wrong.
    pub fn request(&self) -> Option<&FailedRequest> {
        match self {
            Self::Login { request, .. }
            | Self::TokenRefused(request)
            | Self::Answer { request, .. }
            | Self::NoAnswer { request, .. }
            | Self::Unexpected { request, .. } => Some(request),
            _ => None,
        }
    }

    /// Whether the service says that the thing does not exist. Nobody else can.
    pub fn is_missing(&self) -> bool {
        matches!(self, Self::Answer { of_service: true, request, .. } if request.status == Some(404))
    }

    /// Whether the service has said nothing: no answer came, or that of something before it. One that leads elsewhere is an answer:
    /// somebody has set it up so.
    pub fn is_silence(&self) -> bool {
        match self {
            Self::NoAnswer { .. } => true,
            Self::Answer { .. } if self.leads_elsewhere() => false,
            Self::Answer { of_service, .. } | Self::Unexpected { of_service, .. } => !of_service,
            _ => false,
        }
    }

    /// Whether the cloud will say the same the next time: it forbids it, or can make no sense of it.
    pub fn is_lasting(&self) -> bool {
        match self {
            Self::Login { .. } | Self::TokenRefused(_) | Self::NoService { .. } => true,
            _ if self.leads_elsewhere() => true,
            _ => !self.is_silence() && matches!(self.status(), Some(400 | 401 | 403 | 405 | 410 | 501)),
        }
    }

    /// Whether the answer is a redirection.
    fn leads_elsewhere(&self) -> bool {
        matches!(self, Self::Answer { request, .. } if request.status.is_some_and(|status| (301..=308).contains(&status)))
    }

    /// Whether the same may go well a little later.
    pub fn is_transient(&self) -> bool {
        let passes = matches!(self.status(), Some(429 | 500 | 502 | 503 | 504));
        // An ingress that has lost its way to a service knows no such page.
        passes || matches!(self, Self::NoAnswer { .. }) || self.is_silence() && self.status() == Some(404)
    }

    /// Whether an answer came, and another one might a moment later: a service in disorder, or something before it.
    pub fn is_answer_gone_wrong(&self) -> bool {
        matches!(self, Self::Unexpected { .. }) || self.is_transient() && self.status().is_some()
    }

    /// Whether the cloud definitely did not do what it was asked.
    pub fn is_refusal(&self) -> bool {
        match self {
            Self::NoAnswer { sent, .. } => !sent,
            Self::Unexpected { .. } | Self::Wait { .. } => false,
            // A server error may come after the deed, and 408 while it is still being done; 501 says that there is no such deed.
            _ => self.status().is_none_or(|status| (status < 500 && status != 408) || status == 501),
        }
    }

    /// Whether the service has ended what it was asked, well or not. Only its own answer says so.
    pub fn is_final(&self) -> bool {
        !self.is_silence() && self.status().is_some_and(|status| !matches!(status, 502 | 504))
    }

    /// Whether it is the user's input that is wrong, rather than the cloud.
    pub fn is_usage(&self) -> bool {
        matches!(self, Self::Config { .. } | Self::UnknownCloud { .. } | Self::File { .. })
    }
}

impl From<Error> for CheckError {
    /// A cloud that refuses or does not answer is a verdict about the cloud; the rest is ours.
    fn from(error: Error) -> Self {
        match &error {
            Error::NoService { required: false, .. } => Self::Skipped(error.to_string()),
            Error::Config { .. }
            | Error::UnknownCloud { .. }
            | Error::File { .. }
            | Error::Ledger(_)
            | Error::Internal(_) => Self::Errored(error.to_string()),
            _ => Self::Failed { message: error.to_string(), request: error.request().cloned() },
        }
    }
}
