// SPDX-License-Identifier: Apache-2.0
//! The kinds of faults.

use serde::{Deserialize, Serialize};

/// A kind of fault, with what it needs to be told.
#[derive(Clone, Debug, PartialEq)]
pub enum Fault {
    /// Requests take longer.
    Latency(Distribution),
    /// Requests are answered with that status.
    Status {
        /// The HTTP status.
        status: u16,
        /// Whether the request has its effect all the same.
        done: bool,
    },
    /// Something before the service answers in its place, as an ingress does that has lost its way.
    Ingress {
        /// The HTTP status.
        status: u16,
        /// Whether the request has its effect all the same.
        done: bool,
    },
    /// Something before the service answers in its place, and the service does what it was asked a while later.
    Late {
        /// The HTTP status.
        status: u16,
        /// How much later, in seconds.
        seconds: f64,
    },
    /// One value of an answer's document is gone, null, or something else.
    Garbled,
    /// Lists begin with something of somebody else's of which the cloud shows no value.
    NullNeighbour,
    /// The connection is reset in place of an answer.
    Reset {
        /// Whether the request has its effect all the same.
        done: bool,
    },
    /// Answers end after that many bytes of their body, and the connection with them.
    Truncate {
        /// Bytes of the body.
        bytes: usize,
    },
    /// Bodies of answers come slowly.
    Slow {
        /// Bytes a second.
        rate: u64,
    },
    /// Every connection to that service is reset.
    ServiceDown {
        /// The service's type.
        service: String,
    },
    /// Tokens end that many seconds after they were issued.
    TokenExpires {
        /// Seconds.
        seconds: f64,
    },
    /// Quotas are full.
    QuotaExceeded {
        /// The service's type; none is every service.
        service: Option<String>,
    },
    /// What was made is not in lists for that long.
    Eventual {
        /// Milliseconds.
        milliseconds: u64,
    },
    /// The cloud's clock is wrong.
    ClockSkew {
        /// Seconds that it is ahead; negative when it is behind.
        seconds: f64,
    },
    /// The catalog lists a service that is not there.
    PhantomService {
        /// Its type.
        service: String,
    },
    /// The catalog lists a version of a service that is gone.
    OldVersion {
        /// Its type: identity or image.
        service: String,
    },
    /// The catalog has another region, where nobody answers.
    SecondRegion,
    /// Servers that are deleted are put aside for so long.
    SoftDelete {
        /// Seconds.
        seconds: f64,
    },
    /// Something goes wrong.
    Happens(Happens),
    /// The cloud says that it does something, and does not.
    Lie(Lie),
}

impl Fault {
    /// Whether it strikes requests on their way, by their method and path.
    pub(super) fn strikes_requests(&self) -> bool {
        matches!(
            self,
            Self::Latency(_)
                | Self::Status { .. }
                | Self::Ingress { .. }
                | Self::Late { .. }
                | Self::Garbled
                | Self::NullNeighbour
                | Self::Reset { .. }
                | Self::Truncate { .. }
                | Self::Slow { .. }
        )
    }
}

/// How long requests take.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Distribution {
    /// Always as long, in seconds.
    Constant(f64),
    /// Evenly between two times, in seconds.
    Uniform {
        /// At least.
        from: f64,
        /// At most.
        to: f64,
    },
    /// Mostly short and sometimes very long, in seconds.
    Exponential {
        /// On average.
        mean: f64,
    },
}

impl Distribution {
    /// The time, in seconds, at a number from 0 up to 1.
    pub(super) fn at(self, roll: f64) -> f64 {
        match self {
            Self::Constant(seconds) => seconds,
            Self::Uniform { from, to } => from + (to - from) * roll,
            Self::Exponential { mean } => -mean * (1.0 - roll).max(f64::MIN_POSITIVE).ln(),
        }
    }

    pub(super) fn is_sound(self) -> bool {
        let sound = |seconds: f64| seconds.is_finite() && (0.0..=3600.0).contains(&seconds);
        match self {
            Self::Constant(seconds) => sound(seconds),
            Self::Uniform { from, to } => sound(from) && sound(to) && from <= to,
            Self::Exponential { mean } => sound(mean),
        }
    }
}

/// Something that goes wrong, and that the cloud says has gone wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Happens {
    /// A server stays in BUILD.
    ServerStuckInBuild,
    /// A server goes to ERROR.
    ServerError,
    /// A server that is to be deleted stays.
    ServerNotDeleted,
    /// The store fails under an image's upload: it is answered with 500, and the image is queued again.
    UploadFails,
}

/// A cloud that answers 200 and does not do what it says.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Lie {
    /// Security groups are kept, and nothing is filtered.
    SecurityGroupsNotEnforced,
    /// Nobody answers a guest's DHCP requests.
    NoDhcp,
    /// DHCP gives guests another address than their port's.
    WrongAddress,
    /// Guests find no metadata.
    NoMetadata,
    /// Guests do not get the key.
    KeyNotInjected,
    /// Guests do not run their user-data.
    UserDataNotRun,
    /// Consoles show nothing.
    EmptyConsole,
    /// Servers are ACTIVE and never boot.
    NeverBoots,
    /// Floating IPs lead nowhere.
    FloatingIpNowhere,
    /// Floating IPs lead to another server.
    FloatingIpElsewhere,
    /// Images are not what was uploaded.
    ImageDamaged,
    /// A deletion is answered as if it were done.
    DeleteDeletesNothing,
    /// Quotas are shown, and not kept.
    QuotaNotEnforced,
    /// A member may do what takes an administrator.
    RoleBordersOpen,
    /// A member sees other projects' things.
    ProjectBordersOpen,
}

impl Lie {
    /// Every one.
    pub const ALL: [Self; 15] = [
        Self::SecurityGroupsNotEnforced,
        Self::NoDhcp,
        Self::WrongAddress,
        Self::NoMetadata,
        Self::KeyNotInjected,
        Self::UserDataNotRun,
        Self::EmptyConsole,
        Self::NeverBoots,
        Self::FloatingIpNowhere,
        Self::FloatingIpElsewhere,
        Self::ImageDamaged,
        Self::DeleteDeletesNothing,
        Self::QuotaNotEnforced,
        Self::RoleBordersOpen,
        Self::ProjectBordersOpen,
    ];
}
