# shellcheck shell=bash
# SPDX-License-Identifier: Apache-2.0
#
# Keystone, under uwsgi.

configure_keystone() {
  mkdir -p "$STATE/keystone" "$STATE/etc/keystone"
  cat > "$STATE/etc/keystone/keystone.conf" <<CONF
[DEFAULT]
public_endpoint = http://$IP:5000
[database]
connection = $(database_url keystone)
max_pool_size = 10
[cache]
enabled = True
backend = dogpile.cache.pymemcache
memcache_servers = $IP:11211
[token]
provider = fernet
expiration = 86400
[fernet_tokens]
key_repository = $STATE/keystone/fernet-keys
[fernet_receipts]
key_repository = $STATE/keystone/fernet-keys
[credential]
key_repository = $STATE/keystone/credential-keys
[security_compliance]
unique_last_password_count = 2
lockout_failure_attempts = 2
lockout_duration = 5
CONF
  configure_uwsgi keystone 5000 2 /usr/bin/keystone-wsgi-public
}
