import { setTimeout as sleep } from 'node:timers/promises'
import type { Change, Effects } from '@sysvm/agent/service'
import { networksOfRange } from '@sysvm/agent/spec'
import { SysvmError } from '@sysvm/errors'
import { endFlows, readFlows } from '../flows.ts'
import { astray } from '../vpn/flows.ts'
import { additionOf, leftBy, stepsOf } from './converge.ts'
import { type LiveDevice, readDevice, readRoutes } from './live.ts'
import { DEVICE, MTU, UNIT } from './names.ts'
import type { WireGuardSpec } from './spec.ts'

const TRIES = 100
const PAUSE_MS = 50

/** A process in user space makes the device a moment after its start. */
const awaitDevice = async (effects: Effects): Promise<LiveDevice> => {
  for (let left = TRIES; left > 0; left--) {
    const live = await readDevice(effects)
    if (live !== undefined) return live
    await sleep(PAUSE_MS)
  }
  throw new SysvmError('SYSVM_PROBE_FAILED', `WireGuard does not answer for ${DEVICE}: see the journal of ${UNIT}`)
}

/** The kernel's where it has WireGuard, found out by asking it to; it loads a module that it has. */
const makeDevice = async (effects: Effects): Promise<LiveDevice> => {
  const there = await readDevice(effects)
  if (there !== undefined) return there
  const able = await effects.run(['ip', 'link', 'add', DEVICE, 'type', 'wireguard']).then(
    () => true,
    () => false,
  )
  if (!able) await effects.unit((await effects.unitActive(UNIT)) ? 'restart' : 'start', UNIT)
  return awaitDevice(effects)
}

const removeDevice = async (effects: Effects): Promise<void> => {
  if (await effects.unitActive(UNIT)) return effects.unit('stop', UNIT)
  if ((await readDevice(effects)) !== undefined) await effects.run(['ip', 'link', 'delete', DEVICE])
}

/** Arguments of one process have a limit. */
const AT_ONCE = 500

const removePeers = async ({ run }: Effects, keys: readonly string[]): Promise<void> => {
  for (let first = 0; first < keys.length; first += AT_ONCE) {
    const words = keys.slice(first, first + AT_ONCE).flatMap((key) => ['peer', key, 'remove'])
    await run(['wg', 'set', DEVICE, ...words])
  }
}

// wg opens /dev/stdin by name, which a socket, as Node gives its children, does not allow.
const add = ({ run }: Effects, input: string): Promise<unknown> =>
  run(['sh', '-c', `cat | wg addconf ${DEVICE} /dev/stdin`], { input })

const convergeRoutes = async (pool: WireGuardSpec['pool'], effects: Effects): Promise<void> => {
  const wanted = networksOfRange(pool)
  await effects.run(['ip', 'link', 'set', DEVICE, 'mtu', String(MTU), 'up'])
  const live = await readRoutes(effects)
  for (const network of live.filter((one) => !wanted.includes(one)))
    await effects.run(['ip', 'route', 'delete', network, 'dev', DEVICE])
  for (const network of wanted.filter((one) => !live.includes(one)))
    await effects.run(['ip', 'route', 'replace', network, 'dev', DEVICE])
}

/** What guests still send to somebody who is gone must not come to whoever has the address next. */
const endLeft = async (addresses: readonly string[], effects: Effects): Promise<void> => {
  if (addresses.length === 0) return
  const left = new Set(addresses)
  const flows = await readFlows(effects)
  await endFlows(
    flows.filter(({ original: { source, destination } }) => left.has(source) || left.has(destination)),
    effects,
  )
}

/** Tells WireGuard what differs, and nothing about the others. */
const converge = async (spec: WireGuardSpec, effects: Effects): Promise<void> => {
  const live = await makeDevice(effects)
  const steps = stepsOf(spec, live)
  await removePeers(effects, steps.gone)
  await endLeft(leftBy(live, steps), effects)
  const addition = additionOf(spec, steps)
  if (addition !== '') await add(effects, addition)
  await convergeRoutes(spec.pool, effects)
}

const remoteOf = (spec: WireGuardSpec | undefined): readonly string[] =>
  spec === undefined ? [] : networksOfRange(spec.pool)

/** Connections that would go on by a way that is no longer theirs. */
const endAstray = async ({ before, after }: Change<WireGuardSpec>, effects: Effects): Promise<void> => {
  const [was, is] = [remoteOf(before), remoteOf(after)]
  if (was.join() !== is.join()) await endFlows(astray(await readFlows(effects), was, is), effects)
}

export const apply = async (change: Change<WireGuardSpec>, effects: Effects): Promise<void> => {
  await (change.after === undefined ? removeDevice(effects) : converge(change.after, effects))
  await endAstray(change, effects)
}

/** Between commits: a process that died has forgotten everything. */
export const tick = converge
