// SPDX-License-Identifier: Apache-2.0
//! `functest nodes`.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use functest::core::sut::{Node, Permission, ServiceState};
use functest::core::words::visible;
use functest::core::{Installer, exit_code};
use functest::installers::{NodeSelection, PARALLEL, Sut};
use functest::ssh::Sudo;
use functest::ssh::transfer::Options;
use functest::{ExecRequest, Functest, NodeExec, SutRequest, TransferReport};
use owo_colors::OwoColorize;

use super::{block_on, interruptible};
use crate::args::{DetectArgs, ExecArgs, GetArgs, ListArgs, LogsArgs, NodesCommand, PutArgs, ServiceArgs, ShowArgs};
use crate::error::Error;
use crate::output::Output;
use crate::terminal::{interactive, node_table, table};

pub(super) fn execute(functest: &Functest, command: NodesCommand, output: &Output) -> Result<u8, Error> {
    match command {
        NodesCommand::List(args) => list(functest, args, output),
        NodesCommand::Show(args) => show(functest, args, output),
        NodesCommand::Exec(args) => exec(functest, args, output),
        NodesCommand::Ssh(args) => ssh(functest, args),
        NodesCommand::Put(args) => put(functest, args, output),
        NodesCommand::Get(args) => get(functest, args, output),
        NodesCommand::Logs(args) => logs(functest, args, output),
        NodesCommand::Service(args) => service(functest, args, output),
        NodesCommand::Detect(args) => detect(functest, args, output),
    }
}

/// The system, and the nodes that are meant.
async fn find(
    functest: &Functest,
    request: SutRequest,
    selection: NodeSelection,
) -> Result<(Sut, Vec<Node>), functest::Error> {
    let sut = functest.sut(&request).await?;
    let nodes = sut.select(&selection).await?;
    Ok((sut, nodes))
}

fn one(name: String) -> NodeSelection {
    NodeSelection { names: vec![name], roles: Vec::new() }
}

fn list(functest: &Functest, args: ListArgs, output: &Output) -> Result<u8, Error> {
    output.note(if args.hardware { "Asking the installer and the nodes ..." } else { "Asking the installer ..." });
    let selection = args.of.selection();
    let list = block_on(interruptible(async {
        let sut = functest.sut(&args.of.sut.request()).await?;
        functest.nodes(&sut, &selection, args.hardware).await
    }))?;
    if let Some(path) = &args.pod_yaml {
        functest.write_pod_yaml(&list.nodes, path, args.with_secrets)?;
        output.note(format!("Written: {}", path.display()));
    }
    match args.json {
        true => output.json(&list)?,
        false => output.table(&node_table::nodes(&list.nodes, output))?,
    }
    Ok(exit_code::OK)
}

fn show(functest: &Functest, args: ShowArgs, output: &Output) -> Result<u8, Error> {
    output.note("Asking the installer and the node ...");
    let (list, path) = block_on(interruptible(async {
        let sut = functest.sut(&args.sut.request()).await?;
        let node = sut.select(&one(args.name.clone())).await?.remove(0);
        let list = functest.nodes(&sut, &one(args.name), true).await?;
        Ok((list, sut.jump_path(&node)))
    }))?;
    match (args.json, list.nodes.first()) {
        (true, _) => output.json(&list)?,
        (false, Some(node)) => node_table::page(node, &path, output)?,
        (false, None) => {}
    }
    Ok(exit_code::OK)
}

fn exec(functest: &Functest, args: ExecArgs, output: &Output) -> Result<u8, Error> {
    let request = ExecRequest {
        line: args.command.join(" "),
        sudo: args.sudo,
        deadline: Duration::from_secs(args.deadline.into()),
        jobs: args.jobs.map_or(0, usize::from),
    };
    let selection = args.of.selection();
    let told = output.clone();
    let progress = move |done: &NodeExec| {
        if !args.json {
            print_exec(done, &told);
        }
    };
    let report = block_on(interruptible(async {
        let (sut, nodes) = find(functest, args.of.sut.request(), selection).await?;
        output.note(format!("Running on {} nodes ...", nodes.len()));
        Ok(functest.exec(&sut, nodes, &request, &progress).await)
    }))?;
    if args.json {
        output.json(&report)?;
    }
    Ok(if report.all_well() { exit_code::OK } else { exit_code::NOT_PASSED })
}

