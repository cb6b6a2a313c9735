# shellcheck shell=bash
# SPDX-License-Identifier: Apache-2.0
#
# Neutron: the server with the Linux bridge mechanism, and its agents.

configure_neutron_server() {
  {
    default_section
    cat <<CONF
host = $CLOUD_HOST
state_path = $STATE/neutron
bind_host = $IP
bind_port = 9696
api_workers = 1
rpc_workers = 1
rpc_state_report_workers = 0
core_plugin = ml2
service_plugins = router,qos,trunk,port_forwarding
api_paste_config = /etc/neutron/api-paste.ini
auth_strategy = keystone
allow_overlapping_ips = True
notify_nova_on_port_status_changes = True
notify_nova_on_port_data_changes = True
interface_driver = linuxbridge
global_physnet_mtu = 1500
dhcp_agents_per_network = 1
l3_ha = False
max_l3_agents_per_router = 1
external_pids = $STATE/neutron/external/pids
dhcp_lease_duration = 86400
[database]
connection = $(database_url neutron)
max_pool_size = 10
[experimental]
linuxbridge = True
[agent]
root_helper = env
report_interval = 10
[privsep]
helper_command = privsep-helper --config-file $STATE/etc/neutron.conf
[quotas]
quota_network = 500
quota_subnet = 500
quota_port = 1000
quota_router = 100
quota_floatingip = 200
quota_security_group = 500
quota_security_group_rule = 2000
CONF
    client_section nova nova
    client_section placement neutron
    auth_sections neutron
    cat <<CONF

[ml2]
type_drivers = flat,vxlan,local
tenant_network_types = vxlan
mechanism_drivers = linuxbridge,l2population
extension_drivers = port_security,qos
[ml2_type_flat]
flat_networks = public
[ml2_type_vxlan]
vni_ranges = 1:1000
CONF
  } > "$STATE/etc/neutron.conf"
}

configure_neutron_linuxbridge() {
  cat > "$STATE/etc/neutron-linuxbridge.conf" <<CONF
[linux_bridge]
bridge_mappings = public:$EXTERNAL_BRIDGE
[vxlan]
enable_vxlan = True
local_ip = $EXTERNAL_GATEWAY
l2_population = True
[securitygroup]
enable_security_group = True
firewall_driver = iptables
enable_ipset = True
[agent]
extensions = qos
polling_interval = 2
CONF
}

configure_neutron_l3() {
  cat > "$STATE/etc/neutron-l3.conf" <<CONF
[DEFAULT]
agent_mode = legacy
metadata_port = 9697
handle_internal_only_routers = True
[agent]
extensions = port_forwarding
CONF
}

configure_neutron_dhcp() {
  cat > "$STATE/etc/neutron-dhcp.conf" <<CONF
[DEFAULT]
dhcp_driver = neutron.agent.linux.dhcp.Dnsmasq
enable_isolated_metadata = True
dnsmasq_local_resolv = False
CONF
}

configure_neutron_metadata() {
  cat > "$STATE/etc/neutron-metadata.conf" <<CONF
[DEFAULT]
nova_metadata_host = $IP
nova_metadata_port = 8775
metadata_proxy_shared_secret = devcloud
metadata_workers = 1
CONF
}

configure_neutron() {
  mkdir -p "$STATE"/neutron/{lock,external/pids}
  configure_neutron_server
  configure_neutron_linuxbridge
  configure_neutron_l3
  configure_neutron_dhcp
  configure_neutron_metadata
}
