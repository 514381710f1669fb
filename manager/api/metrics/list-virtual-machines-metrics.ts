import { everyone } from '../authorized.ts'
import { defineCommand } from '../command.ts'
import { listVirtualMachines } from '../guest/list-virtual-machines.ts'
import { guestResponse } from '../guest/response.ts'
import { defineResponse } from '../response.ts'
import type { WireValue } from '../wire/value.ts'
import { gigabytes, measured } from './plain.ts'

const MIB = 2 ** 20

/** Of kibibytes. */
const megabytes = (kibibytes: WireValue): string => `${(Number(kibibytes ?? 0) / 1024).toFixed(2)} MB`

export const listVirtualMachinesMetrics = defineCommand({
  name: 'listVirtualMachinesMetrics',
  authorized: everyone,
  description: 'Lists guests as listVirtualMachines does, with their size and traffic for people.',
  params: listVirtualMachines.params,
  answer: 'list',
  response: defineResponse('virtualmachine', {
    ...guestResponse.fields,
    cputotal: ['string', 'Processors times their speed.'],
    memorytotal: ['string', 'Its memory.'],
    networkread: ['string', 'What came to it.'],
    networkwrite: ['string', 'What it sent.'],
  }),
  run: (context, params) =>
    measured(
      listVirtualMachines,
      context,
      params,
      async () =>
        ({ cpunumber, cpuspeed, memory, networkkbsread, networkkbswrite }) => ({
          cputotal: `${((Number(cpunumber) * Number(cpuspeed)) / 1000).toFixed(1)} Ghz`,
          memorytotal: gigabytes(Number(memory) * MIB),
          networkread: megabytes(networkkbsread),
          networkwrite: megabytes(networkkbswrite),
        }),
    ),
})
