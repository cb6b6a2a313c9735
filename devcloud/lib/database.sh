# shellcheck shell=bash
# SPDX-License-Identifier: Apache-2.0
#
# The database server's files and the databases in it.

DATABASES=(keystone glance placement nova nova_api nova_cell0 neutron cinder heat)

mysql_root() { mysql --socket="$STATE/run/mysqld.sock"; }

database_exists() { [ -d "$STATE/mysql/mysql" ]; }

# Made under another name and moved, so that a half-made one is never taken for whole. A new
# database has no schema: whatever was recorded as done is no longer.
install_database() {
  database_exists && return 0
  rm -rf "$STATE/mysql.new" "$STATE/mysql"
  forget_all_steps
  mariadb-install-db --defaults-file="$STATE/etc/my.cnf" --user=root --datadir="$STATE/mysql.new" \
    --auth-root-authentication-method=socket --skip-test-db > "$STATE/log/mysql-install.log" 2>&1 ||
    die "mariadb-install-db (see $STATE/log/mysql-install.log)"
  mv "$STATE/mysql.new" "$STATE/mysql"
}

create_database_sql() {
  echo "CREATE DATABASE IF NOT EXISTS $1 CHARACTER SET utf8mb3; GRANT ALL ON $1.* TO openstack@localhost;"
}

create_databases() {
  local name
  is_done databases && return 0
  {
    echo "CREATE USER IF NOT EXISTS openstack@localhost IDENTIFIED BY 'openstack';"
    for name in "${DATABASES[@]}"; do create_database_sql "$name"; done
  } | mysql_root || die "creating databases"
  mark_done databases
}

empty_databases() {
  local name
  for name; do
    echo "DROP DATABASE IF EXISTS $name;"
    create_database_sql "$name"
  done | mysql_root
}
