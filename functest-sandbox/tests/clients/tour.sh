#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# A tour with openstackclient through all that a sandbox has: OS_CLIENT_CONFIG_FILE=clouds.yaml OS_CLOUD=sandbox-admin
# tour.sh. drive.py says what the lines mean.
set -eu
OS_AUTH_URL=$(sed -n 's/ *auth_url: //p' "$OS_CLIENT_CONFIG_FILE" | head -n 1)
here=$(cd "$(dirname "$0")" && pwd)
file=$(mktemp)
trap 'rm -f "$file" "$file.key" "$file.out"' EXIT
head -c 65536 /dev/urandom >"$file"

/usr/bin/python3 "$here/drive.py" <<TOUR
same project list -f value
same user list -f value
same domain list -f value
same group list -f value
same role list -f value
same role assignment list -f value
same service list -f value
same endpoint list -f value
same region list -f value
same application credential list -f value
same image list -f value
same flavor list --all -f value -c ID -c Name
same keypair list -f value
same server list --all-projects -f value
same server group list -f value
same aggregate list -f value
same network list -f value -c ID -c Name
same subnet list -f value
same port list -f value -c ID
same router list -f value
same floating ip list -f value
same subnet pool list -f value
same address scope list -f value

# Keystone
versions show
configuration show
catalog list => keystone
catalog show nova => compute
token = token issue -f value -c id
token revoke \$token
region create tour-region --description first
region set tour-region --description second
region show tour-region => second
domain create tour-domain --description first
domain set tour-domain --description second
domain show tour-domain => second
project create tour-project --domain tour-domain --description first --tag one --property size=large
project set tour-project --domain tour-domain --description second --tag two
project show tour-project --domain tour-domain => second
project list --domain tour-domain --tags one,two => tour-project
project create tour-child --domain tour-domain --parent tour-project
project show tour-child --domain tour-domain --parents
project = project show tour-project --domain tour-domain -f value -c id
user create tour-user --domain tour-domain --project \$project --password secret --email a@example.org --description one
user set tour-user --domain tour-domain --email b@example.org --disable
user show tour-user --domain tour-domain => b@example.org
user set tour-user --domain tour-domain --enable
user list --domain tour-domain --long => tour-user
user = user show tour-user --domain tour-domain -f value -c id
group create tour-group --domain tour-domain --description first
group set tour-group --domain tour-domain --description second
group show tour-group --domain tour-domain => second
group add user tour-group \$user --group-domain tour-domain
group contains user tour-group \$user --group-domain tour-domain => in group
user list --group tour-group --domain tour-domain => tour-user
role create tour-role --description first
role set tour-role --description second
role show tour-role => second
role add tour-role --user \$user --project \$project
role add member --user \$user --project \$project
role add tour-role --group tour-group --group-domain tour-domain --domain tour-domain
role add tour-role --user \$user --domain tour-domain --inherited
role assignment list --user \$user --names => tour-role
role assignment list --user \$user --project \$project --effective -f value -c Role
role assignment list --group tour-group --group-domain tour-domain --names => tour-group
implied role create tour-role --implied-role reader
implied role list => tour-role
implied role delete tour-role --implied-role reader
user create tour-guest --project demo --password secret
role add member --user tour-guest --project demo
--os-cloud "" --os-auth-url $OS_AUTH_URL --os-user-domain-name Default --os-project-domain-name Default --os-username tour-guest --os-password secret --os-project-name demo token issue => project_id
! --os-cloud "" --os-auth-url $OS_AUTH_URL --os-user-domain-name Default --os-project-domain-name Default --os-username tour-guest --os-password wrong --os-project-name demo token issue
user delete tour-guest
role remove tour-role --user \$user --domain tour-domain --inherited
role remove tour-role --group tour-group --group-domain tour-domain --domain tour-domain
role remove tour-role --user \$user --project \$project
! role show tour-nobody
service create tour-type --name tour-service --description first
service set tour-service --description second
service show tour-service => second
endpoint = endpoint create tour-service public http://127.0.0.1:9/one --region tour-region -f value -c id
endpoint set \$endpoint --url http://127.0.0.1:9/two --disable
endpoint show \$endpoint => /two
endpoint list --service tour-service --interface public --region tour-region => /two
endpoint delete \$endpoint
service delete tour-service
region delete tour-region
application credential create tour-credential --secret hidden --role member --role reader --description first
application credential show tour-credential => first
application credential list => tour-credential
application credential delete tour-credential
access rule list
credential = credential create --type cert --project \$project \$user blob -f value -c id
credential set \$credential --user \$user --type cert --data blob2 --project \$project
credential show \$credential => blob2
credential list --user \$user => cert
credential delete \$credential
ec2 = ec2 credentials create -f value -c access
ec2 credentials list => \$ec2
ec2 credentials show \$ec2
ec2 credentials delete \$ec2
trust = trust create --project admin --role member admin \$user -f value -c id
trust show \$trust => member
trust list => \$trust
trust delete \$trust
policy = policy create $here/drive.py -f value -c id
policy list => \$policy
policy delete \$policy
consumer = consumer create --description first -f value -c id
consumer set \$consumer --description second
consumer show \$consumer => second
consumer delete \$consumer
group remove user tour-group \$user --group-domain tour-domain
role delete tour-role
group delete tour-group --domain tour-domain
user delete tour-user --domain tour-domain
project delete tour-child tour-project --domain tour-domain
domain set tour-domain --disable
domain delete tour-domain

