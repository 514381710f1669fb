import { SysvmError } from '@sysvm/errors'
import { everyone } from '../authorized.ts'
import { defineCommand } from '../command.ts'
import * as p from '../parameter.ts'
import { permissionsOf } from '../permission.ts'
import { defineResponse } from '../response.ts'
import { describe } from './describe.ts'

export const listApis = defineCommand({
  name: 'listApis',
  authorized: everyone,
  description: 'Describes every command that the caller may use.',
  since: '4.1.0',
  params: { name: p.text('Only the command of this name.') },
  answer: 'list',
  response: defineResponse('api', {
    name: ['string', "The command's name."],
    description: ['string', 'What it does.'],
    since: ['string', 'CloudStack version that brought it.'],
    isasync: ['boolean', 'Whether it answers with a job.'],
    related: ['string', 'Commands on the same things.'],
    params: [
      'set',
      'What it takes.',
      {
        name: ['string', "The parameter's name."],
        description: ['string', 'What it means.'],
        type: ['string', 'Its type.'],
        length: ['integer', 'Its longest value in characters.'],
        required: ['boolean', 'Whether it must be given.'],
        related: ['string', 'Lists in which the ids that it takes are found.'],
      },
    ],
    response: [
      'set',
      'What it answers.',
      {
        name: ['string', "The field's name."],
        description: ['string', 'What it means.'],
        type: ['string', 'Its type.'],
        response: ['set', 'Fields of its objects.'],
      },
    ],
  }),
  run: async ({ db, caller, commands: all }, { name }) => {
    const commands = all.filter(await permissionsOf(db, caller))
    const items = commands.filter((one) => name === undefined || one.name.toLowerCase() === name.toLowerCase())
    if (items.length === 0)
      throw new SysvmError('SYSVM_API_PARAMETER', `Parameter name: there is no command '${name?.slice(0, 60)}'.`)
    return { count: items.length, items: items.map((one) => describe(one, commands, caller.roletype)) }
  },
})
