import { SysvmError } from '@sysvm/errors'
import { sql, type Transaction } from 'kysely'
import { requireRoom } from '../../model/limit/room.ts'
import { findNetworks } from '../../model/network.ts'
import { lockAddressOfZone, stateOfPublicIp, updatePublicIp } from '../../model/publicip.ts'
import type { Database } from '../../model/schema.ts'
import { findZone } from '../../model/zone.ts'
import { type AddressOwner, allocatePublicIp, allocateUnbound } from '../../placement/index.ts'
import { everyone } from '../authorized.ts'
import { defineCommand } from '../command.ts'
import { refuseForeign } from '../cross-account.ts'
import { doneJob } from '../done-job.ts'
import { found } from '../found.ts'
import { owner, ownerFor } from '../owner.ts'
import * as p from '../parameter.ts'
import { write } from '../write.ts'
import { refuseBesideVpn } from './beside-vpn.ts'
import { refuseKept, roomFor } from './keep.ts'
import { addressResult, lockOwner, refuseWithout, reviseOwner, startAddressJob } from './owned.ts'
import { ipAddressResponse } from './response.ts'

const bad = (sentence: string) => new SysvmError('SYSVM_API_PARAMETER', sentence)

interface Place {
  readonly networkid?: string | undefined
  readonly vpcid?: string | undefined
  readonly zoneid?: string | undefined
}

/**
 * Who is to have it: named, or the only isolated network that the account has in the zone, as in CloudStack. Without one
 * it is the account's alone, for its first rule to bind.
 */
const ownerIn = async (
  trx: Transaction<Database>,
  { networkid, vpcid, zoneid }: Place,
  account: string,
): Promise<AddressOwner | undefined> => {
  if (networkid !== undefined && vpcid !== undefined) {
    const network = await trx.selectFrom('network').select('vpc').where('id', '=', networkid).executeTakeFirst()
    if (found(network, 'networkid', 'network', networkid).vpc !== vpcid)
      throw bad('Parameters networkid and vpcid exclude each other, but for a tier of that VPC: give one.')
  }
  if (vpcid !== undefined) return { kind: 'vpc', id: vpcid }
  if (networkid !== undefined) return { kind: 'network', id: networkid }
  if (zoneid === undefined) throw bad('associateIpAddress needs networkid, vpcid or zoneid: give one.')
  const own = { accounts: [account], zone: zoneid, forvpc: false, services: ['SourceNat'] }
  const { count, rows } = await findNetworks(trx, own, { limit: 2, offset: 0 })
  const [only] = rows
  return only !== undefined && count === 1 ? { kind: 'network', id: only.id } : undefined
}

/** A tier has no addresses of its own: its VPC has them. */
const withVpc = async (trx: Transaction<Database>, who: AddressOwner): Promise<AddressOwner> => {
  if (who.kind === 'vpc') return who
  const row = await trx.selectFrom('network').select('vpc').where('id', '=', who.id).executeTakeFirst()
  return row?.vpc ? { kind: 'vpc', id: row.vpc } : who
}

interface Target {
  readonly zone: string
  readonly account: string
}

const targetOf = async (trx: Transaction<Database>, { kind, id }: AddressOwner): Promise<Target> => {
  const row = await trx.selectFrom(kind).select(['zone', 'account']).where('id', '=', id).executeTakeFirst()
  return found(row, `${kind}id`, kind === 'vpc' ? 'VPC' : 'network', id)
}

/** A zone whose addresses may be taken by whom no network names it. */
const openZone = async (trx: Transaction<Database>, zoneid: string | undefined): Promise<string> => {
  const zone = found(await findZone(trx, zoneid ?? ''), 'zoneid', 'zone', zoneid ?? '')
  if (zone.allocationstate === 'Enabled') return zone.id
  throw new SysvmError('SYSVM_RESOURCE_STATE', `Zone ${zone.name} is disabled: enable it with updateZone first.`)
}

/** This very address of the zone, free or reserved; held, as addresses are, before their owners. */
const findAddress = async (
  trx: Transaction<Database>,
  { zone, account }: Target,
  address: string,
  room: 0 | 1,
): Promise<string> => {
  const row = await lockAddressOfZone(trx, zone, address)
  if (row === undefined) throw bad(`Parameter ipaddress: the zone has no public address ${address}.`)
  const state = stateOfPublicIp(row)
  if (state === 'Allocated' || state === 'Releasing')
    throw new SysvmError('SYSVM_IN_USE', `Parameter ipaddress: ${address} is ${state}: choose one that is free.`)
  await refuseKept(trx, row, { account, room, parameter: 'ipaddress' })
  return row.id
}

export const associateIpAddress = defineCommand({
  name: 'associateIpAddress',
  authorized: everyone,
  description: 'Takes one more public address for an isolated network, a VPC, or an account.',
  params: {
    networkid: p.uuid('The isolated network, or a tier of the VPC.'),
    vpcid: p.uuid('The VPC.'),
    zoneid: p.uuid(
      'The zone; alone: for the only isolated network there, else for the account, and its first rule binds it.',
    ),
    ipaddress: p.ipv4('This very address, free or reserved; default: any free one.'),
    isportable: p.only('Whether it may move between zones.', false),
    fordisplay: p.only('Whether it is shown.', true),
    ...owner,
  },
  unsupported: ['regionid'],
  answer: 'job',
  response: ipAddressResponse,
  result: addressResult,
  run: (context, { ipaddress, ...params }) =>
    write(context, async (trx) => {
      const asked = await ownerFor(context, trx, params)
      const named = await ownerIn(trx, params, asked)
      const who = named && (await withVpc(trx, named))
      const target =
        who === undefined ? { zone: await openZone(trx, params.zoneid), account: asked } : await targetOf(trx, who)
      const { account, zone } = target
      // Without an owner of its own, an address is its network's owner's.
      if (who !== undefined && (params.account !== undefined || params.projectid !== undefined))
        refuseForeign(asked, target, `${who.kind}id`, `the ${who.kind}`)
      const room = await roomFor(trx, { ...target, address: ipaddress })
      await requireRoom(trx, account, { public_ip: room })
      if (who !== undefined && params.zoneid !== undefined && params.zoneid !== zone)
        throw bad(`Parameter zoneid: the ${who.kind} ${who.id} is not in the zone ${params.zoneid}.`)
      const wanted = ipaddress === undefined ? undefined : await findAddress(trx, target, ipaddress, room)
      if (who !== undefined) {
        await lockOwner(trx, who)
        await refuseWithout(trx, who, 'SourceNat')
      }
      if (wanted !== undefined)
        await updatePublicIp(trx, wanted, {
          ...(who && { [who.kind]: who.id }),
          ...{ account, reserved: false, allocated: sql`now()` as never },
        })
      if (who === undefined) {
        const id = wanted ?? (await allocateUnbound(trx, zone, account))
        return { jobid: await doneJob(trx, 'associateIpAddress', 'IpAddress', id), id }
      }
      const id = wanted ?? (await allocatePublicIp(trx, who))
      await refuseBesideVpn(trx, who, id)
      return startAddressJob(context, trx, 'associateIpAddress', who, await reviseOwner(trx, who), id)
    }),
})