# Glance
image create tour-image --file $file --disk-format raw --container-format bare --min-disk 1 --property kind=tour --tag one
image show tour-image => active
image list --name tour-image --status active --long => raw
image list --property kind=tour => tour-image
image list --sort name:desc --limit 2
image set tour-image --name tour-picture --property kind=picture --tag two --min-ram 64 --protected
image show tour-picture => two
! image delete tour-picture
image set tour-picture --unprotected
image unset tour-picture --tag one --property kind
image save tour-picture --file $file.out
image set tour-picture --deactivate
image show tour-picture => deactivated
image set tour-picture --activate
image set tour-picture --shared
image add project tour-picture demo
image member list tour-picture => pending
image remove project tour-picture demo
image delete tour-picture
! image show tour-picture

# Neutron
extension list --network => Router
extension show router
availability zone list => nova
network agent list => DHCP
agent = network agent list --agent-type dhcp -f value -c ID
network agent show \$agent => DHCP
network agent set \$agent --description tour
network agent set \$agent --description ''
network create tour-net --description first --mtu 1400 --tag one
network set tour-net --description second --tag two
network show tour-net => second
network unset tour-net --tag one
network list --name tour-net --long => tour-net
network list --agent \$agent
network agent list --network tour-net
subnet create tour-subnet --network tour-net --subnet-range 192.0.2.0/24 --dns-nameserver 192.0.2.2 --host-route destination=198.51.100.0/24,gateway=192.0.2.3 --allocation-pool start=192.0.2.10,end=192.0.2.99 --tag one
subnet set tour-subnet --dns-nameserver 192.0.2.4 --description second --allocation-pool start=192.0.2.110,end=192.0.2.120
subnet unset tour-subnet --dns-nameserver 192.0.2.2 --host-route destination=198.51.100.0/24,gateway=192.0.2.3
subnet show tour-subnet => 192.0.2.4
subnet list --network tour-net --ip-version 4 => tour-subnet
ip availability list => tour-net
ip availability show tour-net => tour-net
address scope create tour-scope --ip-version 4
address scope set tour-scope --name tour-reach
address scope show tour-reach => tour-reach
subnet pool create tour-pool --pool-prefix 203.0.113.0/24 --default-prefix-length 28 --address-scope tour-reach
subnet pool set tour-pool --description second --default-prefix-length 27 --tag one
subnet pool unset tour-pool --tag one
subnet pool show tour-pool => second
subnet pool list --address-scope tour-reach => tour-pool
subnet create tour-pooled --network tour-net --subnet-pool tour-pool --prefix-length 28
subnet show tour-pooled => 203.0.113
subnet delete tour-pooled
subnet pool delete tour-pool
address scope delete tour-reach
security group create tour-group --description first --stateless
security group set tour-group --description second --tag one
security group show tour-group => second
security group list --tag one => tour-group
security group unset tour-group --tag one
rule = security group rule create tour-group --protocol tcp --dst-port 22:23 --remote-ip 127.0.0.0/8 -f value -c id
security group rule create tour-group --protocol icmp --icmp-type 8 --egress --ethertype IPv4
security group rule create tour-group --protocol tcp --dst-port 80 --remote-group tour-group
security group rule show \$rule => 22
security group rule list tour-group --ingress --protocol tcp => 22:23
security group rule delete \$rule
security group create tour-open
security group rule create tour-open --protocol tcp --dst-port 22
port create tour-port --network tour-net --fixed-ip subnet=tour-subnet,ip-address=192.0.2.50 --security-group tour-group --allowed-address ip-address=192.0.2.77 --tag one
port set tour-port --name tour-plug --description second --tag two --extra-dhcp-option name=bootfile-name,value=x
port unset tour-plug --tag one --allowed-address ip-address=192.0.2.77 --security-group tour-group
port show tour-plug => 192.0.2.50
port list --network tour-net --fixed-ip ip-address=192.0.2.50 => tour-plug
port set tour-plug --no-security-group --disable-port-security
port set tour-plug --enable-port-security --security-group tour-open
! port create tour-twin --network tour-net --fixed-ip ip-address=192.0.2.50
router create tour-router --description first --tag one
router set tour-router --external-gateway public --description second
router show tour-router => second
router add subnet tour-router tour-subnet
router set tour-router --route destination=198.51.100.0/24,gateway=192.0.2.9
router unset tour-router --route destination=198.51.100.0/24,gateway=192.0.2.9
router add route tour-router --route destination=198.51.100.0/24,gateway=192.0.2.9
router remove route tour-router --route destination=198.51.100.0/24,gateway=192.0.2.9
router list --long --name tour-router => tour-router
! router delete tour-router
network create tour-side
subnet create tour-side-subnet --network tour-side --subnet-range 192.0.3.0/24 --gateway 192.0.3.1
port create tour-leg --network tour-side --fixed-ip subnet=tour-side-subnet,ip-address=192.0.3.1
router add port tour-router tour-leg
router remove port tour-router tour-leg
floating = floating ip create public --description first --tag one -f value -c floating_ip_address
floating ip set \$floating --port tour-plug --tag two
floating ip show \$floating => 192.0.2.50
floating ip list --floating-ip-address \$floating => 192.0.2.50
floating ip unset \$floating --port --tag one
network service provider list
quota show demo
quota show --default
quota set demo --networks 7 --instances 8
quota show demo => 7
quota list --network
quota list --compute --detail --project demo
quota set demo --networks 100 --instances 10
extension list --compute

