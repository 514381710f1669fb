import type { Change, Effects } from '@sysvm/agent/service'
import { LIVE } from '@sysvm/agent/service'
import { type Difference, diff } from 'haproxy-config'
import { abandon } from './abandon.ts'
import { wantsHaproxy, wholeOf } from './configuration.ts'
import { forget, reload, tell } from './haproxy.ts'
import { UDP_FILE, UNIT } from './names.ts'
import { peersDiffer } from './pairing.ts'
import type { LoadBalancerSpec } from './spec.ts'
import { balancerOf, ensureBalancer } from './udp/balancer.ts'
import { UdpDocument } from './udp/document.ts'

/** What leads a running haproxy from one spec to the other. */
export const difference = (before: LoadBalancerSpec, after: LoadBalancerSpec): Difference =>
  diff(wholeOf(before), wholeOf(after))

const applyHaproxy = async ({ before, after, files }: Change<LoadBalancerSpec>, effects: Effects): Promise<void> => {
  const active = await effects.unitActive(UNIT)
  if (after === undefined || !wantsHaproxy(after)) return active ? effects.unit('stop', UNIT) : undefined
  if (!active) return effects.unit('start', UNIT)
  const wanted = wholeOf(after)
  // Running, though nothing is known of with what.
  if (before === undefined || !wantsHaproxy(before)) return reload(wanted, effects)
  const change = difference(before, after)
  if (change.kind === 'reload') {
    // Nobody can connect to them any more: netfilter was first.
    await abandon(wholeOf(before), wanted, effects)
    return reload(wanted, effects)
  }
  if (peersDiffer(files)) return reload(wanted, effects)
  if (change.kind === 'none') return
  const refusal = await tell(change.commands, wanted, effects)
  // The files are right already, so whatever a command could not do, a new process does.
  if (refusal !== undefined) await reload(wanted, effects)
}

/** The live generation's document of UDP rules. */
export const readUdpDocument = async ({ readFile }: Effects): Promise<UdpDocument> => {
  const text = await readFile(`${LIVE}/${UDP_FILE}`)
  return text === undefined ? { rules: [], networks: [] } : UdpDocument.parse(JSON.parse(text))
}

const applyUdp = async ({ before, after, files }: Change<LoadBalancerSpec>, effects: Effects): Promise<void> => {
  if (before !== undefined && files.every(({ path }) => path !== UDP_FILE)) return
  const document = after === undefined ? { rules: [], networks: [] } : await readUdpDocument(effects)
  await ensureBalancer(effects).update(document)
}

/** Least disturbance first: nothing, commands to the running process, a reload; a start where it does not run. */
export const apply = async (change: Change<LoadBalancerSpec>, effects: Effects): Promise<void> => {
  await applyHaproxy(change, effects)
  await applyUdp(change, effects)
}

/** Takes up again what a restarted agent does not know of; the kernel kept the table meanwhile. */
const resume = async (effects: Effects): Promise<void> => {
  if (balancerOf(effects) === undefined)
    await ensureBalancer(effects).update(await readUdpDocument(effects), 'ask first')
}

/** Between commits: servers that wait for their last connection, and the balancer of a restarted agent. */
export const tick = async (spec: LoadBalancerSpec, effects: Effects): Promise<void> => {
  await resume(effects)
  if (wantsHaproxy(spec)) await forget(wholeOf(spec), effects)
}
