import { admins } from '../authorized.ts'
import { defineCommand } from '../command.ts'
import * as p from '../parameter.ts'
import { defineResponse } from '../response.ts'
import { askRouter } from './ask.ts'

export const getRouterPlan = defineCommand({
  name: 'getRouterPlan',
  authorized: admins,
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
  run: (context, { id }) =>
    askRouter(context, 'id', id, async (client) => {
      const plan = await client.plan(await context.dependencies.routerSpec?.(id))
      return {
        id,
        generation: plan.generation,
        files: plan.files.map(({ path, diff }) => ({ path, diff })),
        netfilter: plan.netfilter,
        actions: plan.actions.map((action) => ({ ...action })),
        dropsFlows: plan.dropsFlows,
      }
    }),
})
