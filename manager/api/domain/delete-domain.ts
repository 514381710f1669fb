import { SysvmError } from '@sysvm/errors'
import type { Kysely } from 'kysely'
import { findMember } from '../../model/account-list.ts'
import { isWithin, lockDomains, usedOfDomain } from '../../model/domain.ts'
import { accountsBeneath, obstacleOf, removeDomain } from '../../model/removal.ts'
import type { Database } from '../../model/schema.ts'
import { refuseAccountLockout } from '../account/find.ts'
import { type Context, defineCommand } from '../command.ts'
import * as p from '../parameter.ts'
import { startRemoval } from '../removal/job.ts'
import { successResponse } from '../response.ts'
import { requirePower } from '../role/power.ts'
import { write } from '../write.ts'
import { administeredDomain } from './administered.ts'
import { domainMakers } from './create-domain.ts'

/** Each account beneath is one that the caller may delete by itself. */
const checkAccounts = async (context: Context, trx: Kysely<Database>, path: string): Promise<void> => {
  for (const id of await accountsBeneath(trx, path)) {
    refuseAccountLockout(context, id, 'deleted')
    const account = await findMember(trx, id)
    if (account !== undefined) await requirePower(context, trx, account, `Account ${account.name}`)
    const obstacle = await obstacleOf(trx, id)
    // What manages a project goes with it, where both are beneath.
    if (obstacle !== undefined && !obstacle.startsWith('it alone manages'))
      throw new SysvmError('SYSVM_IN_USE', `Account ${account?.name ?? id} stays: ${obstacle}.`)
  }
}

export const deleteDomain = defineCommand({
  name: 'deleteDomain',
  authorized: domainMakers,
  subject: 'domain',
  description: 'Deletes a domain and, with cleanup, its accounts and the domains beneath it with all they have.',
  params: {
    id: p.required(p.uuid('The domain.')),
    cleanup: p.boolean('Whether what is in it goes too. Default false.'),
  },
  answer: 'job',
  response: successResponse,
  run: (context, { id, cleanup = false }) =>
    write(context, async (trx) => {
      await lockDomains(trx)
      const { path } = await administeredDomain(context, trx, id)
      if (isWithin(context.caller.domainpath, path))
        throw new SysvmError('SYSVM_API_FORBIDDEN', 'You cannot delete the domain that you are in.')
      const { accounts, domains } = await usedOfDomain(trx, id)
      if (!cleanup && accounts + domains > 0)
        throw new SysvmError(
          'SYSVM_IN_USE',
          `Domain ${path} has ${accounts} accounts and ${domains} domains: delete them first, or ask for cleanup=true.`,
        )
      await checkAccounts(context, trx, path)
      await removeDomain(trx, id, path)
      return startRemoval(context, trx, 'deleteDomain', 'Domain', id)
    }),
})
