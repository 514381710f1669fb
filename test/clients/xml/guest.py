"""A network with a guest that the world may reach, by XML alone."""

import json
import sys

from client import Refused, call, run

AWKWARD = "<a> & \"b\" 'c' ]]> ~ é 😀 +%2B"

zone = call("listZones").findtext("zone/id")
offering = next(
    one.findtext("id")
    for one in call("listNetworkOfferings", state="Enabled").iter("networkoffering")
    if one.findtext("guestiptype") == "Isolated" and one.findtext("forvpc") == "false"
)
network = call(
    "createNetwork",
    name="xml-net",
    displaytext=AWKWARD,
    zoneid=zone,
    networkofferingid=offering,
    gateway="10.5.0.1",
    netmask="255.255.255.0",
).find("network")
guest = run(
    "deployVirtualMachine",
    name="xml-guest",
    zoneid=zone,
    serviceofferingid=call("listServiceOfferings").findtext("serviceoffering/id"),
    templateid=call("listTemplates", templatefilter="executable").findtext("template/id"),
    networkids=network.findtext("id"),
)
address = run("associateIpAddress", networkid=network.findtext("id"))
rule = run(
    "createPortForwardingRule",
    ipaddressid=address.findtext("id"),
    protocol="tcp",
    publicport=8080,
    privateport=80,
    virtualmachineid=guest.findtext("id"),
)


def refusal(command, **params):
    try:
        return call(command, **params).tag
    except Refused as refused:
        numbers = [refused.root.findtext(name) for name in ("errorcode", "cserrorcode")]
        return [refused.status, refused.root.tag, *numbers, refused.root.findtext("errortext") != ""]


json.dump(
    {
        "text": [network.findtext("displaytext"), AWKWARD],
        "state": [guest.findtext("state"), rule.findtext("state")],
        "address": address.findtext("ipaddress"),
        "version": call("listCapabilities").get("cloud-stack-version"),
        "refused": [refusal("listZones", id="nonsense"), refusal("noSuchCommand")],
    },
    sys.stdout,
)
