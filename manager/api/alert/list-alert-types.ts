import { alertTypes } from '../../model/alert.ts'
import { admins } from '../authorized.ts'
import { defineCommand } from '../command.ts'
import { defineResponse } from '../response.ts'

export const listAlertTypes = defineCommand({
  name: 'listAlertTypes',
  authorized: admins,
  description: 'Lists the types of alerts.',
  params: {},
  answer: 'list',
  response: defineResponse('alerttype', {
    type: ['integer', "The type's number."],
    name: ['string', "The type's name."],
  }),
  run: async () => ({ count: alertTypes.size, items: [...alertTypes].map(([type, name]) => ({ type, name })) }),
})
