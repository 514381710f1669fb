import { changeDomain, lockDomains, moveDomain } from '../../model/domain.ts'
import { changes } from '../changes.ts'
import { defineCommand } from '../command.ts'
import * as p from '../parameter.ts'
import { write } from '../write.ts'
import { administeredDomain } from './administered.ts'
import { domainMakers } from './create-domain.ts'
import { domainName } from './name.ts'
import { domainResponse, oneDomain } from './response.ts'

export const updateDomain = defineCommand({
  name: 'updateDomain',
  authorized: domainMakers,
  description: 'Changes a domain; the paths of those beneath it follow its name.',
  params: {
    id: p.required(p.uuid('The domain.')),
    name: domainName('Another name.'),
    networkdomain: p.domainName('Another DNS domain of its networks that name none.'),
  },
  answer: 'object',
  response: domainResponse,
  run: (context, { id, name, networkdomain }) =>
    write(context, async (trx) => {
      await lockDomains(trx)
      const domain = await administeredDomain(context, trx, id)
      await changeDomain(trx, id, changes({ name, networkdomain }))
      if (name !== undefined)
        await moveDomain(trx, domain.path, [...domain.path.split('/').slice(0, -1), name].join('/'))
      return oneDomain(trx, id)
    }),
})
