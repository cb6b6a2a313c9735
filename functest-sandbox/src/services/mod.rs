// SPDX-License-Identifier: Apache-2.0
//! The services that there are, and the cloud that they make up.
//!
//! A service is a folder here and its line in the list below. It keeps what it has in a `State` of its own, and is an
//! [`Api`] to whoever serves it. Handlers see the whole [`Cloud`], because what a service answers depends on others; but
//! a service asks only those above it in the list, which `tests/direction.rs` holds it to.

mod compute;
mod identity;
mod image;
mod network;

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use ipnet::Ipv4Net;

// One service looks after the guests, one knows for all of them who asks.
pub(crate) use self::compute::entrance;
pub(crate) use self::identity::{PASSWORD, REGION, caller, stranger};
use crate::api::{Api, Start};
use crate::fault::Faults;
use crate::ground::{Agenda, Clock, Happening, Random};
use crate::options::Options;

/// Makes a cloud of services: a field with what it has for each, and the list of what each is. It is a macro so that a
/// new service is one line, and the rest of the crate still reads `cloud.network` with the compiler's help.
macro_rules! cloud_of {
    ($($service:ident),+ $(,)?) => {
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
            $(pub(crate) $service: $service::State,)+
        }

        impl Cloud {
            /// A cloud whose services have nothing yet.
            fn empty(options: Options, seed: u64, floating_network: Ipv4Net) -> Self {
                Self {
                    random: Random::new(seed),
                    faults: Faults::new(options.faults.clone(), seed),
                    options,
                    floating_network,
                    clock: Clock::default(),
                    agenda: Agenda::default(),
                    $($service: $service::State::default(),)+
                }
            }
        }

        /// Every service, each behind those that it asks.
        const SERVICES: &[&Api<Cloud>] = &[$(&$service::API),+];
    };
}

cloud_of! {
    identity,
    image,
    network,
    compute,
}

/// Every service of the sandbox, in the order of the catalog, which lists exactly these. That order is what clients see,
/// and what a seed's ids depend on; in which order services ask each other is no matter of theirs.
pub(crate) fn catalog() -> Vec<&'static Api<Cloud>> {
    let mut services = SERVICES.to_vec();
    services.sort_by_key(|api| api.catalog_place);
    services
}

impl Cloud {
    /// A cloud with what it starts with. `root` is where it is reached, such as `http://127.0.0.1:5001`.
    pub(crate) fn new(options: Options, root: &str, seed: u64, floating_network: Ipv4Net) -> Self {
        let mut cloud = Self::empty(options, seed, floating_network);
        let start = Start { root, catalog: &catalog() };
        for api in SERVICES {
            (api.seed)(&mut cloud, &start);
        }
        cloud.faults_changed();
        cloud
    }

    /// How many there are of each kind.
    pub(crate) fn inventory(&self) -> BTreeMap<&'static str, usize> {
        SERVICES.iter().flat_map(|api| (api.inventory)(self)).collect()
    }

    /// Lets happen what is due.
    pub(crate) fn advance(&mut self) {
        let now = Instant::now();
        while let Some((happening, subject)) = self.agenda.take(now) {
            happening(self, &subject);
        }
    }

    /// Plans what happens to `subject` after that time.
    pub(crate) fn after(&mut self, delay: Duration, subject: impl Into<String>, happening: Happening<Self>) {
        self.agenda.add(Instant::now() + delay, subject, happening);
    }

    /// Takes over what of the faults is state of the cloud.
    pub(crate) fn faults_changed(&mut self) {
        let milliseconds = self.faults.clock_skew() * 1000.0;
        self.clock.skew = chrono::TimeDelta::try_milliseconds(milliseconds as i64).unwrap_or_default();
        self.identity.break_catalog(identity::CatalogFaults {
            phantoms: self.faults.phantom_services().map(str::to_owned).collect(),
            old_versions: self.faults.old_versions().collect(),
            second_region: self.faults.has_second_region(),
        });
    }
}

#[cfg(test)]
mod tests {
    use http::Method;

    use super::*;
    use crate::api::{Found, Router};

    #[test]
    fn routes_do_not_contradict_each_other() {
        let router = Router::new(SERVICES).unwrap();
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
