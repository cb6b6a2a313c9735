// SPDX-License-Identifier: Apache-2.0
//! A cloud as the contract sees it: requests of three users, by the paths of its services.

use std::collections::BTreeMap;

use reqwest::{Client, Method};
use serde_json::{Value, json};

/// Which cloud it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    Sandbox,
    Devcloud,
}

/// A cloud, and the tokens of its users.
#[derive(Debug)]
pub(crate) struct Cloud {
    pub(crate) kind: Kind,
    client: Client,
    /// The root of each service, without its version.
    services: BTreeMap<String, String>,
    tokens: BTreeMap<&'static str, String>,
    /// What scenarios may name: ids of what is there from the start.
    pub(crate) known: BTreeMap<String, Value>,
}

/// An answer.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) headers: BTreeMap<String, String>,
    pub(crate) body: Value,
}

impl Cloud {
    /// Logs in as `admin` and as `demo`. `None` when there is no such cloud.
    pub(crate) async fn log_in(kind: Kind, auth_url: &str, password: &str) -> Option<Self> {
        let client = Client::new();
        client.get(auth_url).send().await.ok()?;
        let mut cloud = Self {
            kind,
            client,
            services: BTreeMap::new(),
            tokens: BTreeMap::new(),
            known: BTreeMap::from([("password".to_owned(), json!(password))]),
        };
        for user in ["admin", "demo"] {
            let domain = json!({"name": "Default"});
            let login = json!({"auth": {
                "identity": {"methods": ["password"], "password": {"user": {
                    "name": user, "password": password, "domain": domain}}},
                "scope": {"project": {"name": user, "domain": domain}},
            }});
            let answer = cloud.client.post(format!("{auth_url}/auth/tokens")).json(&login).send().await.unwrap();
            let token = answer.headers()["x-subject-token"].to_str().unwrap().to_owned();
            let body: Value = answer.json().await.unwrap();
            cloud.known.insert(format!("{user}_user"), body["token"]["user"]["id"].clone());
            cloud.known.insert(format!("{user}_project"), body["token"]["project"]["id"].clone());
            cloud.services = roots(&body["token"]["catalog"]);
            cloud.tokens.insert(user, token);
        }
        for (name, path, key, id) in [
            ("image", "/image/v2/images?name=cirros", "images", "id"),
            ("flavor", "/compute/v2.1/flavors", "flavors", "id"),
            ("public", "/network/v2.0/networks?name=public", "networks", "id"),
        ] {
            let answer = cloud.ask(Method::GET, path, "admin", &BTreeMap::new(), None).await;
            let found =
                answer.body[key].as_array().unwrap().iter().find(|item| name != "flavor" || item["name"] == "m1.nano");
            cloud.known.insert(name.to_owned(), found.unwrap()[id].clone());
        }
        Some(cloud)
    }

    /// Asks; `path` begins with a service's type, `user` is `admin`, `demo`, `nobody` or a token.
    pub(crate) async fn ask(
        &self,
        method: Method,
        path: &str,
        user: &str,
        headers: &BTreeMap<String, String>,
        body: Option<&Value>,
    ) -> Answer {
        let (service, rest) = path.trim_start_matches('/').split_once('/').unwrap();
        let url = format!("{}/{rest}", self.services[service]);
        let mut request = self.client.request(method, url);
        request = match (user, self.tokens.get(user)) {
            ("nobody", _) => request,
            (_, Some(token)) => request.header("X-Auth-Token", token),
            (token, None) => request.header("X-Auth-Token", token),
        };
        for (name, value) in headers {
            request = request.header(name, value);
        }
        request = match body {
            None => request,
            // A text is sent as it is: it may be no JSON at all.
            Some(Value::String(text)) => request.body(text.clone()),
            Some(json) => request.header("Content-Type", "application/json").body(json.to_string()),
        };
        let answer = request.send().await.unwrap();
        let (status, head) = (answer.status().as_u16(), answer.headers().clone());
        let text = answer.text().await.unwrap();
        Answer {
            status,
            headers: head
                .iter()
                .map(|(name, value)| (name.to_string(), value.to_str().unwrap_or("").to_owned()))
                .collect(),
            body: serde_json::from_str(&text).unwrap_or(Value::String(text)),
        }
    }
}

/// The services' public endpoints, by type, without a version.
fn roots(catalog: &Value) -> BTreeMap<String, String> {
    let services = catalog.as_array().unwrap().iter();
    let root = |service: &Value| {
        let mut endpoints = service["endpoints"].as_array().unwrap().iter();
        let public = endpoints.rfind(|endpoint| endpoint["interface"] == "public").unwrap();
        let url = public["url"].as_str().unwrap().trim_end_matches('/');
        let versions = ["/v3", "/v2.1", "/v2.0", "/v2"];
        let root = versions.iter().find_map(|version| url.strip_suffix(version)).unwrap_or(url);
        (service["type"].as_str().unwrap().to_owned(), root.to_owned())
    };
    services.map(root).collect()
}
