import { randomUUID } from 'node:crypto'
import { networksOfRange } from '@sysvm/agent/spec'
import { SysvmError } from '@sysvm/errors'
import type { Transaction } from 'kysely'
import { openFirewallFor } from '../../model/firewall.ts'
import { findNetwork } from '../../model/network.ts'
import { insertRemoteAccessVpn, poolsOf, vpnOfOwner } from '../../model/remoteaccess.ts'
import type { RemoteAccessProtocol } from '../../model/schema/remoteaccess.ts'
import type { Database } from '../../model/schema.ts'
import { setting } from '../../model/settings/index.ts'
import { findVpc } from '../../model/vpc.ts'
import { takeVpnPorts } from '../../model/vpn-ports.ts'
import { everyone } from '../authorized.ts'
import { type Context, defineCommand } from '../command.ts'
import { accountOwner, refuseOtherOwner } from '../owner.ts'
import * as p from '../parameter.ts'
import { lockOwnedAddress, lockOwner, type OwnedAddress, refuseWithout, reviseOwner } from '../publicip/owned.ts'
import { refuseOverlapInVpc } from '../vpc/overlap.ts'
import { publicNetworksOf, refuseRemoteOverlap } from '../vpn/overlap.ts'
import { startOver, write } from '../write.ts'
import { type NewKeys, newKeysFor } from './authority.ts'
import { holdUsersOf } from './hold.ts'
import { type IpRange, readIpRange, refuseOverlap } from './iprange.ts'
import { remoteAccessVpnResult, startVpnJob } from './job.ts'
import { PROTOCOLS, portsOf } from './protocol.ts'
import { remoteAccessVpnResponse } from './response.ts'
import { settingsOf } from './settings.ts'

const bad = (sentence: string) => new SysvmError('SYSVM_API_PARAMETER', sentence)

const makerOf = (protocol: RemoteAccessProtocol) => {
  const make = settingsOf[protocol]
  if (make !== undefined) return make
  throw bad(
    `Parameter protocol: ${protocol} is not supported yet by sysvm: take ikev2, which the clients of Windows, macOS, iOS and Android speak.`,
  )
}

/** Of the network or VPC whose router has the address. */
const cidrOf = async (trx: Transaction<Database>, { owner }: OwnedAddress): Promise<string> =>
  (owner.kind === 'network' ? await findNetwork(trx, owner.id) : await findVpc(trx, owner.id))?.cidr ?? '0.0.0.0/0'

/** Nor addresses of what is beside the network: the public side, clients of another VPN, and what a VPC leads to. */
const refuseElsewhere = async (trx: Transaction<Database>, { owner }: OwnedAddress, range: IpRange): Promise<void> => {
  for (const cidr of await publicNetworksOf(trx, owner)) refuseOverlap(range, cidr, 'the public network')
  if (owner.kind === 'network') {
    for (const { id, first, last } of await poolsOf(trx, owner))
      for (const cidr of networksOfRange({ first, last }))
        refuseOverlap(range, cidr, `the clients of the remote access VPN ${id}`)
    return
  }
  for (const cidr of networksOfRange(range)) {
    await refuseOverlapInVpc(trx, owner.id, cidr)
    await refuseRemoteOverlap(trx, owner.id, cidr)
  }
}

const add = async (
  context: Context,
  trx: Transaction<Database>,
  address: OwnedAddress,
  range: IpRange,
  protocol: RemoteAccessProtocol,
  keys: NewKeys | undefined,
  openfirewall: boolean,
) => {
  const ports = portsOf(protocol)
  const { owner, account } = address
  const network = owner.kind === 'network' ? owner.id : null
  const rule = await takeVpnPorts(trx, address.id, network, ports)
  if (network !== null && openfirewall)
    for (const port of ports) {
      const opening = { ipRule: rule, publicIp: address.id, network, protocol: 'udp' as const }
      await openFirewallFor(trx, { ...opening, first: port, last: port })
    }
  const revision = await reviseOwner(trx, owner)
  const id = randomUUID()
  await insertRemoteAccessVpn(trx, {
    id,
    public_ip: address.id,
    rule,
    protocol,
    first_address: range.first,
    last_address: range.last,
    revision,
  })
  await makerOf(protocol)(context, trx, { id, account: account ?? '', address: address.address, range, keys })
  return { id, target: owner, revision }
}

export const createRemoteAccessVpn = defineCommand({
  name: 'createRemoteAccessVpn',
  authorized: everyone,
  description: "Lets an account's VPN users into the network behind a public address.",
  params: {
    publicipid: p.required(p.uuid('The public address, by which its network or VPC goes out.')),
    iprange: p.text('Addresses that clients get, 10.1.2.1-10.1.2.8; default: remote.access.vpn.client.iprange.', 31),
    openfirewall: p.boolean('Whether the firewall lets clients in. Default true; a VPC has none.'),
    fordisplay: p.forAdmins(p.only('Whether it is shown.', true)),
    ...accountOwner,
    ...p.own({
      protocol: p.choice(
        'What clients speak: ikev2, wireguard or l2tp. Default l2tp, as CloudStack has nothing else.',
        PROTOCOLS,
      ),
    }),
  },
  answer: 'job',
  response: remoteAccessVpnResponse,
  result: remoteAccessVpnResult,
  run: async (context, params) => {
    const protocol = params.protocol ?? 'l2tp'
    makerOf(protocol)
    const asked = params.iprange === undefined ? undefined : readIpRange(params.iprange)
    const keys = protocol === 'ikev2' ? await newKeysFor(context, params.publicipid) : undefined
    return write(context, async (trx) => {
      const held = await holdUsersOf(trx, params.publicipid)
      const address = await lockOwnedAddress(context, trx, params.publicipid, 'publicipid')
      await lockOwner(trx, address.owner)
      const account = address.account ?? ''
      if (account !== held) throw startOver('whose the address is')
      await refuseOtherOwner(context, trx, params, account)
      await refuseWithout(trx, address.owner, 'Vpn')
      if (!address.is_source_nat)
        throw bad(
          `Parameter publicipid: ${address.address} is not the address that its ${address.owner.kind} goes out by: take that one.`,
        )
      if (address.vpc !== null && params.openfirewall === true)
        throw bad('Parameter openfirewall: a VPC has ACLs instead; leave it out.')
      // Of an address that it went out by before, too: a router has one of each protocol.
      const other = await vpnOfOwner(trx, address.owner, protocol)
      if (other !== undefined)
        throw new SysvmError(
          'SYSVM_IN_USE',
          `The ${address.owner.kind} has the remote access VPN ${other.id} of ${protocol} at ${other.address} already: delete that one first.`,
        )
      const range = asked ?? readIpRange(await setting(trx, 'remote.access.vpn.client.iprange', { account }))
      refuseOverlap(range, await cidrOf(trx, address), `the ${address.owner.kind}`)
      await refuseElsewhere(trx, address, range)
      const made = await add(context, trx, address, range, protocol, keys, params.openfirewall !== false)
      return startVpnJob(context, trx, 'createRemoteAccessVpn', made)
    })
  },
})
