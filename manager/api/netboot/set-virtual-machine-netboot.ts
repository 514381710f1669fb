import { SysvmError } from '@sysvm/errors'
import { lockGuest, networksOfGuest } from '../../model/guest.ts'
import { deleteNetboot, findNetboot, setNetboot } from '../../model/netboot.ts'
import { reviseNetwork, reviseNetworks } from '../../model/network.ts'
import { admins } from '../authorized.ts'
import { defineCommand } from '../command.ts'
import { doneJob } from '../done-job.ts'
import { found } from '../found.ts'
import { startNetworkJob } from '../network/job.ts'
import * as p from '../parameter.ts'
import { write } from '../write.ts'
import { bootScript, bootUrl, bootUrls, kernelArguments } from './parameters.ts'
import { netbootResponse, presentNetboot } from './response.ts'

const bad = (sentence: string) => new SysvmError('SYSVM_API_PARAMETER', sentence)

const CMD = 'setVirtualMachineNetboot'

export const setVirtualMachineNetboot = defineCommand({
  name: 'setVirtualMachineNetboot',
  authorized: admins,
  description: 'Says what a guest loads when it boots over the network; nothing given: it boots from its disk again.',
  params: {
    id: p.required(p.uuid('The guest.')),
    kernel: bootUrl('Address of a Linux kernel: http, https or tftp.'),
    initrd: bootUrls('Addresses of its initial file systems, comma-joined.'),
    arguments: kernelArguments("The kernel's command line."),
    script: bootScript('Instead of a kernel: an iPXE script in base64, which this guest alone is handed.'),
  },
  answer: 'job',
  response: netbootResponse,
  result: async ({ db }, id) => {
    const row = await findNetboot(db, id)
    return row && presentNetboot(row)
  },
  run: (context, { id, kernel, initrd, arguments: words, script }) =>
    write(context, async (trx) => {
      if (kernel !== undefined && script !== undefined)
        throw bad('Parameter script: a guest boots a kernel or a script: give one of the two.')
      if (kernel === undefined && (initrd !== undefined || words !== undefined))
        throw bad('Parameter kernel: initrd and arguments go with it: give it too.')
      found(await lockGuest(trx, id), 'id', 'guest', id)
      if (kernel === undefined && script === undefined) await deleteNetboot(trx, id)
      else
        await setNetboot(trx, {
          guest: id,
          kernel: kernel ?? null,
          initrd: initrd ?? [],
          arguments: words ?? '',
          script: script ?? null,
        })
      const [first, ...others] = await networksOfGuest(trx, id)
      if (first === undefined) return { jobid: await doneJob(trx, CMD, 'VirtualMachine', id), id }
      await reviseNetworks(trx, others)
      for (const network of others) await context.jobs.wake(trx, 'network', network)
      // Done when the router of its first network, from which it boots, hands it out.
      const revision = (await reviseNetwork(trx, first)) ?? 0
      return startNetworkJob(context, trx, CMD, first, revision, { instance: id, instancetype: 'VirtualMachine' })
    }),
})
