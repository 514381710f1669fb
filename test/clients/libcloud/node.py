"""A guest by Apache Libcloud, which sorts names without case when it signs, and reads many fields without asking."""

import json
import os
import sys
from urllib.parse import urlsplit

from libcloud.compute.providers import get_driver
from libcloud.compute.types import Provider

at = urlsplit(os.environ["CLOUDSTACK_ENDPOINT"])
driver = get_driver(Provider.CLOUDSTACK)(
    key=os.environ["CLOUDSTACK_KEY"],
    secret=os.environ["CLOUDSTACK_SECRET"],
    secure=False,
    host=at.hostname,
    port=at.port,
    path=at.path,
)

[location] = driver.list_locations()
network = next(one for one in driver.ex_list_networks() if one.name == "cs-net")
key = driver.create_key_pair("libcloud-key")
node = driver.create_node(
    name="libcloud-guest",
    location=location,
    size=driver.list_sizes(location)[0],
    image=driver.list_images(location)[0],
    networks=[network],
    ex_keyname=key.name,
    ex_start_vm=True,
)
address = driver.ex_allocate_public_ip(location=location, network_id=network.id)
forward = driver.ex_create_port_forwarding_rule(
    node, address, private_port=80, public_port=8080, protocol="TCP", openfirewall=False
)
rule = driver.ex_create_firewall_rule(address, "0.0.0.0/0", "TCP", start_port=8080, end_port=8080)
seen = next(one for one in driver.list_nodes() if one.id == node.id)
again = driver.ex_get_node(node.id)
result = {
    "state": seen.state,
    "private": seen.private_ips,
    "forwards": [
        [one.address.address, one.protocol, str(one.public_port), str(one.private_port)]
        for one in again.extra["port_forwarding_rules"]
    ],
    "key": key.private_key.splitlines()[0],
    "address": address.address,
    "nics": [nic.ip_address for nic in driver.ex_list_nics(node)],
    "vpcs": [vpc.name for vpc in driver.ex_list_vpcs()],
    "rules": [str(one.start_port) for one in driver.ex_list_firewall_rules() if one.address.id == address.id],
    "stopped": driver.ex_stop(node),
    "started": driver.ex_start(node),
}
json.dump(result, sys.stdout)
