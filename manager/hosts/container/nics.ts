import type { MachineNic, MachineSpec } from '../driver.ts'
import type { LinkFacts } from '../network/plan.ts'
import { portName, portPrefix } from '../paths.ts'

/** A veth pair, one end in the machine under its own name, the other on a bridge; lines for `ip -batch`. */
const plugLines = (machine: string, nic: MachineNic, netns: string): string[] => {
  const port = portName(machine, nic)
  return [
    `link add name ${port} type veth peer name ${nic.device} address ${nic.mac} netns ${netns}`,
    `link set dev ${port} master ${nic.bridge}`,
    `link set dev ${port} up`,
    // Last: a port that says whose it is was wholly made. The machine may change its own end's address.
    `link set dev ${port} alias ${nic.mac}`,
  ]
}

/** All nics of a machine that is to start. */
export const nicLines = (machine: MachineSpec, netns: string): string[] =>
  machine.nics.flatMap((nic) => plugLines(machine.name, nic, netns))

/** Lines that turn the nics of a machine that runs into those it should have; none for those that fit. Pure. */
export function replugLines(machine: MachineSpec, links: readonly LinkFacts[], netns: string): string[] {
  const fits = (link: LinkFacts, nic: MachineNic) =>
    link.ifname === portName(machine.name, nic) && link.ifalias === nic.mac
  const present = links.filter(({ ifname }) => ifname.startsWith(portPrefix(machine.name)))
  const gone = present.filter((link) => !machine.nics.some((nic) => fits(link, nic)))
  return [
    // First: what comes may take over a name or an address of what goes.
    ...gone.map(({ ifname }) => `link delete dev ${ifname}`),
    ...machine.nics.flatMap((nic) => {
      const link = present.find((candidate) => fits(candidate, nic))
      if (link === undefined) return plugLines(machine.name, nic, netns)
      return link.master === nic.bridge ? [] : [`link set dev ${link.ifname} master ${nic.bridge}`]
    }),
  ]
}
