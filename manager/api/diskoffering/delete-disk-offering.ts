import { deleteDiskOfferingRow } from '../../model/diskoffering.ts'
import { admins } from '../authorized.ts'
import { defineCommand } from '../command.ts'
import { found } from '../found.ts'
import * as p from '../parameter.ts'
import { successResponse } from '../response.ts'
import { write } from '../write.ts'

export const deleteDiskOffering = defineCommand({
  name: 'deleteDiskOffering',
  authorized: admins,
  description: 'Deletes a size of data disks.',
  params: { id: p.required(p.uuid('The offering.')) },
  subject: 'disk_offering',
  answer: 'success',
  response: successResponse,
  run: async (context, { id }) => {
    await write(context, async (trx) =>
      found((await deleteDiskOfferingRow(trx, id)) || undefined, 'id', 'disk offering', id),
    )
  },
})
