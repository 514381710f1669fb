import { type Change, type Effects, LIVE } from '@sysvm/agent/service'
import { LIMITS_FILE, type Limit } from './render.ts'
import type { QosSpec } from './spec.ts'
import { buildLines, changeOfDevice, ifbOf, treeOf } from './tree.ts'

const batch = async (lines: readonly string[], { run }: Effects): Promise<void> => {
  if (lines.length > 0) await run(['tc', '-batch', '-'], { input: `${lines.join('\n')}\n` })
}

const parse = (text: string | undefined): readonly Limit[] => (text === undefined ? [] : (JSON.parse(text) as Limit[]))

const linksOf = async ({ run }: Effects): Promise<readonly string[]> =>
  (JSON.parse((await run(['ip', '-json', 'link', 'show'])).stdout) as readonly { readonly ifname: string }[]).map(
    ({ ifname }) => ifname,
  )

/** Takes every queue of ours from the device; packets in them are lost, flows are not. */
const clear = async (device: string, { run }: Effects): Promise<void> => {
  // Each of these may not be there.
  const attempts: (readonly [string, ...string[]])[] = [
    ['tc', 'qdisc', 'delete', 'dev', device, 'root'],
    ['tc', 'qdisc', 'delete', 'dev', device, 'ingress'],
    ['ip', 'link', 'delete', ifbOf(device)],
  ]
  for (const argv of attempts) await run(argv).catch(() => undefined)
}

const build = async (device: string, limits: ReadonlyMap<number, Limit>, effects: Effects): Promise<void> => {
  const ifb = ifbOf(device)
  await effects.run(['ip', 'link', 'add', ifb, 'type', 'ifb'])
  await effects.run(['ip', 'link', 'set', ifb, 'up'])
  await batch(buildLines(device, limits), effects)
}

/** What the limits were, by the file; undefined where nothing is known. */
const beforeOf = (
  { before, after, files }: Change<QosSpec>,
  live: string | undefined,
): readonly Limit[] | undefined => {
  if (before === undefined) return undefined
  const change = files.find(({ path }) => path === LIMITS_FILE)
  return change === undefined ? parse(after === undefined ? undefined : live) : parse(change.before)
}

/** Changes rates in place; a device is cleared and built only where it must be. */
export const applyLimits = async (
  before: readonly Limit[] | undefined,
  after: readonly Limit[],
  effects: Effects,
): Promise<void> => {
  const old = treeOf(before ?? [])
  const next = treeOf(after)
  const links = await linksOf(effects)
  const ours = links.filter((name) => name.startsWith('ifb-')).map((name) => name.slice('ifb-'.length))
  for (const device of new Set([...old.keys(), ...ours])) if (!next.has(device)) await clear(device, effects)
  for (const [device, limits] of next) {
    const known = old.get(device)
    if (known !== undefined && ours.includes(device)) {
      await batch(changeOfDevice(device, known, limits), effects)
    } else {
      await clear(device, effects)
      await build(device, limits, effects)
    }
  }
}

export const apply = async (change: Change<QosSpec>, effects: Effects): Promise<void> => {
  const live = await effects.readFile(`${LIVE}/${LIMITS_FILE}`).catch(() => undefined)
  const after = change.after === undefined ? [] : parse(live)
  await applyLimits(beforeOf(change, live), after, effects)
}
