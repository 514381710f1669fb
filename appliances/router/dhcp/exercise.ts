import { randomInt } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Effects, Wire } from '@sysvm/agent/service'
import { SysvmError } from '@sysvm/errors'
import { command } from './control.ts'
import type { DhcpSpec } from './spec.ts'

const OFFERS = 'pkt4-offer-sent'
const PATIENCE_MS = 2000
const POLL_MS = 20

/** A DHCPDISCOVER of a guest (RFC 2131, 2 and 4.4.1; RFC 951 wants 300 bytes). */
export const discover = (mac: string, transaction: number): Uint8Array => {
  const message = Buffer.alloc(300)
  // BOOTREQUEST over Ethernet, whose addresses have six octets.
  message.set([1, 1, 6, 0])
  message.writeUInt32BE(transaction, 4)
  message.set(
    mac.split(':').map((octet) => Number.parseInt(octet, 16)),
    28,
  )
  // The magic cookie, then option 53 (DHCPDISCOVER) and the end.
  message.set([99, 130, 83, 99, 53, 1, 1, 255], 236)
  return message
}

const offers = async (effects: Effects): Promise<number> => {
  const answer = (await command(effects, 'statistic-get', { name: OFFERS })) as Record<string, [[number, string]]>
  return answer?.[OFFERS]?.[0]?.[0] ?? 0
}

/**
 * One guest asks for an address, and Kea offers it. No lease comes of an offer, and a guest that hears one it did not
 * ask for ignores it.
 */
export const exercise = async ({ subnets }: DhcpSpec, wire: Wire, effects: Effects): Promise<void> => {
  for (const { device, reservations } of subnets) {
    const [guest] = reservations
    if (guest === undefined) continue
    const before = await offers(effects)
    await wire.dhcp(device, discover(guest.mac, randomInt(2 ** 32)))
    const deadline = performance.now() + PATIENCE_MS
    while ((await offers(effects)) <= before) {
      if (performance.now() > deadline)
        throw new SysvmError('SYSVM_PROBE_FAILED', `Kea offers ${guest.mac} on ${device} no address.`)
      await sleep(POLL_MS)
    }
  }
}
