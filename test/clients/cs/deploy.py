"""A network, a guest in it and rules for it; by POST, which cs signs in the same way."""

from session import first, given, session, tell

plan = given()
cs = session("post")

zone = first(cs.listZones(available=True), "zone")
offering = next(
    one
    for one in cs.listNetworkOfferings(state="Enabled", fetch_list=True)
    if one["guestiptype"] == "Isolated" and not one["forvpc"]
)
size = first(cs.listServiceOfferings(), "serviceoffering")
template = first(cs.listTemplates(templatefilter="executable", zoneid=zone["id"]), "template")
network = cs.createNetwork(
    name="cs-net",
    displaytext="made by cs",
    zoneid=zone["id"],
    networkofferingid=offering["id"],
    gateway="10.2.0.1",
    netmask="255.255.255.0",
)["network"]
guest = cs.deployVirtualMachine(
    name="cs-guest",
    displayname="cs guest",
    zoneid=zone["id"],
    serviceofferingid=size["id"],
    templateid=template["id"],
    iptonetworklist=[{"networkid": network["id"], "ip": "10.2.0.10"}],
    startvm=True,
)["virtualmachine"]
address = cs.associateIpAddress(zoneid=zone["id"], networkid=network["id"])["ipaddress"]
forward = cs.createPortForwardingRule(
    ipaddressid=address["id"],
    protocol="tcp",
    publicport=8080,
    publicendport=8080,
    privateport=80,
    privateendport=80,
    virtualmachineid=guest["id"],
    openfirewall=False,
)["portforwardingrule"]
rule = cs.createFirewallRule(
    ipaddressid=address["id"], protocol="tcp", startport=8080, endport=8080, cidrlist=plan["cidrs"]
)["firewallrule"]
tell(
    {
        "network": first(cs.listNetworks(id=network["id"]), "network"),
        "guest": guest,
        "address": address,
        "forward": forward,
        "rule": rule,
        "router": first(cs.listRouters(networkid=network["id"], listall=True), "router"),
    }
)
