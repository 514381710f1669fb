"""A data center, in the order in which set-up scripts for CloudStack make one; says the ids of what it made."""

from session import first, given, session, tell

plan = given()
cs = session()

cs.updateConfiguration(name="guest.domain.suffix", value="clients.example")
zone = cs.createZone(
    name="zone1",
    networktype="Advanced",
    dns1=plan["dns"],
    internaldns1=plan["dns"],
    allocationstate="Disabled",
)["zone"]
physical = cs.createPhysicalNetwork(name="phys1", zoneid=zone["id"], isolationmethods=["VXLAN"], vlan="5000-5099")[
    "physicalnetwork"
]
labels = {"Management": None, "Guest": None, "Public": plan["publicbridge"]}
for traffictype, label in labels.items():
    cs.addTrafficType(physicalnetworkid=physical["id"], traffictype=traffictype, kvmnetworklabel=label)

providers = cs.listNetworkServiceProviders(physicalnetworkid=physical["id"], fetch_list=True)
elements = {
    "VirtualRouter": ("listVirtualRouterElements", "virtualrouterelement", "configureVirtualRouterElement"),
    "InternalLbVm": (
        "listInternalLoadBalancerElements",
        "internalloadbalancerelement",
        "configureInternalLoadBalancerElement",
    ),
    "VpcVirtualRouter": ("listVirtualRouterElements", "virtualrouterelement", "configureVirtualRouterElement"),
}
for provider in providers:
    if provider["name"] in elements:
        lists, item, configure = elements[provider["name"]]
        element = first(getattr(cs, lists)(nspid=provider["id"]), item)
        getattr(cs, configure)(id=element["id"], enabled=True)
    cs.updateNetworkServiceProvider(id=provider["id"], state="Enabled")
cs.updatePhysicalNetwork(id=physical["id"], state="Enabled")

pod = cs.createPod(name="pod1", zoneid=zone["id"], **plan["pod"])["pod"]
vlan = cs.createVlanIpRange(
    zoneid=zone["id"],
    physicalnetworkid=physical["id"],
    vlan="untagged",
    forvirtualnetwork=True,
    **plan["public"],
)["vlan"]
cluster = first(
    cs.addCluster(
        zoneid=zone["id"],
        podid=pod["id"],
        clustername="cluster1",
        clustertype="CloudManaged",
        hypervisor=plan["hypervisor"],
    ),
    "cluster",
)
host = first(
    cs.addHost(
        zoneid=zone["id"],
        podid=pod["id"],
        clusterid=cluster["id"],
        hypervisor=plan["hypervisor"],
        url=plan["host"],
        username="root",
    ),
    "host",
)
zone = cs.updateZone(id=zone["id"], allocationstate="Enabled")["zone"]
tell(
    {
        "providers": sorted(provider["name"] for provider in providers),
        "zone": zone,
        "physicalnetwork": physical,
        "pod": pod,
        "vlan": vlan,
        "cluster": cluster,
        "host": host,
    }
)