/// What a node wrote, each line under the node's name.
fn print_exec(done: &NodeExec, output: &Output) {
    let name = visible(&done.node);
    for line in done.stdout.lines() {
        let _ = output.line(format!("{}: {}", name.style(output.styles.strong), visible(line)));
    }
    for line in done.stderr.lines() {
        output.note(format!("{}: {}", name.style(output.error_styles.doubtful), visible(line)));
    }
    match (&done.error, done.status) {
        (Some(error), _) => output.warning(format!("{name}: {error}")),
        (None, Some(code)) if code != 0 => output.warning(format!("{name}: ended with {code}")),
        _ => {}
    }
}

fn ssh(functest: &Functest, args: crate::args::SshArgs) -> Result<u8, Error> {
    block_on(async {
        let (sut, nodes) = find(functest, args.sut.request(), one(args.name)).await?;
        let session = match nodes.first() {
            Some(node) => sut.session(node).await.map_err(functest::Error::from)?,
            None => return Ok(exit_code::USAGE),
        };
        interactive::run(&session, &args.command.join(" ")).await
    })
}

/// How files are moved, with a word about it every second.
fn options(sudo: bool, output: &Output) -> Options {
    let moved = Arc::new(AtomicU64::new(0));
    let said = std::sync::Mutex::new(std::time::Instant::now());
    let output = output.clone();
    let progress = move |bytes: u64| {
        moved.fetch_max(bytes, Ordering::Relaxed);
        if let Ok(mut said) = said.try_lock()
            && said.elapsed() >= Duration::from_secs(1)
        {
            *said = std::time::Instant::now();
            output.note(format!("{} MB moved ...", moved.load(Ordering::Relaxed) / 1_000_000));
        }
    };
    Options { sudo: sudo.then(Sudo::root), progress: Some(Arc::new(progress)), ..Options::default() }
}

fn put(functest: &Functest, args: PutArgs, output: &Output) -> Result<u8, Error> {
    std::fs::metadata(&args.local).map_err(|source| Error::Read { path: args.local.clone(), source })?;
    let selection = args.of.selection();
    let options = options(args.sudo, output);
    let report = block_on(interruptible(async {
        let (sut, nodes) = find(functest, args.of.sut.request(), selection).await?;
        output.note(format!("Copying to {} nodes ...", nodes.len()));
        Ok(functest.put(&sut, nodes, &args.local, &args.remote, &options).await)
    }))?;
    print_transfer(&report, args.json, output)
}

fn get(functest: &Functest, args: GetArgs, output: &Output) -> Result<u8, Error> {
    let selection = args.of.selection();
    let options = options(args.sudo, output);
    let report = block_on(interruptible(async {
        let (sut, nodes) = find(functest, args.of.sut.request(), selection).await?;
        output.note(format!("Copying from {} nodes ...", nodes.len()));
        functest.get(&sut, nodes, &args.remote, &args.local, &options).await
    }))?;
    print_transfer(&report, args.json, output)
}

fn print_transfer(report: &TransferReport, json: bool, output: &Output) -> Result<u8, Error> {
    if json {
        output.json(report)?;
    } else {
        for node in &report.nodes {
            match &node.error {
                Some(error) => output.warning(format!("{}: {error}", visible(&node.node))),
                None => output.line(format!("{}: {} files, {} bytes", visible(&node.node), node.files, node.bytes))?,
            }
        }
    }
    Ok(if report.all_well() { exit_code::OK } else { exit_code::NOT_PASSED })
}

