mod lab;
use functest_core::Installer;
use functest_installers::*;
use secrecy::ExposeSecret;
#[tokio::test]
async fn dump() {
    for (name, address, user) in [
        ("kolla-ansible", "10.213.18.2", "kolla"), ("devstack", "10.213.19.2", "stack"), ("osa", "10.213.20.2", "root"),
        ("apex", "10.213.21.2", "stack"), ("apex", "10.213.21.3", "stack"), ("fuel-mcp", "10.213.22.2", "ubuntu"),
        ("fuel", "10.213.23.2", ""), ("fuel", "10.213.23.3", ""), ("joid", "10.213.24.2", ""), ("compass", "10.213.25.2", ""),
        ("compass", "10.213.25.102", ""), ("daisy", "10.213.26.2", ""), ("sunbeam", "10.213.27.2", ""), ("joid", "10.213.27.3", ""), ("openstack-helm", "10.213.28.2", ""),
    ] {
        let t = std::time::Instant::now();
        let mut config = lab::config();
        config.address = Some(address.into());
        config.installer = Some(name.into());
        if !user.is_empty() { config.user = Some(user.into()); }
        let sut = Sut::open(config).await.unwrap();
        println!("=== {name} {address}: probe {:?}", sut.probe().await);
        match sut.deployment().await {
            Ok(d) => {
                println!("version {:?} sdn {:?} status {:?} problems {:?}", d.openstack_version, d.sdn_controller, d.status, d.problems);
                for n in sut.nodes_in_depth().await.unwrap() {
                    println!("  {} {} {:?} {:?} {:?} arch {:?} hw {:?} user {:?} {:?}", n.id, n.name, n.addresses, n.roles.iter().map(|r| r.as_str()).collect::<Vec<_>>(), n.status, n.architecture, n.hardware, n.access.as_ref().map(|a| a.user.clone()), n.info);
                }
            }
            Err(e) => println!("ERR {e}"),
        }
        match sut.credentials().await {
            Ok(c) => println!("  cred {} {:?} ca {}", c.origin, c.variables.iter().map(|(k, v)| format!("{k}={}", v.expose_secret())).collect::<Vec<_>>(), c.ca_certificate.is_some()),
            Err(e) => println!("  cred ERR {e}"),
        }
        println!("  {:?}", t.elapsed());
    }
}
