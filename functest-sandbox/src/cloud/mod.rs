// SPDX-License-Identifier: Apache-2.0
//! The cloud's state: what every service has, what time it is, what is going to happen.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use ipnet::Ipv4Net;

use crate::fault::Faults;
use crate::ground::{Agenda, Clock, Happening, Random};
use crate::options::Options;
use crate::{compute, identity, image, network};

/// The cloud. Whoever holds it sees it between two calls, never in the middle of one.
#[derive(Debug)]
pub(crate) struct Cloud {
    pub(crate) options: Options,
    /// Where floating IPs are from.
    pub(crate) floating_network: Ipv4Net,
    pub(crate) clock: Clock,
    pub(crate) random: Random,
    pub(crate) agenda: Agenda<Cloud>,
    pub(crate) faults: Faults,
    pub(crate) identity: identity::State,
    pub(crate) image: image::State,
    pub(crate) compute: compute::State,
    pub(crate) network: network::State,
}

impl Cloud {
    /// A cloud with what it starts with. `root` is where it is reached, such as `http://127.0.0.1:5001`.
    pub(crate) fn new(options: Options, root: &str, seed: u64, floating_network: Ipv4Net) -> Self {
        let mut cloud = Self {
            random: Random::new(seed),
            faults: Faults::new(options.faults.clone(), seed),
            options,
            floating_network,
            clock: Clock::default(),
            agenda: Agenda::default(),
            identity: identity::State::default(),
            image: image::State::default(),
            compute: compute::State::default(),
            network: network::State::default(),
        };
        identity::seed(&mut cloud, root);
        image::seed(&mut cloud);
        network::seed(&mut cloud);
        compute::seed(&mut cloud);
        cloud.faults_changed();
        cloud
    }

    /// How many there are of each kind.
    pub(crate) fn inventory(&self) -> BTreeMap<&'static str, usize> {
        let parts =
            [self.identity.inventory(), self.image.inventory(), self.compute.inventory(), self.network.inventory()];
        parts.into_iter().flatten().collect()
    }

    /// Lets happen what is due.
    pub(crate) fn advance(&mut self) {
        let now = Instant::now();
        while let Some((happening, subject)) = self.agenda.take(now) {
            happening(self, &subject);
        }
    }

    /// Takes over what of the faults is state of the cloud.
    pub(crate) fn faults_changed(&mut self) {
        let milliseconds = self.faults.clock_skew() * 1000.0;
        self.clock.skew = chrono::TimeDelta::try_milliseconds(milliseconds as i64).unwrap_or_default();
        self.identity.phantoms = self.faults.phantom_services().map(str::to_owned).collect();
    }

    /// Plans what happens to `subject` after that time.
    pub(crate) fn after(&mut self, delay: Duration, subject: impl Into<String>, happening: Happening<Cloud>) {
        self.agenda.add(Instant::now() + delay, subject, happening);
    }
}
