import { writeSetting } from '../../model/configuration.ts'
import { type Setting, settings } from '../../model/settings/index.ts'
import { admins } from '../authorized.ts'
import { defineCommand } from '../command.ts'
import * as p from '../parameter.ts'
import { sealed } from '../sealed.ts'
import { write } from '../write.ts'
import { announceSetting } from './change.ts'
import { mistakeIn } from './check.ts'
import { configurationResponse, presentSetting } from './response.ts'
import { bad, scopedTo, scopeParameters, settingNamed } from './scope.ts'

export const updateConfiguration = defineCommand({
  name: 'updateConfiguration',
  authorized: admins,
  description: 'Changes a setting of the cloud, or of a zone, cluster, account or domain; it acts at once.',
  params: {
    name: p.required(p.name('The setting.')),
    value: p.secret('New value.'),
    ...scopeParameters,
  },
  unsupported: ['imagestoreuuid', 'storageid'],
  answer: 'object',
  response: configurationResponse,
  run: async (context, params) => {
    const to = await scopedTo(context.db, params)
    const name = settingNamed(params.name, to)
    const value = params.value ?? ''
    const { secret }: Setting = settings[name]
    const mistake = mistakeIn(name, value)
    if (mistake !== undefined) throw bad(`Parameter value: ${secret ? 'it' : `'${value}'`} ${mistake}.`)
    const kept = secret && value !== '' ? sealed(context, `configuration/${name}`, value) : value
    await write(context, async (trx) => {
      await writeSetting(trx, name, kept, to)
      await announceSetting(context, trx, name)
    })
    return presentSetting(name, value, to)
  },
})
