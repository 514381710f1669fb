import { SysvmError } from '@sysvm/errors'
import { sql, type Transaction } from 'kysely'
import { requireRoom } from '../../model/limit/room.ts'
import { findNetworks } from '../../model/network.ts'
import { lockAddressOfZone, stateOfPublicIp, updatePublicIp } from '../../model/publicip.ts'
import type { Database } from '../../model/schema.ts'
import { type AddressOwner, allocatePublicIp } from '../../placement/index.ts'
import { everyone } from '../authorized.ts'
import { defineCommand } from '../command.ts'
import { refuseForeign } from '../cross-account.ts'
import { found } from '../found.ts'
import { owner, ownerFor } from '../owner.ts'
import * as p from '../parameter.ts'
import { write } from '../write.ts'
import { addressResult, lockOwner, refuseWithout, reviseOwner, startAddressJob } from './owned.ts'
import { ipAddressResponse } from './response.ts'

const bad = (sentence: string) => new SysvmError('SYSVM_API_PARAMETER', sentence)

interface Place {
  readonly networkid?: string | undefined
  readonly vpcid?: string | undefined
  readonly zoneid?: string | undefined
}

/** Who is to have it: named, or the only isolated network of the zone. */
const ownerIn = async (
  trx: Transaction<Database>,
  { networkid, vpcid, zoneid }: Place,
  account: string,
): Promise<AddressOwner> => {
  if (networkid !== undefined && vpcid !== undefined) {
    const network = await trx.selectFrom('network').select('vpc').where('id', '=', networkid).executeTakeFirst()
    if (found(network, 'networkid', 'network', networkid).vpc !== vpcid)
      throw bad('Parameters networkid and vpcid exclude each other, but for a tier of that VPC: give one.')
  }
  if (vpcid !== undefined) return { kind: 'vpc', id: vpcid }
  if (networkid !== undefined) return { kind: 'network', id: networkid }
  if (zoneid === undefined) throw bad('associateIpAddress needs networkid, vpcid or zoneid: give one.')
  const { count, rows } = await findNetworks(
    trx,
    { accounts: [account], zone: zoneid, forvpc: false },
    { limit: 2, offset: 0 },
  )
  const [only] = rows
  if (only === undefined || count > 1)
    throw bad(`Parameter networkid: the zone has ${count} isolated networks, so name the one that is meant.`)
  return { kind: 'network', id: only.id }
}

/** A tier has no addresses of its own: its VPC has them. */
const withVpc = async (trx: Transaction<Database>, who: AddressOwner): Promise<AddressOwner> => {
  if (who.kind === 'vpc') return who
  const row = await trx.selectFrom('network').select('vpc').where('id', '=', who.id).executeTakeFirst()
  return row?.vpc ? { kind: 'vpc', id: row.vpc } : who
}

const zoneOf = async (trx: Transaction<Database>, { kind, id }: AddressOwner): Promise<string> => {
  const row = await trx.selectFrom(kind).select('zone').where('id', '=', id).executeTakeFirst()
  return found(row, `${kind}id`, kind === 'vpc' ? 'VPC' : 'network', id).zone
}

/** This very address of the zone, free or reserved; held, as addresses are, before their owners. */
const findAddress = async (
  trx: Transaction<Database>,
  who: AddressOwner & { readonly account: string },
  address: string,
): Promise<string> => {
  const row = await lockAddressOfZone(trx, await zoneOf(trx, who), address)
  if (row === undefined) throw bad(`Parameter ipaddress: the zone has no public address ${address}.`)
  const state = stateOfPublicIp(row)
  if (state === 'Allocated' || state === 'Releasing')
    throw new SysvmError('SYSVM_IN_USE', `Parameter ipaddress: ${address} is ${state}: choose one that is free.`)
  if (state === 'Reserved') refuseForeign(who.account, row, 'ipaddress', `the address ${address}`)
  return row.id
}

const accountOf = async (trx: Transaction<Database>, { kind, id }: AddressOwner): Promise<string> =>
  found(
    await trx.selectFrom(kind).select('account').where('id', '=', id).executeTakeFirst(),
    `${kind}id`,
    kind === 'vpc' ? 'VPC' : 'network',
    id,
  ).account

export const associateIpAddress = defineCommand({
  name: 'associateIpAddress',
  authorized: everyone,
  description: 'Takes one more public address for an isolated network or a VPC.',
  params: {
    networkid: p.uuid('The isolated network, or a tier of the VPC.'),
    vpcid: p.uuid('The VPC.'),
    zoneid: p.uuid('Without networkid and vpcid: the zone, which then has one isolated network.'),
    ipaddress: p.ipv4('This very address, free or reserved; default: any free one.'),
    isportable: p.only('Whether it may move between zones.', false),
    fordisplay: p.only('Whether it is shown.', true),
    ...owner,
  },
  unsupported: ['regionid'],
  answer: 'job',
  response: ipAddressResponse,
  result: addressResult,
  run: (context, params) => {
    return write(context, async (trx) => {
      const asked = await ownerFor(context, trx, params)
      const who = await withVpc(trx, await ownerIn(trx, params, asked))
      const account = await accountOf(trx, who)
      // Without an owner of its own, an address is its network's owner's.
      if (params.account !== undefined || params.projectid !== undefined)
        refuseForeign(asked, { account }, `${who.kind}id`, `the ${who.kind}`)
      await requireRoom(trx, account, { public_ip: 1 })
      if (params.zoneid !== undefined && params.zoneid !== (await zoneOf(trx, who)))
        throw bad(`Parameter zoneid: the ${who.kind} ${who.id} is not in the zone ${params.zoneid}.`)
      const named =
        params.ipaddress === undefined ? undefined : await findAddress(trx, { ...who, account }, params.ipaddress)
      await lockOwner(trx, who)
      await refuseWithout(trx, who, 'SourceNat')
      const id = named ?? (await allocatePublicIp(trx, who))
      if (named !== undefined)
        await updatePublicIp(trx, id, { [who.kind]: who.id, account, reserved: false, allocated: sql`now()` as never })
      return startAddressJob(context, trx, 'associateIpAddress', who, await reviseOwner(trx, who), id)
    })
  },
})
