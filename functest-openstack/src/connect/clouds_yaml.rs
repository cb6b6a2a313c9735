// SPDX-License-Identifier: Apache-2.0
//! `clouds.yaml`, `secure.yaml` and `clouds-public.yaml`.

use std::path::{Path, PathBuf};

use functest_core::suggest;
use functest_core::variables::{self, Variables};
use serde_json::{Map, Value};

use super::CloudConfig;
use super::entry::Entry;
use crate::error::Error;

type Keys = Map<String, Value>;

/// The cloud `name`, its secrets and its profile merged.
pub(super) fn load(name: &str, environment: Variables<'_>) -> Result<CloudConfig, Error> {
    let candidates = candidates("clouds", "OS_CLIENT_CONFIG_FILE", environment);
    let searched = || candidates.iter().map(|path| path.display().to_string()).collect();
    let Some((path, mut clouds)) = first(&candidates, "clouds")? else {
        return Err(unknown(name, Vec::new(), searched()));
    };
    let origin = format!("{}: clouds.{name}", path.display());
    let mut keys = match clouds.remove(name) {
        Some(Value::Object(keys)) => keys,
        Some(_) => return Err(Error::Config { origin, message: "expected a map with `auth` and more".into() }),
        None => return Err(unknown(name, clouds.keys().cloned().collect(), searched())),
    };
    let secure = self::candidates("secure", "OS_CLIENT_SECURE_FILE", environment);
    let secrets = first(&secure, "clouds")?.and_then(|(_, mut secrets)| secrets.remove(name));
    if let Some(Value::Object(secrets)) = secrets {
        merge(&mut keys, secrets);
    }
    if let Some(profile) = keys.get("profile").and_then(Value::as_str).map(str::to_owned) {
        let public = first(&self::candidates("clouds-public", "", environment), "public-clouds")?;
        let Some(Value::Object(mut base)) = public.and_then(|(_, mut clouds)| clouds.remove(&profile)) else {
            let message = format!("profile: there is no `{profile}` in a clouds-public.yaml");
            return Err(Error::Config { origin, message });
        };
        merge(&mut base, keys);
        keys = base;
    }
    Entry { name: Some(name.to_owned()), origin, keys }.read()
}

fn unknown(name: &str, known: Vec<String>, searched: Vec<String>) -> Error {
    let suggestion = suggest::did_you_mean(name, known.iter().map(String::as_str));
    Error::UnknownCloud { name: name.to_owned(), suggestion, known, searched }
}

/// Where a file may be, best first.
fn candidates(stem: &str, variable: &str, environment: Variables<'_>) -> Vec<PathBuf> {
    let mut paths = Vec::new();
    paths.extend(variables::path(environment, variable));
    let home = variables::path(environment, "HOME").map(|home| home.join(".config"));
    let config = variables::path(environment, "XDG_CONFIG_HOME").or(home);
    let folders = [Some(PathBuf::from(".")), config.map(|path| path.join("openstack")), Some("/etc/openstack".into())];
    for folder in folders.into_iter().flatten() {
        paths.extend(["yaml", "yml"].map(|extension| folder.join(format!("{stem}.{extension}"))));
    }
    paths
}

/// The map under `root` of the first of these files that exists.
fn first(candidates: &[PathBuf], root: &str) -> Result<Option<(PathBuf, Keys)>, Error> {
    for path in candidates {
        match std::fs::read_to_string(path) {
            Ok(text) => return parse(path, &text, root).map(|clouds| Some((path.clone(), clouds))),
            Err(e) if e.kind() == std::io::ErrorKind::NotFound => {}
            Err(source) => return Err(Error::File { path: path.clone(), source }),
        }
    }
    Ok(None)
}

