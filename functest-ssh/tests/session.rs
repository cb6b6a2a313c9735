// SPDX-License-Identifier: Apache-2.0
//! Logins, commands and their ends, against a real OpenSSH server.

#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test says what is wrong by ending")]

mod sshd;

use std::time::{Duration, Instant};

use functest_ssh::{
    Chunk, Command, Dialer, Error, ExitStatus, Host, HostKeyPolicy, HostKeys, Login, Pty, Sudo, Target,
};

use self::sshd::Sshd;

async fn connect(target: &Target) -> Result<functest_ssh::Session, Error> {
    Dialer::default().connect(target).await
}

#[tokio::test]
async fn every_kind_of_key_logs_in() {
    let Some(sshd) = Sshd::start("") else { return };
    for kind in ["ed25519", "rsa", "ecdsa"] {
        let target = sshd.bare().login(Login::key_file(sshd.path(&format!("id_{kind}"))));
        let output = connect(&target).await.unwrap().run(&Command::new("echo").arg(kind)).await.unwrap();
        assert_eq!(output.stdout_text(), format!("{kind}\n"));
    }
    let text = std::fs::read_to_string(sshd.path("id_locked")).unwrap();
    let locked = |passphrase: Option<&str>| {
        let passphrase = passphrase.map(Into::into);
        sshd.bare().login(Login::Key { text: text.clone().into(), passphrase, origin: "the test".into() })
    };
    connect(&locked(Some("open sesame"))).await.unwrap();
    let error = connect(&locked(None)).await.unwrap_err().to_string();
    assert_eq!(error, "cannot use the key of the test: it is encrypted, and no passphrase was given");
    let error = connect(&locked(Some("wrong"))).await.unwrap_err();
    assert!(matches!(error, Error::Key { .. }) && !error.to_string().contains("wrong"), "{error}");
}

#[tokio::test]
async fn a_wrong_key_is_refused_with_what_was_tried() {
    let Some(sshd) = Sshd::start("") else { return };
    std::fs::write(sshd.path("authorized"), "").unwrap();
    let error = connect(&sshd.target()).await.unwrap_err();
    assert!(matches!(error, Error::Login { .. }), "{error:?}");
    let text = error.to_string();
    assert!(text.contains("tried key ") && text.contains("the host accepts publickey"), "{text}");
    let error = connect(&sshd.bare()).await.unwrap_err().to_string();
    assert!(error.contains("tried nothing"), "{error}");
    let missing = sshd.bare().login(Login::key_file("/nowhere/key"));
    let error = connect(&missing).await.unwrap_err().to_string();
    assert!(error.starts_with("cannot use the key /nowhere/key: No such file"), "{error}");
}

