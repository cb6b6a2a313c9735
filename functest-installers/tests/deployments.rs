// SPDX-License-Identifier: Apache-2.0
//! Every installer, over the whole road: login, jump host, the installer's tools, each node.

#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test says what is wrong by ending")]

mod lab;

use functest_core::Installer;
use functest_core::sut::{Permission, ServiceAction};
use functest_installers::{NodeSelection, Sut, SutConfig, detect};
use functest_ssh::Command;
use secrecy::ExposeSecret;

/// A deployment of the lab and what is to be found out about it.
struct Deployment {
    installer: &'static str,
    home: &'static str,
    /// Who logs in, where that is not the usual one.
    user: Option<&'static str>,
    version: Option<&'static str>,
    sdn: Option<&'static str>,
    status: &'static str,
    scenario: &'static str,
    auth_url: Option<&'static str>,
    /// Name, first address, roles, status; of each that must let us in, a `+`.
    nodes: &'static [&'static str],
}

const DEPLOYMENTS: &[Deployment] = &[
    Deployment {
        installer: "kolla-ansible",
        home: "10.213.18.2",
        user: Some("kolla"),
        version: Some("2025.1 Epoxy (31.2.0)"),
        sdn: None,
        status: "unknown",
        scenario: "os-nosdn-nofeature-noha",
        auth_url: Some("http://10.213.18.10:5000"),
        nodes: &[
            "+compute01 10.213.18.12 compute,storage unknown",
            "+compute02 10.213.18.13 compute,storage unknown",
            "compute03 10.213.18.14 compute unknown",
            "+control01 10.213.18.11 controller,network unknown",
        ],
    },
    Deployment {
        installer: "devstack",
        home: "10.213.19.2",
        user: None,
        version: Some("2025.1 Epoxy (31.0.1)"),
        sdn: None,
        status: "active",
        scenario: "os-nosdn-nofeature-noha",
        auth_url: Some("http://10.213.19.2/identity"),
        nodes: &[
            "+devstack 10.213.19.2 controller,network,compute active",
            "+devstack-compute 10.213.19.11 compute active",
            "devstack-off 10.213.19.12 compute offline",
        ],
    },
    Deployment {
        installer: "osa",
        home: "10.213.20.2",
        user: None,
        version: Some("Epoxy (OpenStack-Ansible 31.0.1)"),
        sdn: None,
        status: "unknown",
        scenario: "os-nosdn-nofeature-noha",
        auth_url: Some("http://10.213.20.9:5000/v3"),
        nodes: &[
            "+compute1 10.213.20.12 compute,storage unknown",
            "+compute2 10.213.20.13 compute unknown",
            "compute3 10.213.20.14 compute unknown",
            "+infra1 10.213.20.11 controller,network unknown",
        ],
    },
    Deployment {
        installer: "apex",
        home: "10.213.21.2",
        user: None,
        version: Some("Queens (17.0.5)"),
        sdn: Some("opendaylight 8.1.0"),
        status: "active",
        scenario: "os-odl-nofeature-noha",
        auth_url: Some("http://10.213.21.20:5000/v3"),
        nodes: APEX,
    },
    // A later client prints networks as an object.
    Deployment {
        installer: "apex",
        home: "10.213.21.3",
        user: None,
        version: Some("Queens (17.0.5)"),
        sdn: Some("opendaylight 8.1.0"),
        status: "active",
        scenario: "os-odl-nofeature-noha",
        auth_url: Some("http://10.213.21.20:5000"),
        nodes: APEX,
    },
    Deployment {
        installer: "fuel-mcp",
        home: "10.213.22.2",
        user: None,
        version: Some("Queens (17.0.5)"),
        sdn: Some("opendaylight 8.2.0-1"),
        status: "unknown",
        scenario: "os-odl-nofeature-noha",
        auth_url: Some("http://10.213.22.10:35357/v3"),
        nodes: MCP,
    },
    // Salt 3006.
    Deployment {
        installer: "fuel-mcp",
        home: "10.213.22.4",
        user: None,
        version: Some("Queens (17.0.5)"),
        sdn: Some("opendaylight 8.2.0-1"),
        status: "unknown",
        scenario: "os-odl-nofeature-noha",
        auth_url: Some("http://10.213.22.10:35357/v3"),
        nodes: MCP,
    },
    Deployment {
        installer: "fuel",
        home: "10.213.23.2",
        user: None,
        version: Some("Newton (14.0.2)"),
        sdn: Some("opendaylight 0.5.3-1"),
        status: "active",
        scenario: "os-odl-nofeature-noha",
        auth_url: Some("http://10.213.23.10:5000/v3"),
        nodes: FUEL,
    },
    // Tables of a later version.
    Deployment {
        installer: "fuel",
        home: "10.213.23.3",
        user: None,
        version: Some("Newton (14.0.2)"),
        sdn: Some("opendaylight 0.5.3-1"),
        status: "active",
        scenario: "os-odl-nofeature-noha",
        auth_url: Some("http://10.213.23.10:5000/v3"),
        nodes: FUEL,
    },
    Deployment {
        installer: "joid",
        home: "10.213.24.2",
        user: None,
        version: Some("Xena (24.0.0)"),
        sdn: Some("opendaylight 5.0.2"),
        status: "deploying",
        scenario: "os-odl-nofeature-noha",
        auth_url: Some("http://10.213.24.50:5000/v3"),
        nodes: &[
            "+node1-control 10.213.24.11 controller,compute active",
            "+node2-compute 10.213.24.12 storage,compute active",
            "node3-compute 10.213.24.13 compute offline",
            "3  storage inactive",
        ],
    },
    Deployment {
        installer: "compass",
        home: "10.213.25.2",
        user: None,
        version: Some("Newton (14.0.3)"),
        sdn: Some("opendaylight 0.5.2-Boron-SR2"),
        status: "unknown",
        scenario: "os-odl-nofeature-noha",
        auth_url: Some("http://10.213.25.222:35357/v3"),
        nodes: &[
            "+host1 10.213.25.11 controller,opendaylight unknown",
            "+host2 10.213.25.12 compute,storage unknown",
            "host3 10.213.25.13 compute,storage unknown",
        ],
    },
    // In a container.
    Deployment {
        installer: "compass",
        home: "10.213.25.102",
        user: None,
        version: None,
        sdn: None,
        status: "unknown",
        scenario: "os-nosdn-nofeature-noha",
        auth_url: Some("https://192.16.1.222:5000/v3"),
        nodes: &[
            "+host1 10.213.25.111 controller unknown",
            "+host4 10.213.25.112 compute unknown",
            "host5 10.213.25.113 compute unknown",
        ],
    },
    Deployment {
        installer: "daisy",
        home: "10.213.26.2",
        user: None,
        version: Some("Ocata (15.0.6)"),
        sdn: Some("opendaylight 6.2.0"),
        status: "active",
        scenario: "os-odl-nofeature-noha",
        auth_url: Some("http://10.213.26.10:35357/v3"),
        nodes: &[
            "+host-10-213-26-11 10.213.26.11 controller,compute active",
            "+host-10-213-26-12 10.213.26.12 compute active",
            "host-10-213-26-13 10.213.26.13 compute error",
        ],
    },
    Deployment {
        installer: "sunbeam",
        home: "10.213.27.2",
        user: None,
        version: Some("2024.1"),
        sdn: None,
        status: "active",
        scenario: "os-nosdn-nofeature-noha",
        auth_url: Some("http://10.213.27.240/openstack-keystone/v3"),
        nodes: &[
            "+sunbeam-1.example.com 10.213.27.2 controller,compute active",
            "+sunbeam-2.example.com 10.213.27.11 compute,storage active",
            "sunbeam-3.example.com 10.213.27.12 compute offline",
        ],
    },
    // Classic charms under Juju 3.
    Deployment {
        installer: "joid",
        home: "10.213.27.3",
        user: None,
        version: Some("2024.1 Caracal (29.0.1)"),
        sdn: Some("opendaylight 5.0.2"),
        status: "deploying",
        scenario: "os-odl-nofeature-noha",
        auth_url: None,
        nodes: &[
            "+sunbeam-2 10.213.27.11 controller,compute active",
            "charmed-compute 10.213.27.12 storage,compute active",
            "charmed-off 10.213.27.13 compute offline",
            "3  storage inactive",
        ],
    },
    Deployment {
        installer: "openstack-helm",
        home: "10.213.28.2",
        user: None,
        version: Some("2025.1"),
        sdn: None,
        status: "deploying",
        scenario: "os-nosdn-nofeature-ha",
        auth_url: Some("http://keystone-api.openstack.svc.cluster.local:5000/v3"),
        nodes: &[
            "+osh-control-1 10.213.28.2 controller active",
            "+osh-control-2 10.213.28.11 controller,compute active",
            "+osh-compute-1 10.213.28.12 compute active",
            "osh-compute-2 10.213.28.13 compute offline",
            "edge-arm.sued-2.example 10.213.28.14  inactive",
        ],
    },
];

