import { SysvmError } from '@sysvm/errors'
import { insertUserData } from '../../model/userdata.ts'
import { everyone } from '../authorized.ts'
import { defineCommand } from '../command.ts'
import { readUserData } from '../guest/userdata.ts'
import { owner, ownerFor, ownersIn } from '../owner.ts'
import * as p from '../parameter.ts'
import { write } from '../write.ts'
import { detailKey } from './details.ts'
import { presentUserData, userDataResponse } from './response.ts'

const readParams = (given: string): string => {
  const names = given.split(',').map((name) => name.trim())
  const wrong = names.find((name) => !detailKey.test(name))
  if (wrong !== undefined)
    throw new SysvmError(
      'SYSVM_API_PARAMETER',
      `Parameter params: '${wrong.slice(0, 60)}' is no name of letters, digits, hyphens and underscores.`,
    )
  return [...new Set(names)].join(',')
}

export const registerUserData = defineCommand({
  name: 'registerUserData',
  authorized: everyone,
  description: 'Keeps user data that several guests are served.',
  since: '4.18',
  params: {
    name: p.required(p.name('Name, unique.')),
    userdata: p.required(p.secret('User data in base64, gzipped or not.', 1_100_000)),
    params: p.text('Names of the variables it uses, with commas; guests give them values as userdatadetails.', 4096),
    ...owner,
  },
  answer: 'object',
  response: userDataResponse,
  run: (context, params) => {
    const userdata = readUserData(params.userdata)
    const names = params.params ? readParams(params.params) : null
    return write(context, async (trx) => {
      const account = await ownerFor(context, trx, params)
      const row = await insertUserData(trx, { account, name: params.name, userdata, params: names })
      if (row === undefined)
        throw new SysvmError('SYSVM_API_PARAMETER', `Parameter name: there is user data named ${params.name} already.`)
      return presentUserData(await ownersIn(trx, [row]))(row)
    })
  },
})
