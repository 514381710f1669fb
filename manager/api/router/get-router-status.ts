import { admins } from '../authorized.ts'
import { defineCommand } from '../command.ts'
import * as p from '../parameter.ts'
import { defineResponse } from '../response.ts'
import { askRouter } from './ask.ts'

export const getRouterStatus = defineCommand({
  name: 'getRouterStatus',
  authorized: admins,
  description:
    "Shows a router's own account of itself: its image, its generations and its last failure. Of sysvm alone.",
  params: { id: p.required(p.uuid('The router.')) },
  answer: 'object',
  response: defineResponse('routerstatus', {
    id: ['string', 'The router.'],
    name: ['string', 'Its name.'],
    role: ['string', 'router.'],
    firmware: ['string', 'Version of its firmware.'],
    image: ['string', 'Content hash of its image.'],
    platform: ['string', 'Hash of all of its image but the firmware: a patch is made for one platform.'],
    patch: [
      'map',
      'The firmware that patchSystemVm brought and that runs, one that waits to be tried, the last that failed.',
    ],
    bootId: ['string', 'Changes with each boot.'],
    uptimeSeconds: ['long', 'Seconds since it booted.'],
    confirmed: ['integer', 'Generation that is in force.'],
    pending: ['map', 'Generation that waits to be confirmed, and until when.'],
    lastFailure: ['map', 'The last commit that failed: generation, step, service and what was said.'],
  }),
  run: (context, { id }) =>
    askRouter(context, 'id', id, async (client) => {
      const { lastFailure, patch, ...status } = await client.status()
      const { running, staged, failed } = patch
      const { details: _, ...failure } = lastFailure ?? {}
      return {
        id,
        ...status,
        patch: { running: running && { ...running }, staged, failed: failed && { ...failed } },
        lastFailure: lastFailure === null ? null : failure,
      }
    }),
})
