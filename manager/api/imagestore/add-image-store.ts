import { SysvmError } from '@sysvm/errors'
import { findImageStore, insertImageStore } from '../../model/storage.ts'
import { findZone } from '../../model/zone.ts'
import { admins } from '../authorized.ts'
import { defineCommand } from '../command.ts'
import { found } from '../found.ts'
import * as p from '../parameter.ts'
import { storageAddress, storageUrl } from '../storagepool/url.ts'
import { write } from '../write.ts'
import { imageStoreResponse, presentImageStore } from './response.ts'

export const addImageStore = defineCommand({
  name: 'addImageStore',
  authorized: admins,
  description: 'Records where templates may be kept. So far they are images of the manager itself, and it is not used.',
  since: '4.2.0',
  params: {
    provider: p.required(p.choice('Who gives it.', ['NFS'])),
    url: p.text('nfs://server/path, or file:///path.'),
    name: p.name('Name, unique in the cloud; default: the URL.'),
    zoneid: p.uuid('Its zone; default: all of them.'),
  },
  unsupported: ['details'],
  answer: 'object',
  response: imageStoreResponse,
  run: async (context, { provider, url: given, name, zoneid }) => {
    if (given === undefined)
      throw new SysvmError('SYSVM_API_PARAMETER', 'Parameter url is required by addImageStore: nfs://server/path.')
    const address = storageAddress(given)
    const url = storageUrl(address)
    return write(context, async (trx) => {
      if (zoneid !== undefined) found(await findZone(trx, zoneid), 'zoneid', 'zone', zoneid)
      const row = { zone: zoneid ?? null, name: name ?? url, url, protocol: address.protocol, provider }
      const id = await insertImageStore(trx, row)
      return presentImageStore(found(await findImageStore(trx, id), 'id', 'image store', id))
    })
  },
})
