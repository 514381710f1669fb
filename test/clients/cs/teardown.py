"""Takes everything down that there is, whoever made it; says what is left."""

import time

from session import session, tell

cs = session()


def everything(lists, **more):
    return cs.__getattr__(lists)(fetch_list=True, **more)


for guest in everything("listVirtualMachines", listall=True):
    cs.destroyVirtualMachine(id=guest["id"], expunge=True)
for address in everything("listPublicIpAddresses", listall=True):
    if not address["issourcenat"]:
        cs.disassociateIpAddress(id=address["id"])
for network in everything("listNetworks", listall=True):
    cs.deleteNetwork(id=network["id"])
for vpc in everything("listVPCs", listall=True):
    cs.deleteVPC(id=vpc["id"])
[zone] = everything("listZones")
cs.updateZone(id=zone["id"], allocationstate="Disabled")
for host in everything("listHosts", type="Routing"):
    cs.deleteHost(id=host["id"])
deadline = time.monotonic() + 60
while everything("listHosts") and time.monotonic() < deadline:
    time.sleep(0.2)
for lists, delete in [
    ("listClusters", "deleteCluster"),
    ("listPods", "deletePod"),
    ("listVlanIpRanges", "deleteVlanIpRange"),
    ("listPhysicalNetworks", "deletePhysicalNetwork"),
    ("listZones", "deleteZone"),
]:
    for one in everything(lists):
        getattr(cs, delete)(id=one["id"])
tell(
    {
        lists: everything(lists)
        for lists in [
            "listVirtualMachines",
            "listNetworks",
            "listVPCs",
            "listPublicIpAddresses",
            "listRouters",
            "listHosts",
            "listClusters",
            "listPods",
            "listVlanIpRanges",
            "listPhysicalNetworks",
            "listZones",
        ]
    }
)
