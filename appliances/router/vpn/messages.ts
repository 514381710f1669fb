import { createHash } from 'node:crypto'
import type { ChildConfig, ConnectionConfig, SharedKey } from 'strongswan-ctl'
import { nameOf } from './names.ts'
import type { Connection } from './spec.ts'
import { endsOf } from './validate.ts'

const versions = { ike: 0, ikev1: 1, ikev2: 2 } as const

/** Hexadecimal digits of a digest that tell two versions of a connection apart. */
const DIGITS = 16

/** Of all that charon is told of a connection but its key, of which not even a digest is shown anywhere. */
export const digestOf = ({ psk: _, ...rest }: Connection): string =>
  createHash('sha256').update(JSON.stringify(rest)).digest('hex').slice(0, DIGITS)

/** The digest in the name of a child, by which a restarted agent knows what charon has. */
export const digestIn = (child: string): string => child.slice(0, DIGITS)

/** It is replaced by a tenth of its life before it ends; charon varies that by itself. */
const early = (lifetime: number): number => Math.floor((lifetime * 9) / 10)

const childOf = (
  { esp, dpd, passive }: Connection,
  local: readonly string[],
  remote: readonly string[],
): ChildConfig => ({
  local_ts: local,
  remote_ts: remote,
  esp_proposals: esp.proposals,
  rekey_time: early(esp.lifetimeSeconds),
  life_time: esp.lifetimeSeconds,
  dpd_action: dpd === undefined || passive ? 'clear' : 'start',
  close_action: passive ? 'none' : 'start',
  // The agent begins: charon would do it anew whenever it is told the same again.
  start_action: 'none',
})

/** One for all subnets, or one for each pair of them. Quick Mode of IKEv1 (RFC 2409, 5.5) knows pairs only. */
const childrenOf = (connection: Connection): Readonly<Record<string, ChildConfig>> => {
  const { local, remote, split, version } = connection
  const digest = digestOf(connection)
  const pairs: readonly (readonly [readonly string[], readonly string[]])[] =
    split || version === 'ikev1'
      ? local.subnets.flatMap((here) => remote.subnets.map((there) => [[here], [there]] as const))
      : [[local.subnets, remote.subnets]]
  return Object.fromEntries(
    pairs.map(([here, there], index) => [`${digest}-${index + 1}`, childOf(connection, here, there)]),
  )
}

/** `load-conn`. Pure. */
export const configOf = (connection: Connection): ConnectionConfig => {
  const { version, local, remote, ike, dpd, encap } = connection
  const [here, there] = endsOf(connection)
  const rekey = early(ike.lifetimeSeconds)
  return {
    version: versions[version],
    local_addrs: [local.address],
    remote_addrs: [remote.gateway],
    proposals: ike.proposals,
    rekey_time: rekey,
    over_time: ike.lifetimeSeconds - rekey,
    ...(dpd === undefined ? {} : { dpd_delay: dpd.delaySeconds, dpd_timeout: dpd.timeoutSeconds }),
    encap,
    // Both ends stay where they are.
    mobike: false,
    send_certreq: false,
    // For ever: a site that is away for a night must find its tunnel again.
    keyingtries: 0,
    local: { auth: 'psk', id: here },
    remote: { auth: 'psk', id: there },
    children: childrenOf(connection),
  }
}

/** `load-shared`. Pure. */
export const keyOf = (connection: Connection): SharedKey => ({
  id: nameOf(connection),
  type: 'ike',
  data: connection.psk,
  owners: endsOf(connection),
})
