import { forgetSetting, readSettings } from '../../model/configuration.ts'
import { admins } from '../authorized.ts'
import { defineCommand } from '../command.ts'
import * as p from '../parameter.ts'
import { write } from '../write.ts'
import { announceSetting } from './change.ts'
import { configurationResponse, presentSetting } from './response.ts'
import { placeOf, scopedTo, scopeParameters, settingNamed } from './scope.ts'

export const resetConfiguration = defineCommand({
  name: 'resetConfiguration',
  authorized: admins,
  description:
    "Gives a setting its default again; of a zone, cluster, account or domain, the cloud's value. It acts at once.",
  since: '4.16.0',
  params: { name: p.required(p.name('The setting.')), ...scopeParameters },
  unsupported: ['imagestoreid', 'storageid'],
  answer: 'object',
  response: configurationResponse,
  run: async (context, params) => {
    const to = await scopedTo(context.db, params)
    const name = settingNamed(params.name, to)
    return write(context, async (trx) => {
      await forgetSetting(trx, name, to)
      await announceSetting(context, trx, name)
      return presentSetting(name, (await readSettings(trx, [name], placeOf(params))).get(name), to)
    })
  },
})
