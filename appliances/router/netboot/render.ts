import type { Rendered } from '@sysvm/agent/service'
import type { SpecEnvelope } from '@sysvm/agent/spec'
import type { Rule } from 'node-iptables'
import { hasAddress, interfacesOf } from '../whole.ts'
import { GUESTS_FILE, HTTP_PORT, type NetbootDocument, TFTP_PORT } from './document.ts'
import type { NetbootSpec } from './spec.ts'

const documentOf = ({ listen, guests }: NetbootSpec): NetbootDocument => ({
  listen: [...listen],
  guests: Object.fromEntries(guests.map((guest) => [guest.address, guest])),
})

/** Guests reach it where they are; a TFTP transfer goes on between two other ports, as the kernel has no helper here. */
const inputRules = ({ listen }: NetbootSpec, whole: SpecEnvelope): readonly Rule[] =>
  listen.flatMap((address) =>
    interfacesOf(whole, 'guest')
      .filter((nic) => hasAddress(nic, address))
      .flatMap(({ device }): readonly Rule[] => [
        { in: device, destination: address, protocol: 'udp', destinationPort: TFTP_PORT, jump: 'ACCEPT' },
        { in: device, destination: address, protocol: 'tcp', destinationPort: HTTP_PORT, jump: 'ACCEPT' },
      ]),
  )

export const render = (spec: NetbootSpec, whole: SpecEnvelope): Rendered => ({
  // Scripts and kernel arguments may hold secrets of a guest.
  files: [
    { path: GUESTS_FILE, text: `${JSON.stringify(documentOf(spec), null, 1)}\n`, secret: true, group: 'netboot' },
  ],
  ruleset: {
    tables: [
      { family: 'inet', name: 'sysvm_filter', chains: [{ name: 'input_services', rules: inputRules(spec, whole) }] },
    ],
  },
})
