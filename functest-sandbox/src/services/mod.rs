// SPDX-License-Identifier: Apache-2.0
//! The services that there are.

use crate::api::Api;
use crate::cloud::Cloud;
use crate::{compute, identity, image, network};

/// Every service of the sandbox. The catalog lists exactly these.
pub(crate) const APIS: [&Api<Cloud>; 4] = [&identity::API, &image::API, &compute::API, &network::API];

#[cfg(test)]
mod tests {
    use http::Method;

    use super::*;
    use crate::api::{Found, Router};

    #[test]
    fn routes_do_not_contradict_each_other() {
        let router = Router::new(&APIS).unwrap();
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
