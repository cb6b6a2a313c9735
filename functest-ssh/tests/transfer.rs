// SPDX-License-Identifier: Apache-2.0
//! Files and trees, against a real OpenSSH server, with SFTP and without.

#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test says what is wrong by ending")]

mod sshd;

use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::time::{Duration, Instant};

use functest_ssh::transfer::{Options, sha256_of_file};
use functest_ssh::{Dialer, Error, Session};

use self::sshd::Sshd;

/// With SFTP, and where the subsystem is not there.
const KINDS: [&str; 2] = ["", "Subsystem nothing /bin/false"];

async fn session(sshd: &Sshd) -> Session {
    Dialer::default().connect(&sshd.target()).await.unwrap()
}

fn names(folder: &Path) -> Vec<String> {
    let mut names: Vec<_> =
        std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
    names.sort();
    names
}

fn text(path: &Path) -> String {
    path.display().to_string()
}

#[tokio::test]
async fn a_file_arrives_whole_with_its_permissions_and_nothing_else_does() {
    for kind in KINDS {
        let Some(sshd) = Sshd::start(kind) else { return };
        let session = session(&sshd).await;
        let (here, there) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
        let original = here.path().join("it's a file");
        let bytes: Vec<u8> = (0..3_000_001_u32).map(|n| (n.wrapping_mul(2_654_435_761) >> 13) as u8).collect();
        std::fs::write(&original, &bytes).unwrap();
        std::fs::set_permissions(&original, PermissionsExt::from_mode(0o750)).unwrap();
        let options = Options { verify: true, ..Options::default() };
        // Into a folder, under a name, over what is there.
        for place in [text(there.path()), text(&there.path().join("other")), text(&there.path().join("other"))] {
            assert_eq!(session.put_file(&original, &place, &options).await.unwrap(), bytes.len() as u64);
        }
        assert_eq!(names(there.path()), ["it's a file", "other"], "{kind}");
        for name in names(there.path()) {
            let copy = there.path().join(name);
            assert!(std::fs::read(&copy).unwrap() == bytes);
            assert_eq!(copy.metadata().unwrap().permissions().mode() & 0o777, 0o750);
        }
        // And back.
        let back = here.path().join("back");
        session.get_file(&text(&there.path().join("other")), &back, &options).await.unwrap();
        assert_eq!(sha256_of_file(&back).unwrap(), sha256_of_file(&original).unwrap());
        session.get_file(&text(&there.path().join("other")), here.path(), &options).await.unwrap();
        assert_eq!(names(here.path()), ["back", "it's a file", "other"]);
        // Small things without files here.
        let place = text(&there.path().join("small"));
        session.put_bytes(b"a\0b", &place, &Options { mode: Some(0o600), ..Options::default() }).await.unwrap();
        assert_eq!(session.get_bytes(&place, 10, &options).await.unwrap(), b"a\0b");
        assert!(matches!(session.get_bytes(&place, 2, &options).await, Err(Error::TooMuchOutput { .. })));
    }
}

#[tokio::test]
async fn what_cannot_be_copied_is_named_and_leaves_nothing() {
    for kind in KINDS {
        let Some(sshd) = Sshd::start(kind) else { return };
        let session = session(&sshd).await;
        let folder = tempfile::tempdir().unwrap();
        let (file, options) = (folder.path().join("file"), Options::default());
        std::fs::write(&file, "x").unwrap();
        let missing = text(&folder.path().join("no/such"));
        let error = session.put_file(&file, &missing, &options).await.unwrap_err().to_string();
        assert!(error.contains("No such file"), "{kind}: {error}");
        let error = session.get_file(&missing, &folder.path().join("copy"), &options).await.unwrap_err().to_string();
        assert!(error.contains("/no/such") && error.contains("No such file"), "{kind}: {error}");
        let error = session.put_file(Path::new("/no/such"), "/tmp/x", &options).await.unwrap_err().to_string();
        assert!(error.starts_with("/no/such: No such file"), "{error}");
        assert!(session.put_file(folder.path(), "/tmp/x", &options).await.is_err());
        assert!(session.get_file(&text(folder.path()), &folder.path().join("copy"), &options).await.is_err());
        assert_eq!(names(folder.path()), ["file"]);
    }
}

