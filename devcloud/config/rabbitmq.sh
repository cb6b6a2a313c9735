# shellcheck shell=bash
# SPDX-License-Identifier: Apache-2.0
#
# RabbitMQ, the message bus: on loopback, without plugins.

configure_rabbitmq() {
  cat > "$STATE/etc/rabbitmq.conf" <<CONF
listeners.tcp.1 = $IP:5672
default_user = openstack
default_pass = openstack
log.console = true
log.console.level = warning
log.file = false
vm_memory_high_watermark.relative = 0.3
disk_free_limit.absolute = 50MB
CONF
  echo '[].' > "$STATE/etc/enabled_plugins"
}
