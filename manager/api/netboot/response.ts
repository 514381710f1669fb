import type { Netboot } from '../../model/netboot.ts'
import { defineResponse, type Presented } from '../response.ts'

export const netbootResponse = defineResponse('virtualmachinenetboot', {
  virtualmachineid: ['string', 'The guest.'],
  virtualmachinename: ['string', 'Its host name.'],
  virtualmachinedisplayname: ['string', 'Its name for people.'],
  kernel: ['string', 'Address of the kernel.'],
  initrd: ['list', 'Addresses of its initial file systems, in the order in which they are loaded.'],
  arguments: ['string', "The kernel's command line."],
  script: ['string', 'Instead: its iPXE script in base64.'],
  created: ['date', 'When it was set.'],
})

export const presentNetboot = (row: Netboot): Presented<typeof netbootResponse.fields> => ({
  virtualmachineid: row.guest,
  virtualmachinename: row.name,
  virtualmachinedisplayname: row.displayname,
  kernel: row.kernel,
  initrd: row.kernel === null ? null : [...row.initrd],
  arguments: row.kernel === null ? null : row.arguments,
  script: row.script === null ? null : Buffer.from(row.script, 'latin1').toString('base64'),
  created: row.created,
})
