import type { IkeSa } from 'strongswan-ctl'
import type { Duty } from './duty.ts'
import type { ConnectionState } from './report.ts'
import type { Connection } from './spec.ts'

/** What charon has of one connection. */
export interface Found {
  /** Names of children that carry traffic. */
  readonly up: ReadonlySet<string>
  /** Whether it is about to come up. */
  readonly trying: boolean
}

const CARRIES = new Set(['INSTALLED', 'UPDATING', 'REKEYING', 'REKEYED'])
const TRIES = new Set(['CREATED', 'CONNECTING'])
const ENDS = new Set(['DELETING', 'DESTROYING'])

/** Of all SAs of one connection. Pure. */
export const found = (all: readonly IkeSa[]): Found => {
  // What is said good-bye to keeps its children until the peer has answered.
  const sas = all.filter(({ state }) => !ENDS.has(state))
  const children = sas.flatMap((sa) => Object.values(sa['child-sas'] ?? {}))
  return {
    up: new Set(children.filter(({ state }) => CARRIES.has(state)).map(({ name }) => name)),
    trying:
      sas.some(({ state }) => TRIES.has(state)) ||
      children.some(({ state }) => state === 'CREATED' || state === 'INSTALLING'),
  }
}

/** In which state a connection is: `reason` is why it did not come up the last time. Pure. */
export const judge = (
  { passive }: Pick<Connection, 'passive'>,
  { up, trying }: Found,
  reason: string | undefined,
  duty: Duty = 'serves',
): Pick<ConnectionState, 'state' | 'reason'> => {
  if (duty !== 'serves') return { state: 'Standby' }
  if (up.size > 0) return { state: 'Connected' }
  if (reason !== undefined) return { state: 'Error', reason }
  return { state: trying || !passive ? 'Connecting' : 'Disconnected' }
}
