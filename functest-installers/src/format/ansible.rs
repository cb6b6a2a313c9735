// SPDX-License-Identifier: Apache-2.0
//! Ansible inventories: what `ansible-inventory --list` prints, and, where there is no Ansible, their INI and YAML forms
//! (docs.ansible.com, "How to build your inventory").

use std::collections::{BTreeMap, BTreeSet};

use functest_core::sut::{Access, Identity, Node, Role};
use serde_json::Value;

/// How many hosts one range may stand for.
const RANGE: usize = 10_000;
/// How deep groups may lie in groups.
const DEPTH: usize = 64;

type Vars = BTreeMap<String, Value>;

/// Hosts with their variables, and groups.
#[derive(Debug, Default, PartialEq)]
pub struct Inventory {
    hosts: BTreeMap<String, Vars>,
    groups: BTreeMap<String, Group>,
}

#[derive(Debug, Default, PartialEq)]
struct Group {
    hosts: BTreeSet<String>,
    children: BTreeSet<String>,
    vars: Vars,
}

impl Inventory {
    /// What `ansible-inventory --list` prints.
    ///
    /// # Errors
    /// What is wrong with it.
    pub fn from_json(text: &str) -> Result<Self, String> {
        let value: Value = serde_json::from_str(text).map_err(|error| error.to_string())?;
        let groups = value.as_object().ok_or("expected a map of groups")?;
        let mut inventory = Self::default();
        for (name, group) in groups.iter().filter(|(name, _)| *name != "_meta") {
            // A group may also be just the list of its hosts.
            let hosts = if group.is_array() { group } else { &group["hosts"] };
            let names = |value: &Value| -> BTreeSet<String> {
                value.as_array().into_iter().flatten().filter_map(|name| Some(name.as_str()?.to_owned())).collect()
            };
            let (hosts, children) = (names(hosts), names(&group["children"]));
            for host in &hosts {
                inventory.hosts.entry(host.clone()).or_default();
            }
            let vars = group["vars"].as_object().into_iter().flatten().map(|(k, v)| (k.clone(), v.clone())).collect();
            inventory.groups.insert(name.clone(), Group { hosts, children, vars });
        }
        for (host, vars) in value["_meta"]["hostvars"].as_object().into_iter().flatten() {
            let vars = vars.as_object().into_iter().flatten().map(|(k, v)| (k.clone(), v.clone()));
            inventory.hosts.entry(host.clone()).or_default().extend(vars);
        }
        Ok(inventory)
    }

    /// The YAML form.
    ///
    /// # Errors
    /// What is wrong with it, and where.
    pub fn from_yaml(text: &str) -> Result<Self, String> {
        let mut value: serde_yaml::Value = serde_yaml::from_str(text).map_err(|error| error.to_string())?;
        value.apply_merge().map_err(|error| error.to_string())?;
        let value: Value = serde_yaml::from_value(value).map_err(|error| error.to_string())?;
        let groups = value.as_object().ok_or("expected a map of groups, such as `all:`")?;
        let mut inventory = Self::default();
        groups.iter().try_for_each(|(name, group)| inventory.add_group(name, group, 0))?;
        Ok(inventory)
    }

    fn add_group(&mut self, name: &str, value: &Value, depth: usize) -> Result<(), String> {
        if depth > DEPTH {
            return Err(format!("{name}: groups lie more than {DEPTH} deep in each other"));
        }
        let map = |key: &str| match &value[key] {
            Value::Null => Ok(None),
            Value::Object(map) => Ok(Some(map)),
            _ => Err(format!("{name}.{key}: expected a map")),
        };
        if !(value.is_null() || value.is_object()) {
            return Err(format!("{name}: expected a map with `hosts`, `children` or `vars`"));
        }
        self.groups.entry(name.to_owned()).or_default();
        for (pattern, vars) in map("hosts")?.into_iter().flatten() {
            for host in expand(pattern)? {
                let own = vars.as_object().into_iter().flatten().map(|(k, v)| (k.clone(), v.clone()));
                self.hosts.entry(host.clone()).or_default().extend(own);
                self.groups.entry(name.to_owned()).or_default().hosts.insert(host);
            }
        }
        for (child, group) in map("children")?.into_iter().flatten() {
            self.add_group(child, group, depth + 1)?;
            self.groups.entry(name.to_owned()).or_default().children.insert(child.clone());
        }
        let vars = map("vars")?.into_iter().flatten().map(|(k, v)| (k.clone(), v.clone()));
        self.groups.entry(name.to_owned()).or_default().vars.extend(vars);
        Ok(())
    }

