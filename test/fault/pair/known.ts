import type { Namespace } from '../../lab/namespace.ts'
import { type Pair, type Side, stateOf } from '../../lab/redundant.ts'

const CONNTRACKD = 'conntrackd -C /run/sysvm/live/redundancy/conntrackd.conf'
/** Where held connections lead to; NAT leaves it as it is. */
const PORT = 7001

/** A connection by the address and port that opened it, `10.1.1.10:40312`. */
type Opener = string

const openersIn = (text: string): ReadonlySet<Opener> =>
  new Set(
    [...text.matchAll(/^.*ESTABLISHED\s+src=(\S+) \S+ sport=(\d+) .*$/gm)].map(([, from, port]) => `${from}:${port}`),
  )

const heldBy = async (holders: readonly Namespace[]): Promise<readonly Opener[]> => {
  const said = await Promise.all(
    holders.map((at) => at.exec(['ss', '-tnH', 'state', 'established', 'dport', '=', `:${PORT}`])),
  )
  return said.flatMap(({ stdout }) => [...stdout.matchAll(/^\d+ +\d+ +(\S+)/gm)].map(([, opener = '']) => opener))
}

const ask = ({ router }: Side, command: string): Promise<string> =>
  router.inside(`${command} 2>&1 || :`).catch((error: unknown) => String(error))

/** What a router knows of these, for people: in its kernel, of itself and of the other one, and what its conntrackd has been through. */
const accountOf = async (side: Side, missing: readonly Opener[]): Promise<string> => {
  const lists = {
    kernel: `conntrack -L -p tcp --dport ${PORT}`,
    internal: `${CONNTRACKD} -i`,
    external: `${CONNTRACKD} -e`,
  }
  const lines = [`${side.router.machine.name} ${JSON.stringify(await stateOf(side.router).catch(String))}`]
  for (const [name, command] of Object.entries(lists)) {
    const text = await ask(side, command)
    const known = openersIn(text)
    lines.push(
      `${name}: ${known.size} established, without ${missing.filter((one) => !known.has(one)).join(' ') || 'none'}`,
    )
    lines.push(
      ...text.split('\n').filter((line) => missing.some((one) => line.includes(`sport=${one.split(':')[1]} `))),
    )
  }
  for (const words of ['-s', '-s network', '-s cache', '-s queue', '-s runtime'])
    lines.push(await ask(side, `${CONNTRACKD} ${words}`))
  lines.push(await ask(side, 'journalctl -o short-precise --no-pager -n 40 -u sysvm-conntrackd -u sysvm-keepalived'))
  return lines.join('\n')
}

/** Which of the connections that are held the backup does not know. */
export const unknownTo = async (backup: Side, holders: readonly Namespace[]): Promise<readonly Opener[]> => {
  const [held, text] = [await heldBy(holders), await ask(backup, `${CONNTRACKD} -e`)]
  const known = openersIn(text)
  return held.filter((one) => !known.has(one))
}

/** What both know of what the backup does not know. */
export const accountsOf = async ({ sides }: Pair, missing: readonly Opener[]): Promise<string> =>
  (await Promise.all(sides.map((side) => accountOf(side, missing)))).join('\n\n')
