import { SysvmError } from '@sysvm/errors'
import { insertDomain, lockDomains } from '../../model/domain.ts'
import type { RoleType } from '../authorized.ts'
import { defineCommand } from '../command.ts'
import { found } from '../found.ts'
import * as p from '../parameter.ts'
import { write } from '../write.ts'
import { domainOf } from './find.ts'
import { domainName } from './name.ts'
import { domainResponse, oneDomain } from './response.ts'

/** Administrators of the cloud, and of a domain for what lies beneath it. */
export const domainMakers: readonly RoleType[] = ['Admin', 'DomainAdmin']

export const createDomain = defineCommand({
  name: 'createDomain',
  authorized: domainMakers,
  description: "Makes a domain beneath another one, by default the caller's.",
  params: {
    name: p.required(domainName('Its name, unique beneath its parent.')),
    parentdomainid: p.uuid("The domain above it; default: the caller's."),
    networkdomain: p.domainName('DNS domain of its networks that name none.'),
  },
  unsupported: ['domainid'],
  answer: 'object',
  response: domainResponse,
  run: (context, { name, networkdomain, parentdomainid = context.caller.domainid }) =>
    write(context, async (trx) => {
      await lockDomains(trx)
      const parent = found(
        await domainOf(trx, context.caller, parentdomainid),
        'parentdomainid',
        'domain',
        parentdomainid,
      )
      if (parent.state !== 'Active')
        throw new SysvmError('SYSVM_RESOURCE_STATE', `Domain ${parent.path} is being removed: choose another.`)
      const path = `${parent.path}/${name}`
      const id = await insertDomain(trx, { name, path, parent: parent.id, networkdomain: networkdomain ?? null })
      return oneDomain(trx, id)
    }),
})