#[tokio::test]
async fn an_agent_logs_in() {
    let Some(sshd) = Sshd::start("") else { return };
    let socket = sshd.path("agent");
    let mut agent = std::process::Command::new("ssh-agent")
        .arg("-D")
        .arg("-a")
        .arg(&socket)
        .stdout(std::process::Stdio::null())
        .spawn()
        .unwrap();
    let begun = Instant::now();
    while !socket.exists() && begun.elapsed() < Duration::from_secs(60) {
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    for kind in ["rsa", "ed25519"] {
        let added = std::process::Command::new("ssh-add")
            .arg("-q")
            .arg(sshd.path(&format!("id_{kind}")))
            .env("SSH_AUTH_SOCK", &socket)
            .status()
            .unwrap();
        assert!(added.success());
        let target = sshd.bare().login(Login::Agent { socket: Some(socket.clone()) });
        let result = connect(&target).await;
        assert!(result.is_ok(), "{kind}: {:?}", result.err());
    }
    agent.kill().unwrap();
    agent.wait().unwrap();
    let gone = sshd.bare().login(Login::Agent { socket: Some(sshd.path("no-agent")) });
    assert!(matches!(connect(&gone).await, Err(Error::Key { .. })));
}

#[tokio::test]
async fn host_keys_decide() {
    let Some(sshd) = Sshd::start("") else { return };
    let with = |policy| sshd.target().host_keys(HostKeys::in_file(sshd.path("mine/known")).policy(policy));
    // Strict, and not known.
    let error = connect(&with(HostKeyPolicy::Strict)).await.unwrap_err();
    let text = error.to_string();
    assert!(
        matches!(error, Error::UnknownHostKey { .. }) && text.contains("SHA256:") && text.contains("mine/known"),
        "{text}"
    );
    // New ones are accepted, written down, and known from then on, to OpenSSH as well.
    connect(&with(HostKeyPolicy::AcceptNew)).await.unwrap();
    connect(&with(HostKeyPolicy::Strict)).await.unwrap();
    let status = std::process::Command::new("ssh")
        .args(["-o", "StrictHostKeyChecking=yes", "-o", "BatchMode=yes", "-p", &sshd.port().to_string(), "-i"])
        .arg(sshd.path("id_ed25519"))
        .arg("-o")
        .arg(format!("UserKnownHostsFile={}", sshd.path("mine/known").display()))
        .args(["127.0.0.1", "true"])
        .status()
        .unwrap();
    assert!(status.success());
    // Only the RSA key is known: it is asked for.
    std::fs::write(sshd.path("mine/known"), sshd.known("rsa")).unwrap();
    connect(&with(HostKeyPolicy::Strict)).await.unwrap();
    // Names that OpenSSH has hashed are found.
    let hashed =
        std::process::Command::new("ssh-keygen").args(["-q", "-H", "-f"]).arg(sshd.path("mine/known")).status();
    assert!(hashed.unwrap().success());
    let text = std::fs::read_to_string(sshd.path("mine/known")).unwrap();
    assert!(text.starts_with("|1|"), "{text}");
    connect(&with(HostKeyPolicy::Strict)).await.unwrap();
    // Another key than the known one, which no policy but `Off` accepts.
    let wrong = std::fs::read_to_string(sshd.path("id_rsa.pub")).unwrap();
    std::fs::write(sshd.path("mine/known"), format!("# a comment\n[127.0.0.1]:{} {wrong}", sshd.port())).unwrap();
    for policy in [HostKeyPolicy::Strict, HostKeyPolicy::AcceptNew] {
        let error = connect(&with(policy)).await.unwrap_err();
        assert!(matches!(error, Error::ChangedHostKey { line: 2, .. }), "{error:?}");
    }
    connect(&with(HostKeyPolicy::Off)).await.unwrap();
    std::fs::write(sshd.path("mine/known"), format!("@revoked * {}", sshd.known("ed25519").split_once(' ').unwrap().1))
        .unwrap();
    let error = connect(&with(HostKeyPolicy::AcceptNew)).await.unwrap_err();
    assert!(matches!(error, Error::RevokedHostKey { line: 1, .. }), "{error:?}");
}

#[tokio::test]
async fn commands_are_what_they_are() {
    let Some(sshd) = Sshd::start("") else { return };
    let session = connect(&sshd.target()).await.unwrap();
    // Standard error is output, not failure; exit codes and signals are told apart.
    let output = session.run(&Command::shell("echo out; echo err >&2")).await.unwrap().check().unwrap();
    assert_eq!((output.stdout_text().as_str(), output.stderr_text().as_str()), ("out\n", "err\n"));
    let output = session.run(&Command::shell("echo no >&2; exit 3")).await.unwrap();
    assert_eq!(output.status, ExitStatus::Code(3));
    let error = output.check().unwrap_err().to_string();
    assert!(error.ends_with("ended with 3: no"), "{error}");
    let output = session.run(&Command::shell("kill -9 $$")).await.unwrap();
    assert_eq!(output.status, ExitStatus::Signal("KILL".into()));
    // Input, binary both ways, environment, odd arguments.
    let bytes: Vec<u8> = (0..300_000_u32).map(|n| (n * 7 % 256) as u8).collect();
    let output = session.run(&Command::new("cat").stdin(bytes.clone())).await.unwrap();
    assert!(output.stdout == bytes, "{} bytes", output.stdout.len());
    let odd = "a 'b' \"c\" $HOME `id` \\ \n*";
    let output =
        session.run(&Command::shell("printf '%s|%s' \"$FUNCTEST_ODD\"").arg(odd).env("FUNCTEST_ODD", odd)).await;
    assert_eq!(output.unwrap().stdout_text(), format!("{odd}|{odd}"));
    // A command that does not read its input ends well.
    session.run(&Command::new("true").stdin(vec![0; 5_000_000])).await.unwrap().check().unwrap();
    // A terminal, where it is wanted.
    let pty = Pty { columns: 123, ..Pty::default() };
    let output = session.run(&Command::shell("tty >&2; stty size").pty(pty)).await.unwrap();
    assert!(
        output.stdout_text().contains("/dev/") && output.stdout_text().contains("24 123"),
        "{}",
        output.stdout_text()
    );
    assert_eq!(session.run(&Command::shell("tty")).await.unwrap().status, ExitStatus::Code(1));
    // Who is that user already needs no sudo.
    let user = session.target().user.clone();
    let sudo = Sudo { user: user.clone(), password: None };
    let output = session.run(&Command::new("id").arg("-un").sudo(Some(sudo))).await.unwrap();
    assert_eq!((output.stdout_text().trim(), output.stderr_text().as_str()), (user.as_str(), ""));
}

#[tokio::test]
async fn ten_thousand_lines_on_both_streams_arrive_whole_and_in_order() {
    let Some(sshd) = Sshd::start("") else { return };
    let session = connect(&sshd.target()).await.unwrap();
    let line = "for n in $(seq 10000); do echo \"out $n\"; echo \"err $n\" >&2; done";
    let output = session.run(&Command::shell(line)).await.unwrap().check().unwrap();
    for (text, word) in [(output.stdout_text(), "out"), (output.stderr_text(), "err")] {
        let lines: Vec<&str> = text.lines().collect();
        assert_eq!(lines.len(), 10_000);
        assert!(lines.iter().enumerate().all(|(n, line)| *line == format!("{word} {}", n + 1)));
    }
}

#[tokio::test]
async fn many_commands_share_one_connection() {
    let Some(sshd) = Sshd::start("") else { return };
    let session = connect(&sshd.target()).await.unwrap();
    let commands = (0..100).map(|n| {
        let session = session.clone();
        async move { session.run(&Command::new("echo").arg(&n.to_string())).await.unwrap().stdout_text() }
    });
    for (n, text) in futures::future::join_all(commands).await.into_iter().enumerate() {
        assert_eq!(text, format!("{n}\n"));
    }
}

/// Waits until `condition` holds.
async fn until(what: &str, condition: impl Fn() -> bool) {
    let begun = Instant::now();
    while !condition() {
        assert!(begun.elapsed() < Duration::from_secs(60), "{what}");
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
}

fn runs(marker: &str) -> bool {
    std::process::Command::new("pgrep").args(["-f", marker]).output().unwrap().status.success()
}

#[tokio::test]
async fn what_takes_too_long_is_killed_with_all_that_it_started() {
    let Some(sshd) = Sshd::start("") else { return };
    let session = connect(&sshd.target()).await.unwrap();
    for stubborn in ["", "trap '' TERM; "] {
        let seconds = 40_000 + std::process::id() + stubborn.len() as u32;
        let marker = format!("sleep {seconds}");
        let line = format!("{stubborn}sh -c '{stubborn}{marker} & wait' & wait");
        let error = session.run(&Command::shell(line).deadline(Duration::from_secs(2))).await.unwrap_err();
        assert!(matches!(error, Error::Deadline { .. }), "{error:?}");
        until("the command runs on", || !runs(&marker)).await;
    }
    // The connection goes on.
    session.run(&Command::new("true")).await.unwrap().check().unwrap();
    let error = session.run(&Command::new("yes").limit(100_000)).await.unwrap_err();
    assert!(matches!(error, Error::TooMuchOutput { limit: 100_000, .. }), "{error:?}");
    session.run(&Command::new("true")).await.unwrap().check().unwrap();
}

#[tokio::test]
async fn output_comes_as_it_is_written_and_input_goes_as_it_is_given() {
    let Some(sshd) = Sshd::start("") else { return };
    let session = connect(&sshd.target()).await.unwrap();
    let mut process = session.start(&Command::shell("while read -r x; do echo \"<$x>\"; done; exit 7")).await.unwrap();
    let stdin = process.stdin();
    for word in ["one", "two"] {
        stdin.write(format!("{word}\n")).await.unwrap();
        assert_eq!(process.next().await.unwrap(), Some(Chunk::Stdout(format!("<{word}>\n").into())));
    }
    stdin.close().await.unwrap();
    assert_eq!(process.wait().await.unwrap(), ExitStatus::Code(7));
}

#[tokio::test]
async fn a_connection_that_is_cut_is_lost_and_not_a_result() {
    let Some(sshd) = Sshd::start("") else { return };
    let host = Host::new(Dialer::default(), sshd.target());
    let session = host.session().await.unwrap();
    let mut process = session.start(&Command::shell("echo begun; sleep 100; echo done")).await.unwrap();
    assert_eq!(process.next().await.unwrap(), Some(Chunk::Stdout("begun\n".into())));
    sshd.cut();
    let error = process.next().await.unwrap_err();
    assert!(matches!(error, Error::Lost { .. }), "{error:?}");
    until("the session does not notice", || session.is_closed()).await;
    // The next command gets a new connection.
    host.run(&Command::new("true")).await.unwrap().check().unwrap();
    // One under way is run again only if it may be.
    let marks = sshd.path("marks");
    let line = format!("echo x >> {}; [ -e {}.end ] || sleep 100", marks.display(), marks.display());
    for (command, repeated) in [(Command::shell(&line), false), (Command::shell(&line).repeatable(), true)] {
        let _ = std::fs::remove_file(&marks);
        let running = {
            let host = host.clone();
            tokio::spawn(async move { host.run(&command).await })
        };
        until("it does not start", || marks.exists()).await;
        std::fs::write(format!("{}.end", marks.display()), "").unwrap();
        sshd.cut();
        let result = running.await.unwrap();
        assert_eq!(result.is_ok(), repeated, "{result:?}");
        assert_eq!(std::fs::read_to_string(&marks).unwrap().lines().count(), if repeated { 2 } else { 1 });
        let _ = std::fs::remove_file(format!("{}.end", marks.display()));
    }
}

#[tokio::test]
async fn ports_lead_here_and_there() {
    use tokio::io::{AsyncReadExt, AsyncWriteExt};
    let Some(sshd) = Sshd::start("") else { return };
    let session = connect(&sshd.target()).await.unwrap();
    let echo = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let at = echo.local_addr().unwrap();
    tokio::spawn(async move {
        while let Ok((mut stream, _)) = echo.accept().await {
            let (mut reader, mut writer) = stream.split();
            let _ = tokio::io::copy(&mut reader, &mut writer).await;
        }
    });
    let local = session.forward_local("127.0.0.1:0".parse().unwrap(), "127.0.0.1", at.port()).await.unwrap();
    let remote = session.forward_remote(0, at).await.unwrap();
    for port in [local.port(), remote.port()] {
        let mut stream = tokio::net::TcpStream::connect(("127.0.0.1", port)).await.unwrap();
        let sent = vec![42_u8; 200_000];
        let (mut reader, mut writer) = stream.split();
        let writing = async {
            writer.write_all(&sent).await.unwrap();
            writer.shutdown().await.unwrap();
        };
        let mut received = Vec::new();
        let (_, read) = tokio::join!(writing, reader.read_to_end(&mut received));
        read.unwrap();
        assert!(received == sent, "{} bytes", received.len());
    }
    let port = remote.port();
    drop((local, remote));
    until("the host listens on", || std::net::TcpStream::connect(("127.0.0.1", port)).is_err()).await;
    let error = session.open_stream("127.0.0.1", 1).await.err().unwrap();
    assert!(matches!(error, Error::Refused { .. }), "{error:?}");
}

#[tokio::test]
async fn a_jump_host_leads_on_and_is_connected_to_once() {
    let (Some(jump), Some(inner)) = (Sshd::start("LogLevel VERBOSE"), Sshd::start("")) else { return };
    let target = inner.target().through(jump.target());
    let dialer = Dialer::default();
    let connecting = (0..5).map(|_| dialer.connect(&target));
    let sessions: Vec<_> = futures::future::join_all(connecting).await.into_iter().collect::<Result<_, _>>().unwrap();
    for session in &sessions {
        session.run(&Command::new("true")).await.unwrap().check().unwrap();
    }
    let log = std::fs::read_to_string(jump.path("log")).unwrap();
    assert_eq!(log.matches("Accepted publickey").count(), 1, "{log}");
    let nowhere = Target { port: 1, ..target.clone() };
    let error = dialer.connect(&nowhere).await.unwrap_err();
    assert!(error.to_string().contains("cannot reach it"), "{error}");
    // Each host's key is checked.
    let unknown = inner.target().host_keys(HostKeys::in_file("/nowhere/known_hosts")).through(jump.target());
    assert!(matches!(dialer.connect(&unknown).await, Err(Error::UnknownHostKey { .. })));
    // Anew, when the connection to the jump host is gone.
    jump.cut();
    until("the session does not notice", || sessions[0].is_closed()).await;
    let session = Host::new(dialer, target).session().await.unwrap();
    session.run(&Command::new("true")).await.unwrap().check().unwrap();
}

#[tokio::test]
async fn what_is_no_ssh_server_is_said_to_be_none() {
    use std::io::Write;
    let deadlines = functest_ssh::Deadlines { handshake: Duration::from_secs(2), ..Default::default() };
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    let target =
        Target::new("127.0.0.1", "root").port(port).host_keys(HostKeys::in_file("/nowhere")).deadlines(deadlines);
    // Never says anything.
    let error = connect(&target).await.unwrap_err();
    assert!(matches!(&error, Error::Deadline { step, .. } if step == "the handshake"), "{error:?}");
    let _silent = listener.accept().unwrap();
    // Says something else, and ends.
    let talker = std::thread::spawn(move || {
        let (mut stream, _) = listener.accept().unwrap();
        stream.write_all(b"HTTP/1.1 400 Bad Request\r\n\r\n").unwrap();
    });
    let error = connect(&target).await.unwrap_err();
    assert!(matches!(error, Error::Handshake { .. } | Error::Deadline { .. }), "{error:?}");
    talker.join().unwrap();
    // Nobody listens any more.
    let error = connect(&target).await.unwrap_err();
    assert!(error.to_string().contains("Connection refused"), "{error}");
    let error = connect(&Target { host: "no.such.name.invalid".into(), ..target.clone() }).await.unwrap_err();
    assert!(matches!(error, Error::Connect { .. } | Error::Deadline { .. }), "{error:?}");
}

#[tokio::test]
async fn a_host_that_boots_is_waited_for() {
    let Some(sshd) = Sshd::start("") else { return };
    let free = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let target =
        Target { port: free, ..sshd.target().host_keys(HostKeys::in_file("/nowhere").policy(HostKeyPolicy::Off)) };
    let (to, from) = (sshd.port(), free);
    let proxy = tokio::spawn(async move {
        tokio::time::sleep(Duration::from_secs(1)).await;
        let listener = tokio::net::TcpListener::bind(("127.0.0.1", from)).await.unwrap();
        let (mut near, _) = listener.accept().await.unwrap();
        let mut far = tokio::net::TcpStream::connect(("127.0.0.1", to)).await.unwrap();
        let _ = tokio::io::copy_bidirectional(&mut near, &mut far).await;
    });
    let session = Dialer::default().connect_within(&target, Duration::from_secs(60)).await.unwrap();
    session.run(&Command::new("true")).await.unwrap().check().unwrap();
    drop(session);
    proxy.abort();
    // What waiting does not change is not waited for.
    let unknown = sshd.target().host_keys(HostKeys::in_file("/nowhere"));
    let error = Dialer::default().connect_within(&unknown, Duration::from_secs(60)).await.unwrap_err();
    assert!(matches!(error, Error::UnknownHostKey { .. }), "{error:?}");
}
