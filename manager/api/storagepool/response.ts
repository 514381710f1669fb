import type { StoragePool } from '../../model/storage.ts'
import { defineResponse, type Presented } from '../response.ts'

export const storagePoolResponse = defineResponse('storagepool', {
  id: ['string', "The pool's id."],
  name: ['string', 'Its name.'],
  zoneid: ['string', 'Its zone.'],
  zonename: ['string', "Its zone's name."],
  podid: ['string', 'Its pod; absent for one of the whole zone.'],
  podname: ['string', "Its pod's name."],
  clusterid: ['string', 'Its cluster; absent for one of the whole zone.'],
  clustername: ['string', "Its cluster's name."],
  ipaddress: ['string', 'Who serves it.'],
  path: ['string', 'Where it is on that server or on the hosts.'],
  type: ['string', 'NetworkFilesystem, or Filesystem: the hosts have it.'],
  scope: ['string', 'ZONE, CLUSTER, or HOST: the disks of one host.'],
  hypervisor: ['string', 'The hypervisor it is for.'],
  provider: ['string', 'DefaultPrimary.'],
  state: ['string', 'Up, Disabled or Maintenance.'],
  tags: ['string', 'Its tags, with commas between them.'],
  istagarule: ['boolean', 'Whether the tags are a rule.'],
  managed: ['boolean', 'Whether each disk is a volume of its own at the server.'],
  capacitybytes: ['long', 'What it holds, as it was given.'],
  disksizetotal: ['long', 'Bytes; of a host, as read from it.'],
  disksizeused: ['long', 'Of these, used; as read from the host.'],
  created: ['date', 'When it was added.'],
})

const number = (bytes: string | null): number | null => (bytes === null ? null : Number(bytes))

export const presentStoragePool = (pool: StoragePool): Presented<typeof storagePoolResponse.fields> => ({
  id: pool.id,
  name: pool.name,
  zoneid: pool.zone,
  zonename: pool.zonename,
  podid: pool.pod,
  podname: pool.podname,
  clusterid: pool.cluster,
  clustername: pool.clustername,
  ipaddress: pool.server,
  path: pool.path,
  type: pool.type,
  scope: pool.scope,
  hypervisor: pool.hypervisor,
  provider: 'DefaultPrimary',
  state: pool.state,
  tags: pool.tags.length > 0 ? pool.tags.join(',') : null,
  istagarule: false,
  managed: false,
  capacitybytes: pool.host === null ? number(pool.capacitybytes) : null,
  disksizetotal: number(pool.capacitybytes),
  disksizeused: number(pool.used),
  created: pool.created,
})
