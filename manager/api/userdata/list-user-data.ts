import { findUserDatas } from '../../model/userdata.ts'
import { everyone } from '../authorized.ts'
import { defineCommand } from '../command.ts'
import { ownerFilter, ownersIn, ownersOf } from '../owner.ts'
import { listed, pageOf, search } from '../paging.ts'
import * as p from '../parameter.ts'
import { presentUserData, userDataResponse } from './response.ts'

export const listUserData = defineCommand({
  name: 'listUserData',
  authorized: everyone,
  description: 'Lists user data that was registered.',
  since: '4.18',
  params: {
    id: p.uuid('Only the user data of this id.'),
    name: p.text('Only user data of this name.'),
    ...ownerFilter,
    ...search,
  },
  answer: 'list',
  response: userDataResponse,
  run: async (context, params) => {
    const accounts = await ownersOf(context, params)
    const datas = await findUserDatas(context.db, { ...params, accounts }, pageOf(params))
    return listed(datas, presentUserData(await ownersIn(context.db, datas.rows)))
  },
})
