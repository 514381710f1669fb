import { routersBalancing } from '../../model/loadbalancer.ts'
import { countInfrastructure } from '../../model/metrics.ts'
import { findStoragePools } from '../../model/storage.ts'
import { admins } from '../authorized.ts'
import { defineCommand } from '../command.ts'
import { defineResponse } from '../response.ts'

export const listInfrastructure = defineCommand({
  name: 'listInfrastructure',
  authorized: admins,
  since: '4.9.3',
  description: 'Tells how many there are of what a cloud is made of.',
  params: {},
  answer: 'object',
  response: defineResponse('infrastructure', {
    zones: ['integer', 'Zones.'],
    pods: ['integer', 'Pods.'],
    clusters: ['integer', 'Clusters.'],
    hosts: ['integer', 'Hosts.'],
    storagepools: ['integer', 'Storage pools, and disks of hosts.'],
    imagestores: ['integer', 'Image stores.'],
    systemvms: ['integer', 'Console proxies and secondary storage VMs.'],
    routers: ['integer', 'Virtual routers.'],
    ilbvms: ['integer', 'Of these, those that balance load inside.'],
    managementservers: ['integer', 'Managers that are up.'],
    alerts: ['integer', 'Alerts that are not archived.'],
  }),
  run: async ({ db }) => {
    const { count: storagepools } = await findStoragePools(db, {}, { limit: 1, offset: 0, countOnly: true })
    const { length: ilbvms } = await routersBalancing(db)
    return { ...(await countInfrastructure(db)), storagepools, ilbvms, systemvms: 0 }
  },
})
