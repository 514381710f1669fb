import { readSettings } from '../../model/configuration.ts'
import { admins } from '../authorized.ts'
import { defineCommand } from '../command.ts'
import { listedFrom, pageOf, search } from '../paging.ts'
import * as p from '../parameter.ts'
import { configurationResponse, presentSetting } from './response.ts'
import { settingNames, settings } from './settings.ts'

export const listConfigurations = defineCommand({
  name: 'listConfigurations',
  authorized: admins,
  description: 'Lists the settings of the cloud.',
  params: {
    name: p.text('Only the setting of this name.'),
    category: p.text('Only settings about this.'),
    ...search,
  },
  unsupported: [
    'accountid',
    'clusterid',
    'domainid',
    'group',
    'imagestoreuuid',
    'parent',
    'storageid',
    'subgroup',
    'zoneid',
  ],
  answer: 'list',
  response: configurationResponse,
  run: async ({ db }, params) => {
    const values = await readSettings(db, settingNames)
    const names = settingNames.filter(
      (name) =>
        (params.name === undefined || params.name === name) &&
        (params.category === undefined || params.category === settings[name].category) &&
        name.includes(params.keyword ?? ''),
    )
    return listedFrom(
      names.map((name) => presentSetting(name, values.get(name))),
      pageOf(params),
    )
  },
})