#[tokio::test]
async fn a_tree_arrives_whole() {
    for kind in KINDS {
        let Some(sshd) = Sshd::start(kind) else { return };
        let session = session(&sshd).await;
        let folder = tempfile::tempdir().unwrap();
        let tree = folder.path().join("tree");
        std::fs::create_dir_all(tree.join("a/b/empty")).unwrap();
        for n in 0..20 {
            std::fs::write(tree.join(format!("a/{n}")), "x".repeat(n * 1000)).unwrap();
        }
        std::fs::write(tree.join("run me"), "#!/bin/sh\n").unwrap();
        std::fs::set_permissions(tree.join("run me"), PermissionsExt::from_mode(0o755)).unwrap();
        std::os::unix::fs::symlink("../run me", tree.join("a/link")).unwrap();
        std::os::unix::fs::symlink("/nowhere", tree.join("a/dangling")).unwrap();
        let there = folder.path().join("there");
        let report = session.put_tree(&tree, &text(&there), &Options::default()).await.unwrap();
        assert_eq!((report.files, report.bytes), (21, 190_010), "{kind}");
        let back = folder.path().join("back");
        let report = session.get_tree(&text(&there), &back, &Options::default()).await.unwrap();
        assert_eq!((report.files, report.bytes, report.left_out.len()), (21, 190_010, 0), "{kind}");
        for copy in [&there, &back] {
            let differs =
                std::process::Command::new("diff").args(["-r", "--no-dereference"]).arg(&tree).arg(copy).output();
            let differs = differs.unwrap();
            assert!(differs.status.success(), "{kind}: {}", String::from_utf8_lossy(&differs.stdout));
            assert_eq!(copy.join("run me").metadata().unwrap().permissions().mode() & 0o777, 0o755);
        }
        // Into what is there: the rest of it stays.
        std::fs::write(there.join("older"), "kept").unwrap();
        session.put_tree(&tree, &text(&there), &Options::default()).await.unwrap();
        assert_eq!(std::fs::read_to_string(there.join("older")).unwrap(), "kept");
        assert!(session.get_tree(&text(&there), &back, &Options::default()).await.is_err(), "it is there already");
        assert!(session.get_tree("/no/such", &folder.path().join("new"), &Options::default()).await.is_err());
        assert_eq!(names(folder.path()), ["back", "there", "tree"]);
    }
}

#[tokio::test]
async fn a_transfer_that_is_cut_leaves_nothing_on_either_side() {
    for kind in KINDS {
        let Some(sshd) = Sshd::start(kind) else { return };
        let (here, there) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
        let big = here.path().join("big");
        std::fs::File::create(&big).unwrap().set_len(1_000_000_000).unwrap();
        let place = text(&there.path().join("big"));
        let upload = {
            let (session, big, place) = (session(&sshd).await, big.clone(), place.clone());
            tokio::spawn(async move { session.put_file(&big, &place, &Options::default()).await })
        };
        until(|| names(there.path()).iter().any(|name| name.starts_with(".functest-big"))).await;
        sshd.cut();
        let error = upload.await.unwrap().unwrap_err();
        assert!(!error.to_string().is_empty());
        until(|| names(there.path()).is_empty()).await;
        // The other way, and given up by whoever asked for it.
        let session = session(&sshd).await;
        let copy = here.path().join("copy");
        let (from, options) = (text(&big), Options::default());
        let moment = Duration::from_millis(300);
        let _ = tokio::time::timeout(moment, session.get_file(&from, &copy, &options)).await;
        let _ = tokio::time::timeout(moment, session.put_file(&big, &place, &options)).await;
        until(|| names(there.path()).iter().all(|name| name == "big")).await;
        until(|| names(here.path()).iter().all(|name| !name.starts_with(".functest"))).await;
    }
}

async fn until(condition: impl Fn() -> bool) {
    let begun = Instant::now();
    while !condition() {
        assert!(begun.elapsed() < Duration::from_secs(60), "waited in vain");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}
