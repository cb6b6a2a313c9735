// SPDX-License-Identifier: Apache-2.0
//! For how long each step may take.

use std::time::Duration;

/// For how long each step of a connection may take.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Deadlines {
    /// For the TCP connection, or for the jump host to make it.
    pub connect: Duration,
    /// For the banner and the exchange of keys.
    pub handshake: Duration,
    /// For logging in, all methods together.
    pub login: Duration,
    /// For a channel to be opened, or a request on it to be answered.
    pub channel: Duration,
    /// How a connection that is gone is noticed.
    pub keep_alive: KeepAlive,
}

/// How a connection that is gone is noticed: `count` questions without an answer, one each `interval`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct KeepAlive {
    /// Between two questions, while nothing else comes.
    pub interval: Duration,
    /// After so many the connection counts as lost.
    pub count: usize,
}

impl Default for Deadlines {
    fn default() -> Self {
        Self {
            connect: Duration::from_secs(10),
            handshake: Duration::from_secs(15),
            login: Duration::from_secs(30),
            channel: Duration::from_secs(15),
            keep_alive: KeepAlive { interval: Duration::from_secs(10), count: 3 },
        }
    }
}

impl Deadlines {
    /// Every deadline multiplied: 2 for slow machines.
    #[must_use]
    pub fn scaled(mut self, factor: f64) -> Self {
        let interval = &mut self.keep_alive.interval;
        for deadline in [&mut self.connect, &mut self.handshake, &mut self.login, &mut self.channel, interval] {
            *deadline = deadline.mul_f64(factor);
        }
        self
    }
}
