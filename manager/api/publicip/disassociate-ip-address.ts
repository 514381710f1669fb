import { SysvmError } from '@sysvm/errors'
import type { Kysely } from 'kysely'
import { findPublicIps, freeUnbound } from '../../model/publicip.ts'
import { releaseAddress } from '../../model/release.ts'
import type { Database } from '../../model/schema.ts'
import { everyone } from '../authorized.ts'
import { type Context, defineCommand } from '../command.ts'
import { doneJob } from '../done-job.ts'
import { visibleOwners } from '../owner.ts'
import * as p from '../parameter.ts'
import { successResponse } from '../response.ts'
import { write } from '../write.ts'
import { isUnbound, lockAddress, lockOwnedAddress, reviseOwner, startAddressJob } from './owned.ts'

const bad = (sentence: string) => new SysvmError('SYSVM_API_PARAMETER', sentence)

const idOf = async (context: Context, db: Kysely<Database>, address: string | undefined): Promise<string> => {
  if (address === undefined) throw bad('disassociateIpAddress needs id or ipaddress: give one.')
  const accounts = await visibleOwners(context)
  const { count, rows } = await findPublicIps(db, { accounts, address, taken: true }, { limit: 1, offset: 0 })
  if (rows[0] === undefined || count > 1)
    throw bad(`Parameter ipaddress: ${count} addresses are ${address} and taken: give the id of the one that is meant.`)
  return rows[0].id
}

export const disassociateIpAddress = defineCommand({
  name: 'disassociateIpAddress',
  authorized: everyone,
  subject: 'public_ip',
  description: 'Gives up a public address with all its rules; it is free as soon as its router no longer has it.',
  params: {
    id: p.uuid('The address.'),
    ipaddress: p.ipv4('The address itself, instead of id.'),
  },
  answer: 'job',
  response: successResponse,
  run: (context, { id: given, ipaddress }) =>
    write(context, async (trx) => {
      const id = given ?? (await idOf(context, trx, ipaddress))
      if (isUnbound(await lockAddress(context, trx, id, 'id'))) {
        await freeUnbound(trx, id)
        return { jobid: await doneJob(trx, 'disassociateIpAddress', 'IpAddress', id), id }
      }
      const { address, owner, is_source_nat: isSourceNat } = await lockOwnedAddress(context, trx, id, 'id')
      if (isSourceNat)
        throw new SysvmError(
          'SYSVM_API_PARAMETER',
          `The ${owner.kind === 'network' ? 'network' : 'VPC'} goes out by ${address}, its source NAT address: it keeps it until it is deleted.`,
        )
      const revision = await reviseOwner(trx, owner)
      await releaseAddress(trx, id, owner, revision)
      return startAddressJob(context, trx, 'disassociateIpAddress', owner, revision, id)
    }),
})
