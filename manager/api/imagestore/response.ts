import type { ImageStore } from '../../model/storage.ts'
import { defineResponse, type Presented } from '../response.ts'

export const imageStoreResponse = defineResponse('imagestore', {
  id: ['string', "The store's id."],
  name: ['string', 'Its name.'],
  zoneid: ['string', 'Its zone; absent for one of all zones.'],
  zonename: ['string', "Its zone's name."],
  url: ['string', 'Where it is.'],
  protocol: ['string', 'nfs or file.'],
  providername: ['string', 'NFS.'],
  scope: ['string', 'ZONE, or REGION: all zones.'],
  readonly: ['boolean', 'Whether nothing new is kept there.'],
})

export const presentImageStore = (store: ImageStore): Presented<typeof imageStoreResponse.fields> => ({
  id: store.id,
  name: store.name,
  zoneid: store.zone,
  zonename: store.zonename,
  url: store.url,
  protocol: store.protocol,
  providername: store.provider,
  scope: store.zone === null ? 'REGION' : 'ZONE',
  readonly: store.readonly,
})
