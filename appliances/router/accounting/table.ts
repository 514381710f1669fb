import type { SpecEnvelope } from '@sysvm/agent/spec'
import { interfacesOf } from '../whole.ts'
import { FAMILIES, KINDS, type Kind, setName } from './names.ts'
import type { AccountingSpec } from './spec.ts'

/** A table of its own, which no commit and no rollback reloads: its counters go on for as long as the machine runs. */
export const TABLE = 'inet sysvm_accounting'
export const TABLE_FILE = 'accounting/table.nft'

const familyOf = (address: string): 4 | 6 => (address.includes(':') ? 6 : 4)

/** Members of each set. */
export const membersOf = ({ addresses, guests }: AccountingSpec): ReadonlyMap<string, readonly string[]> =>
  new Map(
    KINDS.flatMap((kind) =>
      FAMILIES.map((family) => {
        const all = kind.startsWith('guest') ? guests : addresses
        return [setName(kind, family), all.filter((address) => familyOf(address) === family)] as const
      }),
    ),
  )

const count = (kind: Kind): readonly string[] =>
  FAMILIES.map(
    (family) => `${family === 4 ? 'ip' : 'ip6'} ${kind.endsWith('sent') ? 'saddr' : 'daddr'} @${setName(kind, family)}`,
  )

const chain = (name: string, hook: string, rules: readonly string[]): readonly string[] => [
  `chain ${TABLE} ${name} { type filter hook ${hook}; policy accept; }`,
  `flush chain ${TABLE} ${name}`,
  ...rules.map((rule) => `add rule ${TABLE} ${name} ${rule}`),
]

const deviceList = (devices: readonly string[]): string => `{ ${devices.map((device) => `"${device}"`).join(', ')} }`

/**
 * nft text that makes the table, or leaves it as it is; elements are added and removed one by one. Priorities: guests
 * before their source is translated (srcnat, 100) and after their destination was, and what the router takes itself, as
 * haproxy does its members' answers, after the firewall; public addresses after the firewall
 * has let them in (mangle, -150) and before translation (dstnat, -100), and on their way out after it.
 */
export const tableText = (_spec: AccountingSpec, whole: SpecEnvelope): string => {
  const publics = interfacesOf(whole, 'public').map(({ device }) => device)
  const outside = (key: 'iifname' | 'oifname', kind: Kind): readonly string[] =>
    publics.length === 0 ? [] : count(kind).map((rule) => `${key} ${deviceList(publics)} ${rule}`)
  return [
    `table ${TABLE} { }`,
    ...KINDS.flatMap((kind) =>
      FAMILIES.map((family) => `add set ${TABLE} ${setName(kind, family)} { type ipv${family}_addr; counter; }`),
    ),
    ...chain('guests', 'postrouting priority -140', [...count('guest_sent'), ...count('guest_received')]),
    ...chain('guests_in', 'input priority 140', count('guest_sent')),
    ...chain('received', 'prerouting priority -140', outside('iifname', 'address_received')),
    ...chain('sent', 'postrouting priority 300', outside('oifname', 'address_sent')),
  ]
    .map((line) => `${line.startsWith('chain') ? `add ${line}` : line}\n`)
    .join('')
}
