import type { Effects } from '../service/index.ts'

/** How often systemd has restarted each of sysvm's units that it knows. */
export const readRestarts = async ({ run }: Effects): Promise<ReadonlyMap<string, number>> => {
  const { stdout } = await run(['systemctl', 'show', '--property=Id,NRestarts', 'sysvm-*.service'])
  return parseRestarts(stdout)
}

/** Blocks of `Key=value` lines, one block for each unit. */
export const parseRestarts = (text: string): ReadonlyMap<string, number> =>
  new Map(
    text.split('\n\n').flatMap((block) => {
      const value = (key: string) => new RegExp(`^${key}=(.*)$`, 'm').exec(block)?.[1]
      const [id, restarts] = [value('Id'), value('NRestarts')]
      return id === undefined || restarts === undefined ? [] : [[id, Number(restarts)] as const]
    }),
  )

/** Units that were restarted between two looks; one that is new counts from none. */
export const restartedUnits = (
  before: ReadonlyMap<string, number>,
  after: ReadonlyMap<string, number>,
): readonly { readonly unit: string; readonly restarts: number }[] =>
  [...after].flatMap(([unit, restarts]) => (restarts > (before.get(unit) ?? 0) ? [{ unit, restarts }] : []))