const APEX: &[&str] = &[
    "+overcloud-controller-0 10.213.21.11 controller active",
    "+overcloud-novacompute-0 10.213.21.12 compute active",
    "overcloud-novacompute-1 10.213.21.13 compute offline",
    "overcloud-cephstorage-0  storage error",
];

const MCP: &[&str] = &[
    "+cfg01.mcp-odl-ha.local 10.213.22.2 installer active",
    "+cmp001.mcp-odl-ha.local 10.213.22.12 compute active",
    "cmp002.mcp-odl-ha.local   offline",
    "+ctl01.mcp-odl-ha.local 10.213.22.11 controller active",
    "mas01.mcp-odl-ha.local 10.213.22.3 installer active",
    "+odl01.mcp-odl-ha.local 10.213.22.14 opendaylight active",
];

const FUEL: &[&str] = &[
    "+node-2 10.213.23.12 compute,storage active",
    "+node-1 10.213.23.11 controller,opendaylight active",
    "node-3 10.213.23.13 compute error",
    "node-4 10.213.23.14 compute offline",
    "node-5 10.213.23.15  unused",
];

fn config(deployment: &Deployment) -> SutConfig {
    SutConfig {
        installer: Some(deployment.installer.into()),
        address: Some(deployment.home.into()),
        user: deployment.user.map(str::to_owned),
        ..lab::config()
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn every_deployment_is_found_out_about() {
    if !lab::is_up() {
        return;
    }
    let looking = DEPLOYMENTS.iter().map(look);
    let wrong: Vec<String> = futures::future::join_all(looking).await.into_iter().flatten().collect();
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// What is not as it should be.
async fn look(expected: &Deployment) -> Vec<String> {
    let mut wrong = Vec::new();
    let place = format!("{} at {}", expected.installer, expected.home);
    let mut compare = |what: &str, found: String, wanted: String| {
        if found != wanted {
            wrong.push(format!("{place}: {what}: found {found}, expected {wanted}"));
        }
    };
    let sut = Sut::open(config(expected)).await.unwrap();
    let probe = sut.probe().await.map(|probe| probe.found);
    compare("probe", format!("{probe:?}"), "Ok(true)".into());
    let found = sut.deployment().await.unwrap();
    compare("version", format!("{:?}", found.openstack_version.as_deref()), format!("{:?}", expected.version));
    compare(
        "sdn",
        format!("{:?}", found.sdn_controller.map(|sdn| sdn.to_string()).as_deref()),
        format!("{:?}", expected.sdn),
    );
    compare("status", found.status.to_string(), expected.status.into());
    compare("scenario", found.scenario.unwrap_or_default(), expected.scenario.into());
    compare("problems", format!("{:?}", found.problems), "[]".into());
    let url = sut.credentials().await.ok().and_then(|credentials| {
        let url = credentials.variables.into_iter().find(|(name, _)| name == "OS_AUTH_URL");
        url.map(|(_, value)| value.expose_secret().to_owned())
    });
    compare("auth url", format!("{:?}", url.as_deref()), format!("{:?}", expected.auth_url));
    let nodes = sut.nodes_in_depth().await.unwrap();
    let shown: Vec<String> = nodes
        .iter()
        .map(|node| {
            let roles: Vec<&str> = node.roles.iter().map(|role| role.as_str()).collect();
            let address = node.addresses.first().map_or("", String::as_str);
            // Some installers know the hardware without a look.
            let looked = node.hardware.as_ref().is_some_and(|hardware| hardware.cpu_model.is_some());
            format!("{}{} {address} {} {}", if looked { "+" } else { "" }, node.name, roles.join(","), node.status)
        })
        .collect();
    let problems: Vec<String> =
        nodes.iter().filter_map(|node| Some(format!("  {}: {}", node.name, node.info.get("problem")?))).collect();
    let before = wrong.len();
    let mut compare = |found: String, wanted: String| {
        if found != wanted {
            wrong.push(format!("{place}: nodes: found {found}, expected {wanted}"));
        }
    };
    compare(format!("{shown:#?}"), format!("{:#?}", expected.nodes));
    if wrong.len() > before {
        wrong.extend(problems);
    }
    wrong
}

#[tokio::test(flavor = "multi_thread")]
async fn detection_says_what_it_was() {
    if !lab::is_up() {
        return;
    }
    for deployment in DEPLOYMENTS.iter().filter(|deployment| deployment.installer != "joid") {
        let config = SutConfig { installer: None, ..config(deployment) };
        let found: Vec<String> = detect(&config)
            .await
            .unwrap()
            .into_iter()
            .filter(|candidate| candidate.probe.found)
            .map(|candidate| candidate.installer)
            .collect();
        // Each with its usual user, unless one is given: two answers would leave the choice to chance.
        assert_eq!(found, [deployment.installer], "{}", deployment.home);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn files_that_list_nodes_lead_to_them() {
    if !lab::is_up() {
        return;
    }
    let fixtures = concat!(env!("CARGO_MANIFEST_DIR"), "/../lab/deployments/static/jumpserver/root");
    for (file, reached) in [
        ("etc/yardstick/pod.yaml", "node1,node2,node3"),
        ("etc/ansible/hosts", "node1,node2,node3"),
        ("etc/ansible/hosts.yml", "node1,node2,node3"),
        // No users are in it: root is taken for granted.
        ("etc/pharos/pod1.yaml", "node1,node2"),
        ("home/opnfv/.ssh/config", "node1,node2"),
    ] {
        let config = SutConfig { inventory: Some(format!("{fixtures}/{file}").into()), ..lab::config() };
        let sut = Sut::open(config).await.unwrap();
        assert_eq!(sut.name(), "static");
        let mut names = Vec::new();
        for node in sut.nodes_in_depth().await.unwrap() {
            if node.hardware.as_ref().is_some_and(|hardware| hardware.cpu_model.is_some())
                && node.id.starts_with("node")
            {
                names.push(node.id);
            }
        }
        assert_eq!(names.join(","), reached, "{file}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn services_are_stopped_and_started_with_permission() {
    if !lab::is_up() {
        return;
    }
    let permission = Permission::given_by("the test");
    for (home, node, service) in [
        ("10.213.18.2", "compute01", "nova_compute"),
        ("10.213.18.2", "compute02", "nova_compute"),
        ("10.213.19.2", "devstack-compute", "devstack@n-cpu"),
        ("10.213.24.2", "node2-compute", "nova-compute"),
    ] {
        let deployment = DEPLOYMENTS.iter().find(|deployment| deployment.home == home).unwrap();
        let sut = Sut::open(config(deployment)).await.unwrap();
        let selection = NodeSelection { names: vec![node.into()], roles: Vec::new() };
        let node = sut.select(&selection).await.unwrap().remove(0);
        for (action, running) in
            [(ServiceAction::Restart, true), (ServiceAction::Stop, false), (ServiceAction::Start, true)]
        {
            let state = sut.control_service(&node, service, action, &permission).await.unwrap();
            assert_eq!(state.running, running, "{service} {action:?} {state:?}");
            assert_eq!(sut.service_state(&node, service).await.unwrap(), state);
        }
        assert!(!sut.service_log(&node, service, 5).await.unwrap().is_empty(), "{service}");
        let error = sut.service_state(&node, "no-such-service").await.unwrap_err().to_string();
        assert!(error.contains("no-such-service"), "{error}");
    }
    let helm = DEPLOYMENTS.iter().find(|deployment| deployment.installer == "openstack-helm").unwrap();
    let sut = Sut::open(config(helm)).await.unwrap();
    let node =
        sut.select(&NodeSelection { names: vec!["osh-compute-1".into()], roles: Vec::new() }).await.unwrap().remove(0);
    assert!(sut.control_service(&node, "nova-compute", ServiceAction::Restart, &permission).await.unwrap().running);
    assert!(sut.control_service(&node, "nova-compute", ServiceAction::Stop, &permission).await.is_err());
}

#[tokio::test(flavor = "multi_thread")]
async fn logs_of_all_nodes_are_collected_and_a_node_that_is_off_is_named() {
    if !lab::is_up() {
        return;
    }
    let kolla = DEPLOYMENTS.iter().find(|deployment| deployment.installer == "kolla-ansible").unwrap();
    let sut = Sut::open(config(kolla)).await.unwrap();
    let folder = tempfile::tempdir().unwrap();
    let report = sut.collect_logs(sut.list().await.unwrap().to_vec(), folder.path()).await.unwrap();
    assert_eq!(report.collected.len(), 3, "{report:?}");
    assert!(report.problems.len() == 1 && report.problems[0].starts_with("compute03: "), "{report:?}");
    let text = std::fs::read_to_string(folder.path().join("control01.log")).unwrap();
    for log in ["/var/log/kolla/nova/nova-api.log", "docker nova_api"] {
        assert!(text.contains(&format!("==> {log} <==")), "{log} is missing");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_wrong_with_a_host_is_said() {
    if !lab::is_up() {
        return;
    }
    let pod = tempfile::NamedTempFile::new().unwrap();
    std::fs::write(
        pod.path(),
        "nodes:\n- {name: refused, ip: 10.213.30.101, user: lab}\n- {name: blackhole, ip: 10.213.30.102, user: lab}\n\
         - {name: banner, ip: 10.213.30.103, user: lab}\n- {name: hostkey, ip: 10.213.30.104, user: lab}\n\
         - {name: kbd, ip: 10.213.30.105, user: lab, password: lab-password}\n- {name: wrong, ip: 10.213.30.1, user: nobody-there}\n\
         - {name: password, ip: 10.213.30.2, user: lab, password: lab-password}\n- {name: ecdsa, ip: 10.213.30.49, user: lab}\n\
         - {name: rsa, ip: 10.213.30.50, user: lab}\n- {name: forwardless, ip: 10.213.30.47, user: lab}\n",
    )
    .unwrap();
    let config = SutConfig { inventory: Some(pod.path().into()), deadline_factor: 1.0, ..lab::config() };
    let sut = Sut::open(config).await.unwrap();
    let expected = [
        ("refused", "cannot reach it"),
        ("blackhole", "connecting took longer than"),
        ("banner", "the handshake took longer than"),
        ("hostkey", "the host key of"),
        ("kbd", ""),
        ("wrong", "refuses the login"),
        ("password", ""),
        ("ecdsa", ""),
        ("rsa", ""),
        ("forwardless", ""),
    ];
    let results = sut.each(sut.list().await.unwrap().to_vec(), 10, |node| {
        let sut = &sut;
        async move { (node.id.clone(), sut.shell(&node).unwrap().run(&Command::new("true")).await) }
    });
    for ((id, result), (name, message)) in results.await.into_iter().zip(expected) {
        assert_eq!(id, name);
        match result {
            Ok(_) => assert_eq!(message, "", "{name}"),
            Err(error) => assert!(!message.is_empty() && error.to_string().contains(message), "{name}: {error}"),
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn sudo_is_told_its_password_and_nothing_else_reads_it() {
    if !lab::is_up() {
        return;
    }
    let pod = tempfile::NamedTempFile::new().unwrap();
    std::fs::write(
        pod.path(),
        "nodes:\n- {name: farm, ip: 10.213.30.3, user: asker}\n- {name: free, ip: 10.213.30.3, user: lab}\n",
    )
    .unwrap();
    let sut = Sut::open(SutConfig { inventory: Some(pod.path().into()), ..lab::config() }).await.unwrap();
    let nodes = sut.list().await.unwrap().to_vec();
    let shell = sut.shell(&nodes[0]).unwrap();
    let with = |password: Option<&str>| functest_ssh::Sudo::root().password(password.map(Into::into));
    let command = |sudo| Command::shell("id -un; cat").stdin("input\n").sudo(Some(sudo));
    let output = shell.run(&command(with(Some("asker-password")))).await.unwrap();
    assert_eq!((output.stdout_text().as_str(), output.stderr_text().as_str()), ("root\ninput\n", ""));
    let error = shell.run(&command(with(Some("wrong")))).await.unwrap_err().to_string();
    assert!(error.contains("the password is wrong") && !error.contains("input"), "{error}");
    let error = shell.run(&command(with(None))).await.unwrap_err().to_string();
    assert!(error.contains("asks for a password"), "{error}");
    // Where it does not ask, the password does not become input.
    let output = sut.shell(&nodes[1]).unwrap().run(&command(with(Some("asker-password")))).await.unwrap();
    assert_eq!(output.stdout_text(), "root\ninput\n");
    // What runs as root is killed as root.
    let seconds = 50_000 + std::process::id();
    let slow = Command::new("sleep").arg(&seconds.to_string()).sudo(Some(with(Some("asker-password"))));
    let error = shell.run(&slow.deadline(std::time::Duration::from_secs(2))).await.unwrap_err().to_string();
    assert!(error.contains("took longer than"), "{error}");
    let left = shell.run(&Command::shell(format!("pgrep -f '[s]leep {seconds}'"))).await.unwrap();
    assert!(!left.status.success(), "it runs on: {}", left.stdout_text());
}
