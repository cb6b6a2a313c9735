# shellcheck shell=bash
# SPDX-License-Identifier: Apache-2.0
#
# Heat: both APIs and the engine read one file.

configure_heat() {
  mkdir -p "$STATE/heat/lock"
  {
    default_section
    cat <<CONF
host = $CLOUD_HOST
region_name_for_services = $REGION
heat_metadata_server_url = http://$IP:8000
heat_waitcondition_server_url = http://$IP:8000/v1/waitcondition
stack_domain_admin = heat_domain_admin
stack_domain_admin_password = $SERVICE_PASSWORD
stack_user_domain_name = heat
num_engine_workers = 1
deferred_auth_method = trusts
trusts_delegated_roles =
auth_encryption_key = 0123456789abcdef0123456789abcdef
environment_dir = /etc/heat/environment.d
template_dir = /etc/heat/templates
[heat_api]
bind_host = $IP
workers = 1
[heat_api_cfn]
bind_host = $IP
workers = 1
[paste_deploy]
api_paste_config = /etc/heat/api-paste.ini
[clients_keystone]
auth_uri = http://$IP:5000
[database]
connection = $(database_url heat)
CONF
    client_section trustee heat
    auth_sections heat
  } > "$STATE/etc/heat.conf"
}