    /// The INI form.
    ///
    /// # Errors
    /// What is wrong with it, and in which line.
    pub fn from_ini(text: &str) -> Result<Self, String> {
        let mut inventory = Self::default();
        let (mut group, mut kind) = ("ungrouped".to_owned(), "hosts".to_owned());
        for (number, line) in text.lines().enumerate() {
            let line = line.trim();
            if line.is_empty() || line.starts_with(['#', ';']) {
                continue;
            }
            let wrong = |message: String| format!("line {}: {message}", number + 1);
            if let Some(header) = line.strip_prefix('[') {
                let header = header.split(']').next().filter(|_| header.contains(']'));
                let header = header.ok_or_else(|| wrong("expected `[group]`".into()))?;
                let (name, what) = header.split_once(':').unwrap_or((header, "hosts"));
                if !["hosts", "children", "vars"].contains(&what) {
                    return Err(wrong(format!("`:{what}` is neither `:children` nor `:vars`")));
                }
                (group, kind) = (name.trim().to_owned(), what.to_owned());
                inventory.groups.entry(group.clone()).or_default();
                continue;
            }
            inventory.add_line(&group, &kind, line).map_err(wrong)?;
        }
        Ok(inventory)
    }

    fn add_line(&mut self, group: &str, kind: &str, line: &str) -> Result<(), String> {
        let entry = self.groups.entry(group.to_owned()).or_default();
        match kind {
            "children" => {
                let child = line.split('#').next().unwrap_or_default().trim().to_owned();
                entry.children.insert(child.clone());
                self.groups.entry(child).or_default();
            }
            "vars" => {
                let (key, value) = line.split_once('=').ok_or("expected `key=value`")?;
                entry.vars.insert(key.trim().to_owned(), Value::String(unquoted(value.trim()).to_owned()));
            }
            _ => {
                let words = words(line)?;
                let (pattern, vars) = words.split_first().ok_or("expected a host")?;
                for host in expand(pattern)? {
                    let own = self.hosts.entry(host.clone()).or_default();
                    for word in vars {
                        let (key, value) =
                            word.split_once('=').ok_or_else(|| format!("`{word}` is not a `key=value`"))?;
                        own.insert(key.to_owned(), Value::String(value.to_owned()));
                    }
                    self.groups.entry(group.to_owned()).or_default().hosts.insert(host);
                }
            }
        }
        Ok(())
    }

    /// Every group that a host is in, itself or through groups in it; nearest first.
    fn groups_of(&self, host: &str) -> Vec<&str> {
        let mut found: Vec<&str> =
            self.groups.iter().filter(|(_, group)| group.hosts.contains(host)).map(|(name, _)| name.as_str()).collect();
        let mut next = 0;
        while let Some(name) = found.get(next).copied() {
            for (parent, group) in &self.groups {
                if group.children.contains(name) && !found.contains(&parent.as_str()) {
                    found.push(parent);
                }
            }
            next += 1;
        }
        if !found.contains(&"all") && self.groups.contains_key("all") {
            found.push("all");
        }
        found
    }

    /// A variable of a host: its own, or that of the nearest group that has it.
    fn var(&self, host: &str, names: &[&str]) -> Option<String> {
        let text = |value: &Value| match value {
            Value::String(text) => Some(text.clone()),
            Value::Number(number) => Some(number.to_string()),
            Value::Bool(bool) => Some(bool.to_string()),
            _ => None,
        };
        let own = self.hosts.get(host);
        let of_groups =
            self.groups_of(host).into_iter().filter_map(|name| self.groups.get(name)).map(|group| &group.vars);
        let all: Vec<&Vars> = own.into_iter().chain(of_groups).collect();
        all.into_iter().find_map(|vars| names.iter().find_map(|name| vars.get(*name).and_then(text)))
    }

    /// The hosts, in the order of their names. `roles_of` says what the groups that a host is in make it do; hosts to which
    /// it gives no role are left out where `only_with_role`.
    /// Who logs in where the inventory does not say is `user`.
    pub fn nodes(&self, roles_of: impl Fn(&str) -> Option<Role>, only_with_role: bool, user: &str) -> Vec<Node> {
        let node = |host: &String| {
            let mut node = Node::new(host, host);
            self.groups_of(host).into_iter().filter_map(&roles_of).for_each(|role| node.add_role(role));
            if node.roles.is_empty() && only_with_role {
                return None;
            }
            node.roles.sort();
            self.reach(&mut node, user);
            Some(node)
        };
        self.hosts.keys().filter_map(node).collect()
    }

