import type { ServiceOffering } from '../../model/offering.ts'
import { defineResponse, type Presented } from '../response.ts'

export const serviceOfferingResponse = defineResponse('serviceoffering', {
  id: ['string', "The offering's id."],
  name: ['string', 'Its name.'],
  state: ['string', 'Active.'],
  displaytext: ['string', 'What it is, for people.'],
  cpunumber: ['integer', 'Processors.'],
  cpuspeed: ['integer', 'Share of a processor in MHz.'],
  memory: ['integer', 'Memory in MiB.'],
  created: ['date', 'When it was made.'],
  storagetype: ['string', 'local: disks are on the host.'],
  provisioningtype: ['string', 'thin: disks grow as they fill.'],
  offerha: ['boolean', 'Whether machines are started elsewhere when their host fails.'],
  limitcpuuse: ['boolean', 'Whether the processor share is a hard limit.'],
  isvolatile: ['boolean', 'Whether the disk is made anew at each start.'],
  issystem: ['boolean', 'Whether it is for system VMs.'],
  defaultuse: ['boolean', 'Whether it came with the manager.'],
  iscustomized: ['boolean', 'Whether guests choose processors and memory themselves.'],
  dynamicscalingenabled: ['boolean', 'Whether a running machine can be resized.'],
})

export const presentServiceOffering = (row: ServiceOffering): Presented<typeof serviceOfferingResponse.fields> => ({
  id: row.id,
  name: row.name,
  state: 'Active',
  displaytext: row.displaytext,
  cpunumber: row.cpunumber,
  cpuspeed: row.cpuspeed,
  memory: row.memory,
  created: row.created,
  storagetype: 'local',
  provisioningtype: 'thin',
  offerha: false,
  limitcpuuse: false,
  isvolatile: false,
  issystem: row.issystem,
  defaultuse: false,
  iscustomized: false,
  dynamicscalingenabled: false,
})
