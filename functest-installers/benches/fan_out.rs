// SPDX-License-Identifier: Apache-2.0
//! Fifty hosts whose tool takes 1.5 s to answer, asked all together, against the slowest of them asked alone, in one run:
//! `lab/up farm; cargo bench -p functest-installers --bench fan_out`.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::print_stdout, reason = "a benchmark speaks, or ends")]

#[path = "../tests/lab/mod.rs"]
mod lab;

use std::fmt::Write;
use std::time::{Duration, Instant};

use functest_installers::{PARALLEL, Sut, SutConfig};
use functest_ssh::Command;

/// What a slow tool does: it waits, and prints.
const TOOL: &str = "sleep 1.5; hostname";
/// So many of the hosts are asked alone, to find the slowest.
const ALONE: usize = 5;

#[tokio::main]
async fn main() {
    if !lab::is_up() {
        return;
    }
    let pod = tempfile::NamedTempFile::new().unwrap();
    let mut text = "nodes:\n".to_owned();
    for number in 1..=50 {
        writeln!(text, "- {{name: farm-{number:02}, ip: 10.213.30.{number}, user: lab}}").unwrap();
    }
    std::fs::write(pod.path(), text).unwrap();
    let config = SutConfig { inventory: Some(pod.path().into()), ..lab::config() };
    let mut slowest = Duration::ZERO;
    for index in 0..ALONE {
        let sut = Sut::open(config.clone()).await.unwrap();
        let node = sut.list().await.unwrap()[index * 10].clone();
        let begun = Instant::now();
        sut.shell(&node).unwrap().run(&Command::shell(TOOL)).await.unwrap().check().unwrap();
        slowest = slowest.max(begun.elapsed());
    }
    let sut = Sut::open(config).await.unwrap();
    let begun = Instant::now();
    let nodes = sut.list().await.unwrap().to_vec();
    let shells = |node| {
        let sut = sut.clone();
        async move { sut.shell(&node).unwrap().run(&Command::shell(TOOL)).await.unwrap().check().unwrap() }
    };
    let answers = sut.each(nodes, PARALLEL, shells).await.len();
    let together = begun.elapsed();
    let ratio = together.as_secs_f64() / slowest.as_secs_f64();
    println!("{answers} hosts together: {together:.2?}; the slowest of {ALONE} alone: {slowest:.2?}; ratio {ratio:.2}");
}
