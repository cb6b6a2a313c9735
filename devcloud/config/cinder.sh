# shellcheck shell=bash
# SPDX-License-Identifier: Apache-2.0
#
# Cinder, with the NFS driver on a local folder (see make_mount_helper in lib/host.sh).

# default_volume_type is left unset: one that names a type that does not exist breaks every create.
configure_cinder() {
  mkdir -p "$STATE"/cinder/{lock,share,mnt,conversion} "$STATE/etc/cinder"
  echo "$IP:$STATE/cinder/share" > "$STATE/etc/cinder/nfs_shares"
  {
    default_section
    cat <<CONF
host = $CLOUD_HOST
my_ip = $IP
state_path = $STATE/cinder
osapi_volume_listen = $IP
osapi_volume_workers = 1
api_paste_config = /etc/cinder/api-paste.ini
auth_strategy = keystone
enabled_backends = nfs
glance_api_servers = http://$IP:9292
image_conversion_dir = $STATE/cinder/conversion
resource_query_filters_file = /etc/cinder/resource_filters.json
rootwrap_config = /etc/cinder/rootwrap.conf
[database]
connection = $(database_url cinder)
[nfs]
volume_driver = cinder.volume.drivers.nfs.NfsDriver
volume_backend_name = nfs
nfs_shares_config = $STATE/etc/cinder/nfs_shares
nfs_mount_point_base = $STATE/cinder/mnt
nfs_sparsed_volumes = True
nfs_qcow2_volumes = False
nfs_snapshot_support = True
nas_secure_file_operations = False
nas_secure_file_permissions = False
image_volume_cache_enabled = False
max_over_subscription_ratio = 20.0
[privsep]
helper_command = privsep-helper --config-file $STATE/etc/cinder/cinder.conf
[privsep_osbrick]
helper_command = privsep-helper --config-file $STATE/etc/cinder/cinder.conf
[cinder_sys_admin]
helper_command = privsep-helper --config-file $STATE/etc/cinder/cinder.conf
CONF
    client_section nova nova
    client_section service_user cinder
    echo 'send_service_user_token = True'
    auth_sections cinder
  } > "$STATE/etc/cinder/cinder.conf"
}
