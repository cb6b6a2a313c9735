// SPDX-License-Identifier: Apache-2.0
//! The commands that guests have. To add one, add a function and its line in [`COMMANDS`].

use std::fmt::Write;
use std::net::IpAddr;
use std::time::Duration;

use super::shell::Outcome;
use super::{Guest, USER};
use crate::services::Cloud;
use crate::services::network::reachability::{self, Source};

/// What a command sees.
pub(super) struct Context<'c> {
    pub(super) cloud: &'c Cloud,
    pub(super) guest: &'c mut Guest,
    pub(super) input: String,
}

type Command = fn(&mut Context<'_>, &[String]) -> Outcome;

const COMMANDS: [(&str, Command); 18] = [
    ("true", |_, _| good("")),
    ("false", |_, _| bad(1, "")),
    ("echo", echo),
    ("cat", cat),
    ("ls", ls),
    ("rm", rm),
    ("touch", touch),
    ("test", test),
    ("[", test),
    ("grep", grep),
    ("wc", wc),
    ("ip", ip),
    ("ping", ping),
    ("hostname", |context, _| good(format!("{}\n", context.guest.host_name))),
    ("whoami", |_, _| good(format!("{USER}\n"))),
    ("uname", uname),
    ("sleep", sleep),
    ("exit", exit),
];

/// Runs a command.
pub(super) fn run(context: &mut Context<'_>, name: &str, arguments: &[String]) -> Outcome {
    let base = name.rsplit('/').next().unwrap_or(name);
    match COMMANDS.iter().find(|(known, _)| *known == base) {
        Some((_, command)) => command(context, arguments),
        None => bad(127, &format!("-sh: {name}: not found\n")),
    }
}

fn good(output: impl Into<String>) -> Outcome {
    Outcome { output: output.into(), ..Outcome::default() }
}

fn bad(status: u32, errors: &str) -> Outcome {
    Outcome { status, errors: errors.to_owned(), ..Outcome::default() }
}

fn echo(_: &mut Context<'_>, arguments: &[String]) -> Outcome {
    match arguments.split_first() {
        Some((first, rest)) if first == "-n" => good(rest.join(" ")),
        _ => good(format!("{}\n", arguments.join(" "))),
    }
}

fn cat(context: &mut Context<'_>, arguments: &[String]) -> Outcome {
    if arguments.is_empty() {
        return good(std::mem::take(&mut context.input));
    }
    let mut outcome = Outcome::default();
    for path in arguments {
        match context.guest.files.get(path) {
            Some(text) => outcome.output.push_str(text),
            None => {
                let _ = writeln!(outcome.errors, "cat: can't open '{path}': No such file or directory");
                outcome.status = 1;
            }
        }
    }
    outcome
}

fn ls(context: &mut Context<'_>, arguments: &[String]) -> Outcome {
    let wanted = arguments.iter().find(|word| !word.starts_with('-'));
    let Some(path) = wanted else { return good("") };
    let prefix = format!("{}/", path.trim_end_matches('/'));
    let names: std::collections::BTreeSet<&str> = context
        .guest
        .files
        .keys()
        .filter_map(
            |file| if file == path { Some(path.as_str()) } else { file.strip_prefix(&prefix)?.split('/').next() },
        )
        .collect();
    if names.is_empty() {
        bad(1, &format!("ls: {path}: No such file or directory\n"))
    } else {
        good(names.into_iter().map(|name| format!("{name}\n")).collect::<String>())
    }
}

fn rm(context: &mut Context<'_>, arguments: &[String]) -> Outcome {
    for path in arguments.iter().filter(|word| !word.starts_with('-')) {
        if context.guest.files.remove(path).is_none() && !arguments.iter().any(|word| word == "-f") {
            return bad(1, &format!("rm: can't remove '{path}': No such file or directory\n"));
        }
    }
    good("")
}

fn touch(context: &mut Context<'_>, arguments: &[String]) -> Outcome {
    for path in arguments {
        context.guest.files.entry(path.clone()).or_default();
    }
    good("")
}

fn test(context: &mut Context<'_>, arguments: &[String]) -> Outcome {
    let words: Vec<&str> = arguments.iter().map(String::as_str).filter(|word| *word != "]").collect();
    let holds = match words.as_slice() {
        ["-f" | "-e", path] => context.guest.files.contains_key(*path),
        ["-s", path] => context.guest.files.get(*path).is_some_and(|text| !text.is_empty()),
        ["-n", text] => !text.is_empty(),
        ["-z", text] => text.is_empty(),
        [a, "=" | "==" | "-eq", b] => a == b,
        [a, "!=" | "-ne", b] => a != b,
        [text] => !text.is_empty(),
        _ => false,
    };
    if holds { good("") } else { bad(1, "") }
}

fn grep(context: &mut Context<'_>, arguments: &[String]) -> Outcome {
    let quiet = arguments.iter().any(|word| word == "-q");
    let mut words = arguments.iter().filter(|word| !word.starts_with('-'));
    let Some(pattern) = words.next() else { return bad(2, "grep: no pattern\n") };
    let text = match words.next() {
        Some(path) => match context.guest.files.get(path) {
            Some(text) => text.clone(),
            None => return bad(2, &format!("grep: {path}: No such file or directory\n")),
        },
        None => std::mem::take(&mut context.input),
    };
    let found: String =
        text.lines().filter(|line| line.contains(pattern.as_str())).map(|line| format!("{line}\n")).collect();
    match (found.is_empty(), quiet) {
        (true, _) => bad(1, ""),
        (false, true) => good(""),
        (false, false) => good(found),
    }
}

fn wc(context: &mut Context<'_>, arguments: &[String]) -> Outcome {
    let text = std::mem::take(&mut context.input);
    let (lines, words, bytes) = (text.lines().count(), text.split_whitespace().count(), text.len());
    match arguments.first().map(String::as_str) {
        Some("-l") => good(format!("{lines}\n")),
        Some("-c") => good(format!("{bytes}\n")),
        Some("-w") => good(format!("{words}\n")),
        _ => good(format!("{lines} {words} {bytes}\n")),
    }
}

fn ip(context: &mut Context<'_>, arguments: &[String]) -> Outcome {
    match arguments.iter().map(String::as_str).find(|word| !word.starts_with('-')) {
        Some("a" | "addr" | "address") => good(addresses(context.guest)),
        Some("r" | "route") => good(routes(context.guest)),
        Some("l" | "link") => good(addresses(context.guest)),
        Some(other) => bad(1, &format!("ip: no such object: {other}\n")),
        None => bad(1, "ip: an object is missing: address, route, link\n"),
    }
}

fn addresses(guest: &Guest) -> String {
    let mut text = String::from(
        "1: lo: <LOOPBACK,UP,LOWER_UP> mtu 65536 qdisc noqueue qlen 1000\n    inet 127.0.0.1/8 scope host lo\n",
    );
    for (number, interface) in guest.interfaces.iter().enumerate() {
        let _ = writeln!(
            text,
            "{}: eth{number}: <BROADCAST,MULTICAST,UP,LOWER_UP> mtu 1450 qdisc pfifo_fast qlen 1000\n    link/ether {} brd ff:ff:ff:ff:ff:ff",
            number + 2,
            interface.mac
        );
        if let Some((address, prefix)) = interface.address {
            let family = if address.is_ipv6() { "inet6" } else { "inet" };
            let _ = writeln!(text, "    {family} {address}/{prefix} scope global eth{number}");
        }
    }
    text
}

fn routes(guest: &Guest) -> String {
    let mut text = String::new();
    for (number, interface) in guest.interfaces.iter().enumerate() {
        if let Some((IpAddr::V4(address), prefix)) = interface.address
            && let Ok(network) = ipnet::Ipv4Net::new(address, prefix)
        {
            let _ = writeln!(text, "{} dev eth{number} scope link  src {address}", network.trunc());
        }
    }
    text
}

fn ping(context: &mut Context<'_>, arguments: &[String]) -> Outcome {
    let count = arguments.iter().position(|word| word == "-c").and_then(|place| arguments.get(place + 1)?.parse().ok());
    let count: u32 = count.unwrap_or(4).clamp(1, 20);
    let Some(target) = arguments.last() else { return bad(1, "ping: an address is missing\n") };
    let Ok(address) = target.parse::<IpAddr>() else { return bad(1, &format!("ping: bad address '{target}'\n")) };
    let mut text = format!("PING {address} ({address}): 56 data bytes\n");
    let answers = if reached(context, address) { count } else { 0 };
    for sequence in 0..answers {
        let _ = writeln!(text, "64 bytes from {address}: seq={sequence} ttl=64 time=0.500 ms");
    }
    let _ = writeln!(
        text,
        "\n--- {address} ping statistics ---\n{count} packets transmitted, {answers} packets received, {}% packet loss",
        100 - answers * 100 / count
    );
    Outcome { output: text, status: u32::from(answers == 0), ..Outcome::default() }
}

/// Whether an echo request of the guest is answered.
fn reached(context: &Context<'_>, address: IpAddr) -> bool {
    let own = context.guest.interfaces.iter().filter_map(|interface| interface.address);
    if own.map(|(own, _)| own).any(|own| own == address) || address.is_loopback() && address.to_string() == "127.0.0.1"
    {
        return true;
    }
    let mut leaving = context.guest.interfaces.iter().filter(|interface| interface.address.is_some());
    leaving.any(|interface| {
        reachability::path(context.cloud, &interface.port_id, address).is_some_and(|port_id| {
            let from = Source::Port(interface.port_id.clone());
            reachability::may_receive(context.cloud, &port_id, "icmp", None, &from)
        })
    })
}

fn uname(context: &mut Context<'_>, arguments: &[String]) -> Outcome {
    match arguments.first().map(String::as_str) {
        Some("-a") => good(format!("Linux {} 5.15.0 #1 SMP x86_64 GNU/Linux\n", context.guest.host_name)),
        Some("-r") => good("5.15.0\n"),
        Some("-m") => good("x86_64\n"),
        Some("-n") => good(format!("{}\n", context.guest.host_name)),
        _ => good("Linux\n"),
    }
}

fn sleep(_: &mut Context<'_>, arguments: &[String]) -> Outcome {
    let seconds = arguments.first().and_then(|text| text.parse::<f64>().ok());
    match seconds.and_then(|seconds| Duration::try_from_secs_f64(seconds).ok()) {
        Some(time) => Outcome { time: time.min(Duration::from_secs(3600)), ..Outcome::default() },
        None => bad(1, "sleep: invalid number\n"),
    }
}

fn exit(_: &mut Context<'_>, arguments: &[String]) -> Outcome {
    let status = arguments.first().and_then(|text| text.parse().ok()).unwrap_or(0);
    Outcome { status, ends: true, ..Outcome::default() }
}
