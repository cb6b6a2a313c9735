# shellcheck shell=bash
# SPDX-License-Identifier: Apache-2.0
#
# What users of the cloud read: clouds.yaml and openrc (tempest.conf is provision/'s).

write_clouds_yaml() {
  cat > "$STATE/clouds.yaml" <<CONF
clouds:
  devcloud-admin: &base
    auth: &auth
      auth_url: http://$IP:5000/v3
      username: admin
      password: $ADMIN_PASSWORD
      project_name: admin
      user_domain_name: Default
      project_domain_name: Default
    region_name: $REGION
    identity_api_version: 3
  devcloud-demo:
    <<: *base
    auth:
      <<: *auth
      username: demo
      project_name: demo
CONF
}

write_openrc() {
  cat > "$STATE/openrc" <<CONF
export OS_AUTH_URL=http://$IP:5000/v3
export OS_USERNAME=admin
export OS_PASSWORD=$ADMIN_PASSWORD
export OS_PROJECT_NAME=admin
export OS_USER_DOMAIN_NAME=Default
export OS_PROJECT_DOMAIN_NAME=Default
export OS_REGION_NAME=$REGION
export OS_IDENTITY_API_VERSION=3
export OS_INTERFACE=public
export EXTERNAL_NETWORK=public
CONF
}

configure_clients() {
  write_clouds_yaml
  write_openrc
}
