import { SysvmError } from '@sysvm/errors'
import type { Transaction } from 'kysely'
import { writeSetting } from '../../model/configuration.ts'
import { balancedNetworks } from '../../model/loadbalancer.ts'
import { reviseNetworks } from '../../model/network.ts'
import type { Database } from '../../model/schema.ts'
import { admins } from '../authorized.ts'
import { type Context, defineCommand } from '../command.ts'
import * as p from '../parameter.ts'
import { sealed } from '../sealed.ts'
import { write } from '../write.ts'
import { configurationResponse, presentSetting } from './response.ts'
import { type Setting, settingNames, settings } from './settings.ts'

/** The routers of all networks with load balancers. */
const reviseBalancers = async ({ jobs }: Context, trx: Transaction<Database>): Promise<void> => {
  const networks = await balancedNetworks(trx)
  await reviseNetworks(trx, networks)
  for (const network of networks) await jobs.wake(trx, 'network', network)
}

const bad = (sentence: string) => new SysvmError('SYSVM_API_PARAMETER', sentence)

export const updateConfiguration = defineCommand({
  name: 'updateConfiguration',
  authorized: admins,
  description: 'Changes a setting of the cloud; it acts at once.',
  params: {
    name: p.required(p.name('The setting.')),
    value: p.secret('New value.'),
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
    const { secret, reaches }: Setting = settings[name]
    if (!checked.success) {
      const shown = secret ? 'it' : `'${value}'`
      throw bad(`Parameter value: ${shown} ${checked.error.issues[0]?.message ?? 'is not valid'}.`)
    }
    const kept = secret && value !== '' ? sealed(context, `configuration/${name}`, value) : value
    await write(context, async (trx) => {
      await writeSetting(trx, name, kept)
      if (reaches === 'balancers') await reviseBalancers(context, trx)
    })
    return presentSetting(name, value)
  },
})