    fn reach(&self, node: &mut Node, user: &str) {
        let var = |names: &[&str]| self.var(&node.id, names);
        if var(&["ansible_connection"]).as_deref() == Some("local") {
            node.info.insert("connection".into(), "local".into());
            return;
        }
        let address = var(&["ansible_host", "ansible_ssh_host"]).unwrap_or_else(|| node.id.clone());
        let user = var(&["ansible_user", "ansible_ssh_user"]).unwrap_or_else(|| user.into());
        let mut access = Access::new(&address, user);
        access.port = var(&["ansible_port", "ansible_ssh_port"]).and_then(|port| port.parse().ok()).unwrap_or(22);
        let key = var(&["ansible_ssh_private_key_file", "ansible_private_key_file"]);
        access.identities.extend(key.map(|path| Identity::KeyFile(path.into())));
        let password = var(&["ansible_password", "ansible_ssh_pass", "ansible_ssh_password"]);
        access.identities.extend(password.map(|password| Identity::Password(password.into())));
        let sudo = var(&["ansible_become_password", "ansible_become_pass", "ansible_sudo_pass"]);
        access.sudo_password = sudo.map(Into::into);
        access.jump = var(&["ansible_ssh_common_args"]).and_then(|args| jump(&args));
        node.addresses = vec![address];
        node.access = Some(access);
    }
}

/// The host of `-o ProxyJump=user@host` or `-J user@host`.
fn jump(arguments: &str) -> Option<Box<Access>> {
    let words = words(arguments).ok()?;
    let named =
        words.iter().find_map(|word| word.strip_prefix("ProxyJump=").or_else(|| word.strip_prefix("-oProxyJump=")));
    let after = || words.iter().position(|word| word == "-J").and_then(|at| words.get(at + 1)).map(String::as_str);
    let mut access = None;
    for hop in named.or_else(after)?.split(',') {
        let hop: crate::config::Hop = hop.parse().ok()?;
        let mut next = Access::new(&hop.address, &hop.user);
        (next.port, next.jump) = (hop.port, access);
        access = Some(Box::new(next));
    }
    access
}

fn unquoted(text: &str) -> &str {
    let inside = |quote: char| text.strip_prefix(quote).and_then(|rest| rest.strip_suffix(quote));
    inside('\'').or_else(|| inside('"')).unwrap_or(text)
}

/// Words as a shell takes them; a comment ends the line.
fn words(line: &str) -> Result<Vec<String>, String> {
    let (mut words, mut word, mut quote, mut begun) = (Vec::new(), String::new(), None, false);
    for c in line.chars() {
        match (c, quote) {
            (c, Some(q)) if c == q => quote = None,
            ('\'' | '"', None) => (quote, begun) = (Some(c), true),
            ('#', None) if word.is_empty() && !begun => break,
            (c, None) if c.is_whitespace() => {
                if !word.is_empty() || begun {
                    words.push(std::mem::take(&mut word));
                }
                begun = false;
            }
            (c, _) => word.push(c),
        }
    }
    if quote.is_some() {
        return Err("a quote is not closed".into());
    }
    if !word.is_empty() || begun {
        words.push(word);
    }
    Ok(words)
}

