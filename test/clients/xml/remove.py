"""Takes down what guest.py made, by XML alone; says which networks are left."""

import json
import sys

from client import call, run


def ids(lists, item, **params):
    return [one.findtext("id") for one in call(lists, **params).iter(item)]


[network] = ids("listNetworks", "network", keyword="xml-net")
for guest in ids("listVirtualMachines", "virtualmachine", networkid=network):
    run("destroyVirtualMachine", id=guest, expunge="true")
run("deleteNetwork", id=network)
json.dump(ids("listNetworks", "network", keyword="xml-net"), sys.stdout)