fn parse(path: &Path, text: &str, root: &str) -> Result<Keys, Error> {
    let error = |message: String| Error::Config { origin: path.display().to_string(), message };
    // The parser's own words may quote the file, secrets included: only the place is passed on.
    let place = |e: serde_yaml::Error| match e.location() {
        Some(at) => format!("not YAML, at line {} column {}", at.line(), at.column()),
        None => "not YAML that describes clouds".to_owned(),
    };
    let mut document: serde_yaml::Value = serde_yaml::from_str(text).map_err(|e| error(place(e)))?;
    document.apply_merge().map_err(|e| error(place(e)))?;
    let document: Value = serde_json::to_value(document).map_err(|_| error("a key is not a text".into()))?;
    match document.get(root) {
        Some(Value::Object(clouds)) => Ok(clouds.clone()),
        _ => Err(error(format!("expected a map of clouds under the key `{root}`"))),
    }
}

/// Puts `upper` over `lower`, map by map.
fn merge(lower: &mut Keys, upper: Keys) {
    for (key, value) in upper {
        match (lower.get_mut(&key), value) {
            (Some(Value::Object(below)), Value::Object(above)) => merge(below, above),
            (_, value) => drop(lower.insert(key, value)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::{Credential, Domain, Named};
    use super::*;

    const CLOUDS: &str = "clouds:\n  a: &base\n    auth: &auth {auth_url: 'http://c:5000', username: u, password: geheim, \
                          project_name: p}\n    region_name: R\n    verfy: false\n  b:\n    <<: *base\n    auth: {<<: \
                          *auth, project_name: q, user_domain_name: D}\n    verify: false\n  c: {auth: {auth_url: \
                          'http://c/v3', application_credential_id: i}}\n  d: {auth_type: v3oidc, auth: {auth_url: x}}\n";

    fn load_from(text: &str, secrets: &str, name: &str) -> Result<CloudConfig, Error> {
        let folder = tempfile::tempdir().unwrap();
        let (clouds, secure) = (folder.path().join("c.yaml"), folder.path().join("s.yaml"));
        std::fs::write(&clouds, text).unwrap();
        std::fs::write(&secure, secrets).unwrap();
        load(name, &|variable| match variable {
            "OS_CLIENT_CONFIG_FILE" => Some(clouds.clone().into()),
            "OS_CLIENT_SECURE_FILE" => Some(secure.clone().into()),
            _ => None,
        })
    }

    #[test]
    fn entries_inherit_and_secrets_are_merged() {
        let secrets = "clouds: {c: {auth: {application_credential_secret: s}}}";
        let a = load_from(CLOUDS, secrets, "a").unwrap();
        assert_eq!((a.auth_url.as_str(), a.region.as_deref(), a.tls.verify), ("http://c:5000/v3", Some("R"), true));
        assert!(a.warnings[0].contains("did you mean `verify`?"), "{:?}", a.warnings);
        assert!(!format!("{a:?}").contains("geheim"));
        let b = load_from(CLOUDS, secrets, "b").unwrap();
        assert!(!b.tls.verify);
        let Credential::Password { user: Named::Name { domain, .. }, .. } = b.credential else { panic!() };
        assert_eq!(domain, Domain::Name("D".into()));
        assert_eq!(b.project.unwrap().text(), "q");
        let c = load_from(CLOUDS, secrets, "c").unwrap();
        assert!(matches!(c.credential, Credential::ApplicationCredential { id: Ok(_), .. }) && c.project.is_none());
    }

    #[test]
    fn errors_name_the_file_and_no_secret() {
        let error = |text: &str, name: &str| load_from(text, "clouds: {}", name).unwrap_err().to_string();
        assert!(error(CLOUDS, "aa").contains("known: a, b, c, d"));
        assert!(
            error(CLOUDS, "c").contains("application_credential_secret is missing")
                || error(CLOUDS, "c").contains("auth.username")
        );
        assert!(error(CLOUDS, "d").contains("`v3oidc` is not supported"));
        let broken = error("clouds: {a: {auth: {password: geheim]}}}", "a");
        assert!(broken.contains("line 1") && !broken.contains("geheim"), "{broken}");
        assert!(
            error("clouds: {a: {auth: {auth_url: 'ftp://x', username: u, password: p, project_name: p}}}", "a")
                .contains("not an http")
        );
    }
}
