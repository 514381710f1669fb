import { deleteInstanceGroupRow } from '../../model/instancegroup.ts'
import { everyone } from '../authorized.ts'
import { defineCommand } from '../command.ts'
import { found } from '../found.ts'
import * as p from '../parameter.ts'
import { successResponse } from '../response.ts'
import { write } from '../write.ts'

export const deleteInstanceGroup = defineCommand({
  name: 'deleteInstanceGroup',
  authorized: everyone,
  description: 'Deletes a group of guests; the guests stay.',
  params: { id: p.required(p.uuid('The group.')) },
  subject: 'instance_group',
  answer: 'success',
  response: successResponse,
  run: (context, { id }) =>
    write(context, async (trx) =>
      found((await deleteInstanceGroupRow(trx, id)) || undefined, 'id', 'instance group', id),
    ),
})
