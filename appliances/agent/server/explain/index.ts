import { setTimeout as sleep } from 'node:timers/promises'
import { SysvmError } from '@sysvm/errors'
import type { Explanation } from '../../api/index.ts'
import { follow } from '../../effects/follow.ts'
import type { AnyService, Effects } from '../../service/index.ts'
import { contains, type SpecEnvelope } from '../../spec/index.ts'
import { answer } from './answer.ts'
import type { Flow } from './flow.ts'
import { type Injection, injectRuleset, redirectLines, removeTable, WIRE, wireLines } from './inject.ts'
import { readTrace } from './read.ts'
import { send } from './send.ts'

export { Flow } from './flow.ts'

/** The monitor listens a moment after it was started, and tells a moment after the packet. */
const LISTEN_MS = 150
const TELL_MS = 150
const ATTEMPTS = 3

interface Address {
  readonly family: string
  readonly local?: string
  readonly prefixlen: number
}

interface Link {
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
const cameBy = async (flow: Flow, effects: Effects): Promise<Link> => {
  const links = await json<Link[]>(effects, 'address', 'show')
  const at = (test: (address: Address) => boolean) =>
    links.find(
      ({ ifname, addr_info }) => ifname !== 'lo' && addr_info?.some((one) => one.family === 'inet' && test(one)),
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
    at(({ local = '', prefixlen }) => prefixlen < 32 && contains(`${local}/${prefixlen}`, flow.source)) ??
    at(({ local }) => local === flow.destination) ??
    (await routed())
  if (found !== undefined) return found
  throw new SysvmError(
    'SYSVM_REQUEST_INVALID',
    `The router knows no way to the source ${flow.source}, so nothing can come from it.`,
  )
}

const observe = async (injection: Injection, effects: Effects): Promise<string> => {
  const monitor = follow(['nft', 'monitor', 'trace'])
  try {
    await sleep(LISTEN_MS)
    await send(injection, effects)
    await sleep(TELL_MS)
  } catch (error) {
    await monitor.stop()
    throw error
  }
  return monitor.stop()
}

/** Takes away what an earlier one that was killed may have left, and is no error when there is nothing. */
const clear = async ({ run }: Effects): Promise<void> => {
  await run(['ip', 'link', 'delete', 'dev', WIRE.in]).catch(() => undefined)
  await run(['nft', '-f', '-'], { input: removeTable })
}

/**
 * Sends a real packet of the flow through the ruleset as if it came from its source, and tells what became of it and
 * by which rule. It leaves nothing: no packet goes out, no connection is remembered.
 */
export const explainPacket = async (
  flow: Flow,
  services: readonly AnyService[],
  spec: SpecEnvelope,
  effects: Effects,
): Promise<Explanation> => {
  const { ifname: device, address: mac } = await cameBy(flow, effects)
  await clear(effects)
  try {
    for (let attempt = 1; ; attempt++) {
      const sourcePort = 20_000 + Math.floor(Math.random() * 40_000)
      const injection: Injection = { ...flow, device, mac, sourcePort }
      if (attempt === 1) {
        await effects.run(['ip', '-batch', '-'], { input: wireLines(injection) })
        await effects.run(['tc', '-batch', '-'], { input: redirectLines(injection) })
      }
      await effects.run(['nft', '-f', '-'], { input: injectRuleset(injection) })
      const trace = readTrace(await observe(injection, effects), flow.protocol)
      if (trace.last !== undefined || attempt === ATTEMPTS) return { device, ...answer(trace, services, spec) }
    }
  } finally {
    await clear(effects)
  }
}
