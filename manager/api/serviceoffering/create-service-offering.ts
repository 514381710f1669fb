import { SysvmError } from '@sysvm/errors'
import { insertServiceOffering } from '../../model/offering.ts'
import { admins } from '../authorized.ts'
import { defineCommand } from '../command.ts'
import * as p from '../parameter.ts'
import { write } from '../write.ts'
import { presentServiceOffering, serviceOfferingResponse } from './response.ts'

export const createServiceOffering = defineCommand({
  name: 'createServiceOffering',
  authorized: admins,
  description: 'Creates a size of machines: processors and memory.',
  params: {
    name: p.required(p.name('Name, unique.')),
    displaytext: p.text('What it is, for people; default: the name.'),
    cpunumber: p.integer('Processors.', 1, 256),
    cpuspeed: p.integer('Share of a processor in MHz; default 1000.', 0, 100_000),
    memory: p.integer('Memory in MiB.', 32, 16_777_216),
    issystem: p.boolean('True: for system VMs. Default false.'),
    storagetype: p.choice('Where disks are.', ['local', 'shared']),
    provisioningtype: p.choice('How disks are made.', ['thin']),
    customized: p.only('Whether guests choose processors and memory themselves.', false),
    offerha: p.only('Whether machines are started elsewhere when their host fails.', false),
    limitcpuuse: p.only('Whether the processor share is a hard limit.', false),
    isvolatile: p.only('Whether the disk is made anew at each start.', false),
    dynamicscalingenabled: p.only('Whether a running machine can be resized.', false),
  },
  unsupported: [
    'bytesreadrate',
    'bytesreadratemax',
    'bytesreadratemaxlength',
    'byteswriterate',
    'byteswriteratemax',
    'byteswriteratemaxlength',
    'cachemode',
    'customizediops',
    'deploymentplanner',
    'diskofferingid',
    'diskofferingstrictness',
    'domainid',
    'encryptroot',
    'externaldetails',
    'gpucount',
    'gpudisplay',
    'hosttags',
    'hypervisorsnapshotreserve',
    'iopsreadrate',
    'iopsreadratemax',
    'iopsreadratemaxlength',
    'iopswriterate',
    'iopswriteratemax',
    'iopswriteratemaxlength',
    'leaseduration',
    'leaseexpiryaction',
    'maxcpunumber',
    'maxiops',
    'maxmemory',
    'mincpunumber',
    'miniops',
    'minmemory',
    'networkrate',
    'purgeresources',
    'rootdisksize',
    'serviceofferingdetails',
    'storagepolicy',
    'systemvmtype',
    'tags',
    'vgpuprofileid',
    'zoneid',
  ],
  answer: 'object',
  response: serviceOfferingResponse,
  run: async (context, params) => {
    const { cpunumber, memory } = params
    if (cpunumber === undefined || memory === undefined)
      throw new SysvmError('SYSVM_API_PARAMETER', 'createServiceOffering needs cpunumber and memory: give both.')
    if (params.storagetype === 'shared')
      throw new SysvmError(
        'SYSVM_API_PARAMETER',
        'Parameter storagetype: shared is not supported yet by sysvm: only local is.',
      )
    return presentServiceOffering(
      await write(context, (trx) =>
        insertServiceOffering(trx, {
          name: params.name,
          displaytext: params.displaytext || params.name,
          cpunumber,
          cpuspeed: params.cpuspeed ?? 1000,
          memory,
          issystem: params.issystem ?? false,
        }),
      ),
    )
  },
})
