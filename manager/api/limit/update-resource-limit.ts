import { SysvmError } from '@sysvm/errors'
import type { Transaction } from 'kysely'
import { findAccount } from '../../model/account.ts'
import { domainsAbove } from '../../model/domain.ts'
import { limitKinds, UNLIMITED } from '../../model/limit/kinds.ts'
import { limitsOf, setLimit } from '../../model/limit/limit.ts'
import type { Database } from '../../model/schema.ts'
import { seesAll } from '../access.ts'
import { domainAdmins } from '../authorized.ts'
import { type Context, defineCommand } from '../command.ts'
import { owner } from '../owner.ts'
import * as p from '../parameter.ts'
import { write } from '../write.ts'
import { limitResponse, presentLimit } from './response.ts'
import { type Whose, whoseLimits } from './whose.ts'

const LARGEST = 999_999_999_999
const bad = (sentence: string) => new SysvmError('SYSVM_API_PARAMETER', sentence)

/** Nobody widens what was set for itself: that is for an administrator above. */
const refuseOwn = ({ caller }: Context, { id }: Whose): void => {
  if (!seesAll(caller) && (id === caller.accountid || id === caller.domainid))
    throw new SysvmError('SYSVM_API_FORBIDDEN', 'The limits of your own account and domain are not yours to change.')
}

/** What a domain above may have is the most that one within it may. */
const refuseAbove = async (trx: Transaction<Database>, whose: Whose, type: number, max: number): Promise<void> => {
  const within = whose.path ?? (await findAccount(trx, whose.id))?.domainpath ?? ''
  const above = (await domainsAbove(trx, within)).filter(({ id }) => id !== whose.id)
  const limits = await limitsOf(
    trx,
    above.map(({ id }) => ({ kind: 'domain', id, unlimited: false })),
  )
  for (const { id, path } of above) {
    const most = limits.get(id)?.get(type) ?? UNLIMITED
    if (most !== UNLIMITED && (max === UNLIMITED || max > most))
      throw bad(`Parameter max: domain ${path} may have ${most}, so what is within it may not have more.`)
  }
}

export const updateResourceLimit = defineCommand({
  name: 'updateResourceLimit',
  authorized: domainAdmins,
  description: 'Sets how many things of a kind an account, a project, or with domainid alone a domain, may have.',
  params: {
    resourcetype: p.required(
      p.integer(`Kind of thing: ${limitKinds.map(({ type, name }) => `${type} ${name}`).join(', ')}.`, 0, 11),
    ),
    max: p.integer('How many; -1, which is the default: as many as they like.', UNLIMITED, LARGEST),
    ...owner,
  },
  unsupported: ['tag'],
  answer: 'object',
  response: limitResponse,
  run: (context, params) =>
    write(context, async (trx) => {
      const { resourcetype, max = UNLIMITED } = params
      const kind = limitKinds.find(({ type }) => type === resourcetype)
      if (kind === undefined) throw bad(`Parameter resourcetype: ${resourcetype} is no kind of thing.`)
      const whose = await whoseLimits(context, trx, params)
      refuseOwn(context, whose)
      if (whose.unlimited && max !== UNLIMITED)
        throw bad('Parameter max: the root administrator and the domain ROOT have no limits: only -1 is.')
      await refuseAbove(trx, whose, kind.type, max)
      await setLimit(trx, whose, kind.type, max)
      return presentLimit(whose.fields, kind, max)
    }),
})
