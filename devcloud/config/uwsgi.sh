# shellcheck shell=bash
# SPDX-License-Identifier: Apache-2.0
#
# uwsgi, which runs the applications that have no server of their own.

# configure_uwsgi NAME PORT PROCESSES WSGI_FILE
# An ini file, because wsgi-manage-chunked-input does not work from the command line.
configure_uwsgi() {
  cat > "$STATE/etc/uwsgi-$1.ini" <<CONF
[uwsgi]
plugins=python3
http-socket=$IP:$2
wsgi-file=$4
processes=$3
threads=1
master=true
die-on-term=true
lazy-apps=true
enable-threads=true
buffer-size=65535
listen=100
no-orphans=true
disable-logging=true
wsgi-manage-chunked-input=true
add-header=Connection: close
CONF
}
