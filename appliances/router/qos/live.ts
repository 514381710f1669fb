import { type Effects, LIVE } from '@sysvm/agent/service'
import { SysvmError } from '@sysvm/errors'
import { LIMITS_FILE, type Limit } from './render.ts'
import type { QosSpec } from './spec.ts'
import { ifbOf, treeOf } from './tree.ts'

const units: Readonly<Record<string, number>> = { bit: 1, Kbit: 1e3, Mbit: 1e6, Gbit: 1e9 }

/** Rates in bit/s by class, from what `tc class show` prints: `class htb 1:1 root leaf 8001: prio 0 rate 2Mbit …`. */
export const readClasses = (text: string): ReadonlyMap<number, number> =>
  new Map(
    text.split('\n').flatMap((line) => {
      const [, minor, rate, unit = ''] = /^class htb 1:([0-9a-f]+) .*\brate ([0-9.]+)([KMG]?bit)\b/.exec(line) ?? []
      return minor === undefined ? [] : [[Number.parseInt(minor, 16), Number(rate) * (units[unit] ?? 1)] as const]
    }),
  )

const differences = (
  device: string,
  wanted: ReadonlyMap<number, Limit>,
  live: ReadonlyMap<number, number>,
): string[] => [
  ...[...wanted]
    .filter(([number, { mbit }]) => live.get(number) !== mbit * 1e6)
    .map(([number, { address, mbit }]) => {
      const rate = live.get(number)
      const is = rate === undefined ? 'is not limited' : `is limited to ${rate / 1e6} Mbit/s`
      return `${address ?? 'all'} on ${device} ${is}, not to ${mbit} Mbit/s`
    }),
  ...[...live.keys()]
    .filter((number) => !wanted.has(number))
    .map((number) => `${device} has a foreign class ${number}`),
]

/** Limits that the kernel does not have as the spec says, in words. */
export const drift = async (_spec: QosSpec, { run, readFile }: Effects): Promise<readonly string[]> => {
  const limits = JSON.parse((await readFile(`${LIVE}/${LIMITS_FILE}`)) ?? '[]') as readonly Limit[]
  const found = await Promise.all(
    [...treeOf(limits)].flatMap(([device, wanted]) =>
      [device, ifbOf(device)].map(async (at) => {
        const listed = await run(['tc', 'class', 'show', 'dev', at]).catch(() => ({ stdout: '' }))
        return differences(at, wanted, readClasses(listed.stdout))
      }),
    ),
  )
  return found.flat()
}

export const health = async (spec: QosSpec, effects: Effects): Promise<void> => {
  const [first] = await drift(spec, effects)
  if (first !== undefined) throw new SysvmError('SYSVM_PROBE_FAILED', first)
}
