import { SysvmError } from '@sysvm/errors'
import { writeSetting } from '../../model/configuration.ts'
import { defineCommand } from '../command.ts'
import * as p from '../parameter.ts'
import { write } from '../write.ts'
import { configurationResponse, presentSetting } from './response.ts'
import { settingNames, settings } from './settings.ts'

const bad = (sentence: string) => new SysvmError('SYSVM_API_PARAMETER', sentence)

export const updateConfiguration = defineCommand({
  name: 'updateConfiguration',
  description: 'Changes a setting of the cloud; it acts at once.',
  params: {
    name: p.required(p.name('The setting.')),
    value: p.text('New value.'),
  },
  unsupported: ['accountid', 'clusterid', 'domainid', 'imagestoreuuid', 'storageid', 'zoneid'],
  answer: 'object',
  response: configurationResponse,
  run: async (context, params) => {
    const name = settingNames.find((one) => one === params.name)
    if (name === undefined)
      throw bad(`Parameter name: there is no setting '${params.name}': listConfigurations names all.`)
    const value = params.value ?? ''
    const checked = settings[name].schema.safeParse(value)
    if (!checked.success)
      throw bad(`Parameter value: '${value}' ${checked.error.issues[0]?.message ?? 'is not valid'}.`)
    await write(context, (trx) => writeSetting(trx, name, value))
    return presentSetting(name, value)
  },
})
