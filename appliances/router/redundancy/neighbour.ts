import type { Effects } from '@sysvm/agent/service'
import type { RedundancySpec } from './spec.ts'

interface Neighbour {
  readonly dst: string
  readonly lladdr?: string
}

const readPinned = async (device: string, { run }: Effects): Promise<readonly Neighbour[]> => {
  const { stdout } = await run(['ip', '-json', '-4', 'neighbour', 'show', 'dev', device, 'nud', 'permanent'])
  return stdout.trim() === '' ? [] : (JSON.parse(stdout) as readonly Neighbour[])
}

/** Lines for `ip -batch`; none when the other router is pinned, and nobody else. Pure. */
export const pinCommands = ({ device, peer }: RedundancySpec, pinned: readonly Neighbour[]): readonly string[] => {
  const isPeer = ({ dst, lladdr }: Neighbour): boolean => dst === peer.address && lladdr === peer.mac
  return [
    ...pinned.filter(({ dst }) => dst !== peer.address).map(({ dst }) => `neighbour del ${dst} dev ${device}`),
    ...(pinned.some(isPeer)
      ? []
      : [`neighbour replace ${peer.address} lladdr ${peer.mac} dev ${device} nud permanent`]),
  ]
}

/** What is missing for what the primary says to go to the other router, whoever answers ARP in its name. */
export const missingPin = async (spec: RedundancySpec, effects: Effects): Promise<readonly string[]> =>
  pinCommands(spec, await readPinned(spec.device, effects))

export const pin = async (spec: RedundancySpec, effects: Effects): Promise<void> => {
  const commands = await missingPin(spec, effects)
  if (commands.length > 0) await effects.run(['ip', '-batch', '-'], { input: `${commands.join('\n')}\n` })
}

/** Nobody is pinned any more; a device that is gone took its neighbours along. */
export const unpin = async ({ device }: RedundancySpec, effects: Effects): Promise<void> => {
  await effects.run(['ip', '-4', 'neighbour', 'flush', 'dev', device, 'nud', 'permanent']).catch(() => undefined)
}
