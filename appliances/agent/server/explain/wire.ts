import { createSocket } from 'node:dgram'
import { setTimeout as sleep } from 'node:timers/promises'
import { SysvmError } from '@sysvm/errors'
import { follow } from '../../effects/follow.ts'
import type { Effects, PacketFlow, Trace, Wire } from '../../service/index.ts'
import { contains, contains6 } from '../../spec/index.ts'
import {
  dhcpRuleset,
  type Injection,
  injectRuleset,
  isSix,
  redirectLines,
  removeTable,
  routeLines,
  WIRE,
  type Wired,
  wireKeys,
  wireLines,
} from './inject.ts'
import { readTrace } from './read.ts'
import { send } from './send.ts'

/**
 * Attempts: how long the monitor is given until it listens, and then to tell all of a packet, in milliseconds. An
 * emulated machine on a busy one takes seconds for what else takes tens of milliseconds.
 */
const ATTEMPTS = [
  { listen: 150, tell: 500 },
  { listen: 600, tell: 2000 },
  { listen: 2000, tell: 5000 },
] as const
const POLL_MS = 20

interface Address {
  readonly family: string
  readonly local?: string
  readonly prefixlen: number
}

export interface Link {
  readonly ifname: string
  readonly address: string
  readonly addr_info?: readonly Address[]
}

const json = async <T>({ run }: Effects, ...words: string[]): Promise<T> =>
  JSON.parse((await run(['ip', '-json', ...words])).stdout) as T

/**
 * The device by which a packet from that source comes: that of its own network; else, when it is for an address of the
 * router, the device with that address; else the way back to the source.
 */
export const cameBy = async (flow: PacketFlow, effects: Effects): Promise<Link> => {
  const links = await json<Link[]>(effects, 'address', 'show')
  const family = isSix(flow)
    ? { name: 'inet6', bits: 128, holds: contains6 }
    : { name: 'inet', bits: 32, holds: contains }
  const at = (test: (address: Address) => boolean) =>
    links.find(
      ({ ifname, addr_info }) => ifname !== 'lo' && addr_info?.some((one) => one.family === family.name && test(one)),
    )
  if (at(({ local }) => local === flow.source) !== undefined)
    throw new SysvmError(
      'SYSVM_REQUEST_INVALID',
      `The source ${flow.source} is the router's own address: it sends to it, not through it.`,
    )
  const routed = async () => {
    const [route] = await json<{ dev?: string }[]>(effects, 'route', 'get', flow.source).catch(() => [])
    return links.find(({ ifname }) => ifname === route?.dev)
  }
  const found =
    at(({ local = '', prefixlen }) => prefixlen < family.bits && family.holds(`${local}/${prefixlen}`, flow.source)) ??
    at(({ local }) => local === flow.destination) ??
    (await routed())
  if (found !== undefined) return found
  throw new SysvmError(
    'SYSVM_REQUEST_INVALID',
    `The router knows no way to the source ${flow.source}, so nothing can come from it.`,
  )
}

/** All is told: it came to an end, or was dropped on the way. */
const isWhole = ({ end, decisions }: Trace): boolean => end !== undefined || decisions.at(-1)?.verdict === 'drop'

const observe = async (
  injection: Injection,
  { listen, tell }: (typeof ATTEMPTS)[number],
  effects: Effects,
): Promise<Trace> => {
  const monitor = follow(['nft', 'monitor', 'trace'])
  const protocol = injection.protocol === 'icmp' && isSix(injection) ? 'icmpv6' : injection.protocol
  const told = (): Trace => readTrace(monitor.output(), protocol)
  try {
    await sleep(listen)
    await send(injection, effects)
    const deadline = performance.now() + tell
    while (!isWhole(told()) && performance.now() < deadline) await sleep(POLL_MS)
    return told()
  } finally {
    await monitor.stop()
  }
}

/** Takes away what an earlier one that was killed may have left, and is no error when there is nothing. */
const clear = async ({ run }: Effects): Promise<void> => {
  await run(['ip', 'link', 'delete', 'dev', WIRE.in]).catch(() => undefined)
  await run(['nft', '-f', '-'], { input: removeTable })
}

const withWire = async <T>(wired: Wired, effects: Effects, use: () => Promise<T>) => {
  await clear(effects)
  try {
    await effects.run(['ip', '-batch', '-'], { input: wireLines(wired) })
    for (const key of wireKeys(wired)) await effects.run(['sysctl', '-q', '-w', key])
    await effects.run(['ip', '-batch', '-'], { input: routeLines(wired) })
    await effects.run(['tc', '-batch', '-'], { input: redirectLines(wired) })
    return await use()
  } finally {
    await clear(effects)
  }
}

/** Sends a real packet of the flow through the ruleset and tells what the kernel said of it. */
export const tracePacket = (flow: PacketFlow, link: Link, effects: Effects): Promise<Trace> => {
  const { ifname: device, address: mac } = link
  return withWire({ device, mac, flow }, effects, async () => {
    let trace: Trace = { decisions: [] }
    for (const attempt of ATTEMPTS) {
      const sourcePort = 20_000 + Math.floor(Math.random() * 40_000)
      const injection: Injection = { ...flow, device, mac, sourcePort }
      await effects.run(['nft', '-f', '-'], { input: injectRuleset(injection) })
      trace = await observe(injection, attempt, effects)
      if (isWhole(trace)) break
    }
    return trace
  })
}

const sendDhcp = (message: Uint8Array): Promise<void> =>
  new Promise((resolve, reject) => {
    const socket = createSocket('udp4')
    socket.on('error', reject)
    socket.bind(68, WIRE.ipv4.own, () =>
      socket.send(message, 67, WIRE.ipv4.peer, (error) => {
        socket.close()
        if (error === null || error === undefined) resolve()
        else reject(error)
      }),
    )
  })

/** Use it while nothing else changes the machine: there is one wire. */
export const openWire = (effects: Effects): Wire => ({
  packet: async (flow) => tracePacket(flow, await cameBy(flow, effects), effects),
  dhcp: async (device, message) => {
    const link = (await json<Link[]>(effects, 'address', 'show')).find(({ ifname }) => ifname === device)
    if (link === undefined) throw new SysvmError('SYSVM_NOT_FOUND', `There is no device ${device}.`)
    await withWire({ device, mac: link.address }, effects, async () => {
      await effects.run(['nft', '-f', '-'], { input: dhcpRuleset })
      await sendDhcp(message)
    })
  },
})
