import { SysvmError } from '@sysvm/errors'
import type { Transaction } from 'kysely'
import type { Database } from '../../model/schema.ts'
import {
  accountOutside,
  findVlanRange,
  lockVlanRange,
  takenOfRange,
  updateVlanRangeRow,
} from '../../model/vlanrange.ts'
import { admins } from '../authorized.ts'
import { defineCommand } from '../command.ts'
import { found } from '../found.ts'
import * as p from '../parameter.ts'
import { write } from '../write.ts'
import { type Dedication, dedicationOf } from './dedication.ts'
import { presentVlanRange, vlanRangeResponse } from './vlan-response.ts'

/** Addresses that others have already would be theirs for ever. */
const refuseTaken = async (
  trx: Transaction<Database>,
  taken: Awaited<ReturnType<typeof takenOfRange>>,
  whose: Dedication,
): Promise<void> => {
  const accounts = [...new Set(taken.flatMap(({ account }) => account ?? []))]
  const other =
    whose.account === null
      ? await accountOutside(trx, accounts, whose.domain)
      : accounts.find((account) => account !== whose.account)
  const address = taken.find(({ account }) => account === other)?.address
  if (other !== undefined)
    throw new SysvmError('SYSVM_IN_USE', `Another account has ${address} of the range: have it given back first.`)
}

export const dedicatePublicIpRange = defineCommand({
  name: 'dedicatePublicIpRange',
  authorized: admins,
  subject: 'vlan_range',
  description: "Keeps a range's addresses for one account, a project, or the accounts of a domain.",
  params: {
    id: p.required(p.uuid('The range.')),
    domainid: p.required(p.uuid('Domain of account; alone: the addresses are those of its accounts.')),
    account: p.text('Account whose addresses alone they become.'),
    projectid: p.uuid('Project whose addresses alone they become, instead of an account.'),
  },
  answer: 'object',
  response: vlanRangeResponse,
  run: (context, { id, ...params }) =>
    write(context, async (trx) => {
      const whose = await dedicationOf(context, trx, params)
      const taken = await takenOfRange(trx, id)
      const range = found(await lockVlanRange(trx, id), 'id', 'range', id)
      if (range.account !== null || range.domain !== null)
        throw new SysvmError(
          'SYSVM_RESOURCE_STATE',
          `The range ${id} is dedicated already: release it with releasePublicIpRange first.`,
        )
      if (whose !== undefined) {
        await refuseTaken(trx, taken, whose)
        await updateVlanRangeRow(trx, id, whose)
      }
      return presentVlanRange(found(await findVlanRange(trx, id), 'id', 'range', id))
    }),
})
