import { SysvmError } from '@sysvm/errors'
import { findRouter } from '../../model/router.ts'
import { defineCommand } from '../command.ts'
import { found } from '../found.ts'
import * as p from '../parameter.ts'
import { defineResponse } from '../response.ts'

export const getRouterPlan = defineCommand({
  name: 'getRouterPlan',
  description: "Shows what the manager's present spec would change on a router, without changing it. Of sysvm alone.",
  params: { id: p.required(p.uuid('The router.')) },
  answer: 'object',
  response: defineResponse('routerplan', {
    id: ['string', 'The router.'],
    generation: ['integer', 'Generation it would become.'],
    files: [
      'list',
      'Files that would change.',
      { path: ['string', 'The file.'], diff: ['string', 'Unified diff; of secret files two fingerprints.'] },
    ],
    netfilter: ['string', 'The netfilter transaction that would be loaded.'],
    actions: ['list', 'What would be done to which service.'],
    dropsFlows: ['boolean', 'Whether established connections would end.'],
  }),
  run: async ({ db, dependencies }, { id }) => {
    const router = found(await findRouter(db, id), 'id', 'router', id)
    if (router.host === null || dependencies.planRouter === undefined)
      throw new SysvmError('SYSVM_RESOURCE_STATE', `Router r-${router.number}-VM is on no host: start it first.`)
    const plan = await dependencies.planRouter(id)
    return {
      id,
      generation: plan.generation,
      files: plan.files.map(({ path, diff }) => ({ path, diff })),
      netfilter: plan.netfilter,
      actions: plan.actions.map((action) => ({ ...action })),
      dropsFlows: plan.dropsFlows,
    }
  },
})
