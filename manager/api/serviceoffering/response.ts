import type { ServiceOffering } from '../../model/offering.ts'
import { defineResponse, type Presented } from '../response.ts'

export const serviceOfferingResponse = defineResponse('serviceoffering', {
  id: ['string', "The offering's id."],
  name: ['string', 'Its name.'],
  state: ['string', 'Active, or Inactive: no guest can be made of it any more.'],
  displaytext: ['string', 'What it is, for people.'],
  cpunumber: ['integer', 'Processors.'],
  cpuspeed: ['integer', 'Share of a processor in MHz.'],
  memory: ['integer', 'Memory in MiB.'],
  created: ['date', 'When it was made.'],
  storagetype: ['string', "local or shared, as it was asked for: disks are on their guests' hosts."],
  provisioningtype: ['string', 'thin: disks grow as they fill.'],
  offerha: ['boolean', 'Whether machines are started elsewhere when their host fails.'],
  limitcpuuse: ['boolean', 'Whether the processor share is a hard limit.'],
  isvolatile: ['boolean', 'Whether the disk is made anew at each start.'],
  storagetags: ['string', 'Tags of the storage of its disks, with commas.'],
  hosttags: ['string', 'Tags that a host needs to run it, with commas.'],
  domainid: ['string', 'Domains that may use it, with commas; none: all.'],
  domain: ['string', 'Names of those domains.'],
  zoneid: ['string', 'Zones that it can be used in, with commas; none: all.'],
  zone: ['string', 'Names of those zones.'],
  systemvmtype: ['string', 'Of those for system VMs, for which kind.'],
  serviceofferingdetails: ['map', 'What clients remember of it; of a customized one also its bounds.'],
  purgeresources: ['boolean', 'Always true: rows of expunged guests are dropped at once.'],
  issystem: ['boolean', 'Whether it is for system VMs.'],
  defaultuse: ['boolean', 'Whether it came with the manager.'],
  iscustomized: ['boolean', 'Whether guests choose processors and memory themselves.'],
  dynamicscalingenabled: ['boolean', 'Whether a running machine can be resized.'],
})

/** Where clients of CloudStack look for the bounds of a customized offering. */
const boundsOf = ({ mincpunumber, maxcpunumber, minmemory, maxmemory }: ServiceOffering): Record<string, string> =>
  Object.fromEntries(
    Object.entries({ mincpunumber, maxcpunumber, minmemory, maxmemory }).flatMap(([name, value]) =>
      value === null ? [] : [[name, String(value)]],
    ),
  )

const orNull = (text: string): string | null => (text === '' ? null : text)

export const presentServiceOffering = (row: ServiceOffering): Presented<typeof serviceOfferingResponse.fields> => {
  const details = { ...row.details, ...boundsOf(row) }
  return {
    id: row.id,
    name: row.name,
    state: row.state,
    displaytext: row.displaytext,
    cpunumber: row.cpunumber || null,
    cpuspeed: row.customized && row.cpuspeed === 0 ? null : row.cpuspeed,
    memory: row.memory || null,
    created: row.created,
    storagetype: row.storagetype,
    provisioningtype: 'thin',
    offerha: row.offerha,
    limitcpuuse: row.limitcpuuse,
    isvolatile: row.isvolatile,
    storagetags: orNull(row.storagetags),
    hosttags: orNull(row.hosttags),
    domainid: row.domainids,
    domain: row.domainnames,
    zoneid: row.zoneids,
    zone: row.zonenames,
    systemvmtype: row.systemvmtype,
    serviceofferingdetails: Object.keys(details).length === 0 ? null : details,
    purgeresources: true,
    issystem: row.issystem,
    defaultuse: false,
    iscustomized: row.customized,
    dynamicscalingenabled: row.scalable,
  }
}
