import { readSettings } from '../../model/configuration.ts'
import { settingNames, settings } from '../../model/settings/index.ts'
import { admins } from '../authorized.ts'
import { defineCommand } from '../command.ts'
import { listedFrom, pageOf, search } from '../paging.ts'
import * as p from '../parameter.ts'
import { configurationResponse, presentSetting } from './response.ts'
import { placeOf, scopedTo, scopeParameters, scopesOf } from './scope.ts'

export const listConfigurations = defineCommand({
  name: 'listConfigurations',
  authorized: admins,
  description: 'Lists the settings of the cloud, or those that a zone, cluster, account or domain can have of its own.',
  params: {
    name: p.text('Only the setting of this name.'),
    category: p.text('Only settings about this.'),
    ...scopeParameters,
    ...search,
  },
  unsupported: ['group', 'imagestoreuuid', 'parent', 'storageid', 'subgroup'],
  answer: 'list',
  response: configurationResponse,
  run: async ({ db }, params) => {
    const to = await scopedTo(db, params)
    const names = settingNames.filter(
      (name) =>
        (params.name === undefined || params.name === name) &&
        (params.category === undefined || params.category.toLowerCase() === settings[name].category.toLowerCase()) &&
        (to === undefined || scopesOf(name).includes(to.scope)) &&
        name.includes(params.keyword ?? ''),
    )
    const values = names.length === 0 ? new Map<string, string>() : await readSettings(db, names, placeOf(params))
    return listedFrom(
      names.map((name) => presentSetting(name, values.get(name), to)),
      pageOf(params),
    )
  },
})
