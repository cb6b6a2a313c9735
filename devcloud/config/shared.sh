# shellcheck shell=bash
# SPDX-License-Identifier: Apache-2.0
#
# Parts that the configuration files of several services have in common.

# pymysql wants charset=utf8; with utf8mb3 every schema step dies with "'NoneType' object has no
# attribute 'encoding'".
database_url() {
  echo "mysql+pymysql://openstack:openstack@localhost/$1?unix_socket=$STATE/run/mysqld.sock&charset=utf8"
}

# The head of every file: section DEFAULT with what all services set in it.
default_section() {
  cat <<CONF
[DEFAULT]
transport_url = rabbit://openstack:openstack@$IP:5672/
use_journal = False
CONF
}

# auth_sections SERVICE: how it checks tokens, and the common libraries' sections.
auth_sections() {
  cat <<CONF

[keystone_authtoken]
auth_type = password
auth_url = http://$IP:5000/v3
www_authenticate_uri = http://$IP:5000/v3
memcached_servers = $IP:11211
username = $1
password = $SERVICE_PASSWORD
project_name = service
user_domain_name = Default
project_domain_name = Default
region_name = $REGION
service_token_roles = service
service_token_roles_required = True

[oslo_concurrency]
lock_path = $STATE/$1/lock

[oslo_messaging_rabbit]
heartbeat_in_pthread = False

[oslo_messaging_notifications]
driver = noop

[oslo_middleware]
enable_proxy_headers_parsing = True
CONF
}

# client_section SECTION USER: how a service calls another as USER.
client_section() {
  cat <<CONF

[$1]
auth_type = password
auth_url = http://$IP:5000/v3
username = $2
password = $SERVICE_PASSWORD
project_name = service
user_domain_name = Default
project_domain_name = Default
region_name = $REGION
CONF
}
