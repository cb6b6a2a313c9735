# shellcheck shell=bash
# SPDX-License-Identifier: Apache-2.0
#
# MariaDB: a socket and no network. Not for data that matters, but it must survive kill -9: each
# commit goes to the kernel (innodb_flush_log_at_trx_commit = 2) without waiting for the disk.

configure_mariadb() {
  cat > "$STATE/etc/my.cnf" <<CONF
[mysqld]
user = root
datadir = $STATE/mysql
socket = $STATE/run/mysqld.sock
pid-file = $STATE/run/mysqld.own.pid
skip-networking
skip-name-resolve
skip-log-bin
performance_schema = off
max_connections = 600
innodb_buffer_pool_size = 192M
innodb_log_file_size = 64M
innodb_flush_log_at_trx_commit = 2
innodb_flush_method = fsync
CONF
}