fn logs(functest: &Functest, args: LogsArgs, output: &Output) -> Result<u8, Error> {
    let selection = args.of.selection();
    let request = args.of.sut.request();
    if let Some(folder) = args.output {
        let report = block_on(interruptible(async {
            let (sut, nodes) = find(functest, request, selection).await?;
            output.note(format!("Collecting from {} nodes ...", nodes.len()));
            Ok(sut.collect_logs(nodes, &folder).await?)
        }))?;
        for log in &report.collected {
            output.line(format!("{}: {} bytes in {}", visible(&log.node), log.bytes, log.file.display()))?;
        }
        output.warnings(&report.problems);
        return Ok(if report.problems.is_empty() { exit_code::OK } else { exit_code::NOT_PASSED });
    }
    let (name, lines) = (args.service.unwrap_or_default(), args.lines);
    let logs = block_on(interruptible(async {
        let (sut, nodes) = find(functest, request, selection).await?;
        let (sut, name) = (&sut, &name);
        let log = |node: Node| async move { (node.name.clone(), sut.service_log(&node, name, lines).await) };
        Ok(sut.each(nodes, PARALLEL, log).await)
    }))?;
    let mut code = exit_code::OK;
    for (node, log) in logs {
        match log {
            Ok(text) => {
                text.lines().try_for_each(|line| output.line(format!("{}: {}", visible(&node), visible(line))))?
            }
            Err(error) => {
                output.warning(error);
                code = exit_code::NOT_PASSED;
            }
        }
    }
    Ok(code)
}

fn service(functest: &Functest, args: ServiceArgs, output: &Output) -> Result<u8, Error> {
    let change = args.action.change();
    if change.is_some() && !args.allow_disruption {
        return Err(Error::Disruption);
    }
    let selection = args.of.selection();
    let name = &args.service;
    let states = block_on(interruptible(async {
        let (sut, nodes) = find(functest, args.of.sut.request(), selection).await?;
        let (sut, permission) = (&sut, &Permission::given_by("--allow-disruption"));
        let work = |node: Node| async move {
            let state = match change {
                Some(action) => sut.control_service(&node, name, action, permission).await,
                None => sut.service_state(&node, name).await,
            };
            (node.name.clone(), state)
        };
        Ok(sut.each(nodes, PARALLEL, work).await)
    }))?;
    let mut shown: std::collections::BTreeMap<String, ServiceState> = std::collections::BTreeMap::new();
    let mut code = exit_code::OK;
    for (node, state) in states {
        match state {
            Ok(state) => drop(shown.insert(node, state)),
            Err(error) => {
                output.warning(error);
                code = exit_code::NOT_PASSED;
            }
        }
    }
    match args.json {
        true => output.json(&serde_json::json!({ "version": 1, "services": shown }))?,
        false => {
            let mut rows = table(&["node", "service", "state"], output);
            for (node, state) in &shown {
                rows.add_row([visible(node), visible(&state.service), visible(&state.state)]);
            }
            output.table(&rows)?;
        }
    }
    Ok(code)
}

fn detect(functest: &Functest, args: DetectArgs, output: &Output) -> Result<u8, Error> {
    output.note("Trying all installers ...");
    let report = block_on(interruptible(functest.detect(&args.sut.request())))?;
    let found = report.candidates.iter().any(|candidate| candidate.probe.found);
    if args.json {
        output.json(&report)?;
    } else {
        let mut rows = table(&["installer", "found", "place", "evidence"], output);
        for candidate in &report.candidates {
            let word = if candidate.probe.found { "yes" } else { "no" };
            let style = if candidate.probe.found { output.styles.good } else { output.styles.faint };
            let evidence = visible(&candidate.probe.evidence);
            rows.add_row([&candidate.installer, &word.style(style).to_string(), &candidate.place, &evidence]);
        }
        output.table(&rows)?;
    }
    Ok(if found { exit_code::OK } else { exit_code::NOT_PASSED })
}
