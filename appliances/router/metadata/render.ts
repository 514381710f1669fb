import type { Rendered } from '@sysvm/agent/service'
import { METADATA_ADDRESS } from '../whole.ts'
import { INSTANCES_FILE, type MetadataDocument } from './document.ts'
import type { MetadataSpec } from './spec.ts'

export const documentOf = ({ listen, instances }: MetadataSpec): MetadataDocument => ({
  listen: [...listen, METADATA_ADDRESS],
  instances: Object.fromEntries(
    instances.map(({ address, data, userData }) => [
      address,
      { data, ...(userData === undefined ? {} : { userData }) },
    ]),
  ),
})

export const render = (spec: MetadataSpec): Rendered => ({
  files: [
    // User data often holds passwords: for the metadata process alone, not for the other daemons.
    { path: INSTANCES_FILE, text: `${JSON.stringify(documentOf(spec), null, 1)}\n`, secret: true, group: 'metadata' },
  ],
})
