# shellcheck shell=bash
# SPDX-License-Identifier: Apache-2.0
#
# Nova: one file for api, conductor and scheduler, and one without databases for compute.

nova_service_sections() {
  client_section placement nova
  client_section neutron nova
  cat <<CONF
service_metadata_proxy = True
metadata_proxy_shared_secret = devcloud
CONF
  client_section service_user nova
  echo 'send_service_user_token = True'
  auth_sections nova
}

configure_nova() {
  local driver=libvirt.LibvirtDriver filters=ComputeFilter,ComputeCapabilitiesFilter,ImagePropertiesFilter
  filters+=,ServerGroupAntiAffinityFilter,ServerGroupAffinityFilter
  filters+=,SameHostFilter,DifferentHostFilter
  [ "$VIRT" != fake ] || driver=fake.FakeDriver
  mkdir -p "$STATE"/nova/{instances,lock,mnt}
  {
    default_section
    cat <<CONF
host = $CLOUD_HOST
my_ip = $IP
state_path = $STATE/nova
instances_path = $STATE/nova/instances
enabled_apis = osapi_compute,metadata
osapi_compute_listen = $IP
osapi_compute_workers = 1
metadata_listen = $IP
metadata_workers = 1
compute_driver = $driver
reserved_host_memory_mb = 512
initial_ram_allocation_ratio = 4.0
initial_cpu_allocation_ratio = 64.0
initial_disk_allocation_ratio = 16.0
allow_resize_to_same_host = True
vif_plugging_timeout = 120
resume_guests_state_on_host_boot = True
shutdown_timeout = 5
[api]
auth_strategy = keystone
[wsgi]
api_paste_config = /etc/nova/api-paste.ini
[database]
connection = $(database_url nova)
[api_database]
connection = $(database_url nova_api)
[conductor]
workers = 1
[scheduler]
workers = 1
discover_hosts_in_cells_interval = 30
[filter_scheduler]
enabled_filters = $filters
track_instance_changes = False
[vnc]
enabled = False
[spice]
enabled = False
[libvirt]
virt_type = qemu
cpu_mode = none
connection_uri = qemu:///system
images_type = qcow2
volume_use_multipath = False
nfs_mount_point_base = $STATE/nova/mnt
[privsep_osbrick]
helper_command = privsep-helper --config-file $STATE/etc/nova.conf
[vif_plug_linux_bridge_privileged]
helper_command = privsep-helper --config-file $STATE/etc/nova.conf
[vif_plug_ovs_privileged]
helper_command = privsep-helper --config-file $STATE/etc/nova.conf
[nova_sys_admin]
helper_command = privsep-helper --config-file $STATE/etc/nova.conf
[cinder]
catalog_info = volumev3::internalURL
os_region_name = $REGION
CONF
    nova_service_sections
  } > "$STATE/etc/nova.conf"
  # nova-compute may not know the databases: with [api_database] set it tries, and logs an error each time.
  sed '/^connection = mysql/d' "$STATE/etc/nova.conf" > "$STATE/etc/nova-compute.conf"
}
