import { defineCommand } from '../command.ts'
import * as p from '../parameter.ts'
import { defineResponse } from '../response.ts'
import { askRouter } from './ask.ts'

/** The agent answers with lines or with one text, by its version. */
const textOf = (answer: unknown): string => {
  if (typeof answer === 'string') return answer
  const { lines, log } = (answer ?? {}) as { readonly lines?: readonly unknown[]; readonly log?: unknown }
  return lines
    ? lines.map((line) => (typeof line === 'string' ? line : JSON.stringify(line))).join('\n')
    : String(log ?? '')
}

export const getRouterLog = defineCommand({
  name: 'getRouterLog',
  description: "Shows the newest lines of a router's journal. Of sysvm alone.",
  params: {
    id: p.required(p.uuid('The router.')),
    lines: p.integer('How many lines; default 200.', 1, 5000),
  },
  answer: 'object',
  response: defineResponse('routerlog', {
    id: ['string', 'The router.'],
    log: ['string', 'The lines, newest last.'],
  }),
  run: (context, { id, lines }) =>
    askRouter(context, 'id', id, async (client) => ({
      id,
      log: textOf(await client.request<unknown>('GET', `/v1/logs?lines=${lines ?? 200}`)),
    })),
})
