import { SysvmError } from '@sysvm/errors'
import { insertServiceOffering } from '../../model/offering.ts'
import { admins } from '../authorized.ts'
import { defineCommand } from '../command.ts'
import { readNamedValues } from '../offering/details.ts'
import { reachParams, readReach, readTags } from '../offering/reach.ts'
import * as p from '../parameter.ts'
import { write } from '../write.ts'
import { presentServiceOffering, serviceOfferingResponse } from './response.ts'
import { offeredSize } from './size.ts'

export const createServiceOffering = defineCommand({
  name: 'createServiceOffering',
  authorized: admins,
  description: 'Creates a size of machines: processors and memory.',
  params: {
    name: p.required(p.name('Name, unique.')),
    displaytext: p.text('What it is, for people; default: the name.'),
    cpunumber: p.integer('Processors; with customized=true none.', 1, 256),
    cpuspeed: p.integer('Share of a processor in MHz; default 1000.', 0, 100_000),
    memory: p.integer('Memory in MiB; with customized=true none.', 32, 16_777_216),
    issystem: p.boolean('True: for system VMs. Default false.'),
    storagetype: p.choice("Kept for clients that send it: disks are on their guests' hosts. Default local.", [
      'local',
      'shared',
    ]),
    provisioningtype: p.choice('How disks are made.', ['thin']),
    customized: p.boolean('True: each guest chooses processors and memory. Default false.'),
    mincpunumber: p.integer('Least processors that a guest may choose; with the other three bounds.', 1, 256),
    maxcpunumber: p.integer('Most processors that a guest may choose.', 1, 256),
    minmemory: p.integer('Least memory that a guest may choose, in MiB.', 32, 16_777_216),
    maxmemory: p.integer('Most memory that a guest may choose, in MiB.', 32, 16_777_216),
    hosttags: p.text('Tags with commas that a host needs to run it.'),
    tags: p.text('Tags with commas of the storage of its disks.'),
    offerha: p.boolean('True: machines are started elsewhere when their host fails. Default false.'),
    limitcpuuse: p.boolean('Whether the processor share is a hard limit; kept for clients. Default false.'),
    isvolatile: p.boolean('True: the disk is made anew at each start. Default false.'),
    dynamicscalingenabled: p.boolean('Whether a running machine can be resized. Default true.'),
    serviceofferingdetails: p.map('What clients want to remember of it: entries of name=value.'),
    systemvmtype: p.choice('Of those for system VMs, for which kind.', [
      'domainrouter',
      'consoleproxy',
      'secondarystoragevm',
    ]),
    purgeresources: p.only('Whether the rows of expunged guests are dropped at once; they are in any case.', true),
    ...reachParams,
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
    'encryptroot',
    'externaldetails',
    'gpucount',
    'gpudisplay',
    'hypervisorsnapshotreserve',
    'iopsreadrate',
    'iopsreadratemax',
    'iopsreadratemaxlength',
    'iopswriterate',
    'iopswriteratemax',
    'iopswriteratemaxlength',
    'leaseduration',
    'leaseexpiryaction',
    'maxiops',
    'miniops',
    'networkrate',
    'rootdisksize',
    'storagepolicy',
    'vgpuprofileid',
  ],
  answer: 'object',
  response: serviceOfferingResponse,
  run: async (context, params) => {
    const { name, displaytext } = params
    const size = offeredSize(params)
    if (params.systemvmtype !== undefined && params.issystem !== true)
      throw new SysvmError('SYSVM_API_PARAMETER', 'Parameter systemvmtype: needs issystem=true.')
    const details = readNamedValues('serviceofferingdetails', params.serviceofferingdetails ?? [])
    const tags = {
      hosttags: readTags('hosttags', params.hosttags ?? ''),
      storagetags: readTags('tags', params.tags ?? ''),
    }
    return presentServiceOffering(
      await write(context, async (trx) =>
        insertServiceOffering(trx, {
          ...{ name, displaytext: displaytext || name, ...size, ...tags },
          ...(await readReach(trx, params)),
          issystem: params.issystem ?? false,
          storagetype: params.storagetype ?? 'local',
          systemvmtype: params.systemvmtype ?? null,
          offerha: params.offerha ?? false,
          limitcpuuse: params.limitcpuuse ?? false,
          isvolatile: params.isvolatile ?? false,
          scalable: params.dynamicscalingenabled ?? true,
          details: JSON.stringify(details),
        }),
      ),
    )
  },
})