# Nova
flavor = flavor create tour-flavor --ram 128 --vcpus 1 --disk 1 --private --property hw:one=1 -f value -c id
flavor set tour-flavor --property hw:two=2 --project demo --description second
flavor show tour-flavor => hw:two
flavor unset tour-flavor --property hw:one
flavor list --all --long => tour-flavor
keypair create tour-key --private-key $file.key
keypair show tour-key => fingerprint
keypair show tour-key --public-key => ssh-
keypair list => tour-key
server group create tour-apart --policy soft-anti-affinity
server group show tour-apart => soft-anti-affinity
server group list --all-projects => tour-apart
apart = server group show tour-apart -f value -c id
--os-compute-api-version 2.72 server create tour-server --image cirros --flavor \$flavor --network tour-net --key-name tour-key --security-group tour-open --property one=1 --hint group=\$apart --availability-zone nova --user-data $here/drive.py --config-drive True --description first --tag early --wait
server show tour-server => ACTIVE
server list --name tour-server --status ACTIVE --long => tour-net
server list --all-projects --flavor \$flavor --host sandbox => tour-server
server set tour-server --property two=2 --name tour-machine
server unset tour-machine --property one
server show tour-machine => two
console log show tour-machine
server pause tour-machine
server list --status PAUSED => tour-machine
server unpause tour-machine
server suspend tour-machine
server resume tour-machine
server lock tour-machine
server unlock tour-machine
server stop tour-machine
server list --name tour-machine => SHUTOFF
! server stop tour-machine
server start tour-machine
server reboot tour-machine --wait
server reboot tour-machine --hard --wait
server event list tour-machine => reboot
server add floating ip tour-machine \$floating
server show tour-machine => \$floating
server remove floating ip tour-machine \$floating
port create tour-second --network tour-side
server add port tour-machine tour-second
server remove port tour-machine tour-second
server add network tour-machine tour-side
server remove network tour-machine tour-side
server add fixed ip tour-machine tour-net --fixed-ip-address 192.0.2.60
server show tour-machine => 192.0.2.60
server set tour-machine --state error
server list --status ERROR => tour-machine
server set tour-machine --state active
aggregate create tour-aggregate --zone tour-zone --property one=1
aggregate set tour-aggregate --property two=2 --name tour-rack
aggregate show tour-rack => tour-zone
! aggregate add host tour-rack nowhere
aggregate unset tour-rack --property one
aggregate list --long => tour-rack
aggregate delete tour-rack
hypervisor list --long => sandbox
hypervisor show sandbox => QEMU
hypervisor stats show => vcpus
compute service list => nova-compute
compute service set --disable --disable-reason tour sandbox nova-compute
compute service list --long => tour
compute service set --enable sandbox nova-compute
availability zone list --compute --long
limits show --absolute => maxTotalInstances
limits show --rate
usage list

usage show --project admin => Servers
server delete tour-machine --wait
! server show tour-machine
server group delete tour-apart
keypair delete tour-key
flavor unset tour-flavor --project demo
flavor delete tour-flavor

# The rest of Neutron, now that nothing uses it
floating ip delete \$floating
port delete tour-plug tour-second
router unset tour-router --external-gateway
router remove subnet tour-router tour-subnet
router delete tour-router
subnet delete tour-subnet tour-side-subnet
network delete tour-net tour-side
security group delete tour-group tour-open
TOUR
