import { SysvmError } from '@sysvm/errors'
import { insertDiskOffering } from '../../model/diskoffering.ts'
import { admins } from '../authorized.ts'
import { defineCommand } from '../command.ts'
import { readNamedValues } from '../offering/details.ts'
import { reachParams, readReach, readTags } from '../offering/reach.ts'
import * as p from '../parameter.ts'
import { write } from '../write.ts'
import { rateParams, readRates } from './rates.ts'
import { diskOfferingResponse, presentDiskOffering } from './response.ts'

/** GiB; a petabyte. */
const LARGEST = 2 ** 20

export const createDiskOffering = defineCommand({
  name: 'createDiskOffering',
  authorized: admins,
  description: 'Creates a size of data disks.',
  params: {
    name: p.required(p.name('Name, unique.')),
    displaytext: p.text('What it is, for people; default: the name.'),
    disksize: p.integer('Size in GiB; with customized=true none.', 1, LARGEST),
    customized: p.boolean('True: who makes a disk chooses its size. Default: true without disksize.'),
    disksizestrictness: p.boolean('True: a disk of it keeps this size. Default false.'),
    storagetype: p.choice('Where its disks are. Default shared.', ['shared', 'local']),
    provisioningtype: p.choice('How its disks are made. Default thin.', ['thin', 'sparse', 'fat']),
    cachemode: p.choice('How writes are cached.', ['none', 'writeback', 'writethrough']),
    tags: p.text('Tags with commas of the storage of its disks.'),
    displayoffering: p.boolean('False: only administrators see it. Default true.'),
    encrypt: p.only('Whether its disks are encrypted.', false),
    customizediops: p.only('Whether who makes a disk chooses its operations per second.', false),
    miniops: p.integer('Least operations per second.', 0, 2 ** 53 - 1),
    maxiops: p.integer('Most operations per second.', 0, 2 ** 53 - 1),
    details: p.map('What clients want to remember of it: entries of name=value.'),
    ...rateParams,
    ...reachParams,
  },
  unsupported: ['hypervisorsnapshotreserve', 'storagepolicy'],
  answer: 'object',
  response: diskOfferingResponse,
  run: async (context, params) => {
    const { name, displaytext, disksize, miniops, maxiops } = params
    const customized = params.customized ?? disksize === undefined
    if (customized && disksize !== undefined)
      throw new SysvmError('SYSVM_API_PARAMETER', 'Parameter disksize: with customized=true who makes a disk says it.')
    if (!customized && disksize === undefined)
      throw new SysvmError('SYSVM_API_PARAMETER', 'createDiskOffering needs disksize, or customized=true: give one.')
    if ((miniops ?? 0) > (maxiops ?? miniops ?? 0))
      throw new SysvmError('SYSVM_API_PARAMETER', `Parameter miniops: ${miniops} is above maxiops, ${maxiops}.`)
    const bounds = Object.fromEntries(Object.entries({ miniops, maxiops }).filter(([, value]) => value !== undefined))
    const limits = { ...readRates(params), ...bounds }
    const details = readNamedValues('details', params.details ?? [])
    const tags = readTags('tags', params.tags ?? '')
    return presentDiskOffering(
      await write(context, async (trx) =>
        insertDiskOffering(trx, {
          ...{ name, displaytext: displaytext || name, customized, disksize: disksize ?? null, tags },
          ...(await readReach(trx, params)),
          storagetype: params.storagetype ?? 'shared',
          provisioningtype: params.provisioningtype ?? 'thin',
          cachemode: params.cachemode ?? null,
          displayoffering: params.displayoffering ?? true,
          strict: params.disksizestrictness ?? false,
          limits: JSON.stringify(limits),
          details: JSON.stringify(details),
        }),
      ),
    )
  },
})