/// `node[01:03].x` is three hosts, `node[a:c]` too.
fn expand(pattern: &str) -> Result<Vec<String>, String> {
    let Some((before, rest)) = pattern.split_once('[') else { return Ok(vec![pattern.to_owned()]) };
    let malformed = || format!("`{pattern}` is not a range like `node[01:10]`");
    let (range, after) = rest.split_once(']').ok_or_else(malformed)?;
    let mut parts = range.split(':');
    let (first, last) = (parts.next().unwrap_or_default(), parts.next().ok_or_else(malformed)?);
    let step: usize = parts.next().map_or(Ok(1), str::parse).map_err(|_| malformed())?;
    if step == 0 || parts.next().is_some() {
        return Err(malformed());
    }
    let middle: Vec<String> = match (first.parse::<usize>(), last.parse::<usize>()) {
        (Ok(from), Ok(to)) if to >= from && (to - from) / step < RANGE => {
            let width = if first.starts_with('0') { first.len() } else { 0 };
            (from..=to).step_by(step).map(|number| format!("{number:0width$}")).collect()
        }
        (Err(_), Err(_)) => match (first.as_bytes(), last.as_bytes()) {
            ([from], [to]) if from.is_ascii_alphabetic() && to.is_ascii_alphabetic() && from <= to => {
                (*from..=*to).step_by(step).map(|letter| char::from(letter).to_string()).collect()
            }
            _ => return Err(malformed()),
        },
        _ => return Err(malformed()),
    };
    let ends = if middle.len() > 1 && after.contains('[') { expand(after)? } else { expand(after).unwrap_or_default() };
    if middle.len().saturating_mul(ends.len()) > RANGE {
        return Err(format!("`{pattern}` stands for more than {RANGE} hosts"));
    }
    Ok(middle.iter().flat_map(|middle| ends.iter().map(move |end| format!("{before}{middle}{end}"))).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn roles(group: &str) -> Option<Role> {
        ["control", "compute", "storage"].contains(&group).then(|| Role::from(group))
    }

    const INI: &str = "localhost ansible_connection=local\n[control]\nc1 ansible_host=10.0.0.1 # one\n[compute]\nn[01:02] ansible_ssh_pass='a b'\n\
                       [storage:children]\ncompute\n[all:vars]\nansible_user=kolla\nansible_ssh_common_args='-o ProxyJump=me@j:23'\n";

    #[test]
    fn the_ini_form_is_read() {
        let nodes = Inventory::from_ini(INI).unwrap().nodes(roles, true, "root");
        let names: Vec<&str> = nodes.iter().map(|node| node.id.as_str()).collect();
        assert_eq!(names, ["c1", "n01", "n02"]);
        assert_eq!(nodes[1].roles, [Role::Compute, Role::Storage]);
        let access = nodes[0].access.as_ref().unwrap();
        assert_eq!((access.address.as_str(), access.user.as_str()), ("10.0.0.1", "kolla"));
        assert_eq!(access.jump.as_ref().unwrap().port, 23);
        assert_eq!(nodes[1].access.as_ref().unwrap().identities.len(), 1);
        let all = Inventory::from_ini(INI).unwrap().nodes(roles, false, "root");
        assert_eq!(all.iter().find(|node| node.id == "localhost").unwrap().info["connection"], "local");
    }

    #[test]
    fn the_yaml_form_and_the_tools_output_say_the_same() {
        let yaml = "all:\n  vars: {ansible_user: kolla, ansible_ssh_common_args: '-J me@j:23'}\n  children:\n    control: {hosts: {c1: {ansible_host: 10.0.0.1}}}\n    \
                    storage: {children: {compute: {hosts: {'n[01:02]': {ansible_ssh_pass: a b}}}}}\n";
        let json = r#"{"_meta": {"hostvars": {"c1": {"ansible_host": "10.0.0.1"}, "n01": {"ansible_ssh_pass": "a b"}}},
            "all": {"children": ["control", "storage"], "vars": {"ansible_user": "kolla", "ansible_ssh_common_args": "-J me@j:23"}},
            "control": ["c1"], "storage": {"children": ["compute"]}, "compute": {"hosts": ["n01", "n02"]}}"#;
        for inventory in [Inventory::from_yaml(yaml).unwrap(), Inventory::from_json(json).unwrap()] {
            let nodes = inventory.nodes(roles, true, "root");
            assert_eq!(nodes.len(), 3);
            assert_eq!(nodes[1].roles, [Role::Compute, Role::Storage]);
            assert_eq!(nodes[2].access.as_ref().unwrap().user, "kolla");
            assert_eq!(nodes[0].access.as_ref().unwrap().jump.as_ref().unwrap().address, "j");
        }
    }

    #[test]
    fn what_is_wrong_is_said_with_its_line() {
        for (text, message) in [
            ("[a\n", "line 1: expected `[group]`"),
            ("\n[a:b]\n", "line 2: `:b` is neither"),
            ("[a:vars]\nx\n", "line 2: expected `key=value`"),
            ("h x\n", "line 1: `x` is not a `key=value`"),
            ("h[1:99999999]\n", "line 1: `h[1:99999999]` is not a range"),
            ("h 'x\n", "line 1: a quote"),
        ] {
            let error = Inventory::from_ini(text).unwrap_err();
            assert!(error.starts_with(message), "{error}");
        }
        assert!(Inventory::from_yaml("all: {hosts: [a]}").unwrap_err().contains("all.hosts: expected a map"));
        assert!(Inventory::from_yaml("- a").is_err() && Inventory::from_json("[]").is_err());
        assert_eq!(expand("a[1:2]b[x:y]").unwrap(), ["a1bx", "a1by", "a2bx", "a2by"]);
    }

    proptest::proptest! {
        #[test]
        fn no_text_makes_it_panic(text in "[\\[\\]:=a-c0-9'\"# \n-]{0,100}", any in ".{0,100}") {
            let _ = (Inventory::from_ini(&text), Inventory::from_yaml(&text), Inventory::from_json(&any));
            if let Ok(inventory) = Inventory::from_ini(&text) {
                inventory.nodes(roles, false, "root");
            }
        }
    }
}
