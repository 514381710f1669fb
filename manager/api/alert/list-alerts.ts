import { findAlerts } from '../../model/alert.ts'
import { admins } from '../authorized.ts'
import { defineCommand } from '../command.ts'
import { listed, pageOf, search } from '../paging.ts'
import * as p from '../parameter.ts'
import { alertResponse, presentAlert, typeOf } from './response.ts'

export const listAlerts = defineCommand({
  name: 'listAlerts',
  authorized: admins,
  description: 'Lists what is or was the matter with the cloud, newest first; archived ones only by their id.',
  params: {
    id: p.uuid('Only the alert of this id.'),
    name: p.text('Only alerts of this name.'),
    type: p.symbol('Only of this type: its number or name.'),
    ...search,
  },
  answer: 'list',
  response: alertResponse,
  run: async ({ db }, params) =>
    listed(await findAlerts(db, { ...params, type: typeOf(params.type) }, pageOf(params)), presentAlert),
})
