import { SysvmError } from '@sysvm/errors'
import type { Kysely } from 'kysely'
import type { Database } from '../model/schema.ts'
import { type Entrant, entrantOfKey } from '../model/session.ts'
import type { Authenticate } from './authenticate.ts'
import type { Caller } from './caller.ts'
import type { Dependencies } from './dependencies.ts'
import { entrantOfSession } from './login/session.ts'
import { expiryProblem, isSigned } from './signature/index.ts'
import type { RawRequest } from './wire/request.ts'

const callerOf = ({ userid, username, accountid, account, domainid, domain, domainpath, roleid, roletype }: Entrant) =>
  ({ userid, username, accountid, account, domainid, domain, domainpath, roleid, roletype }) satisfies Caller

/** Clients know the first half. What is wrong is told only of the request's own time. */
const unknown = (why = 'no session, or no key with a right signature, came with it'): SysvmError =>
  new SysvmError('SYSVM_API_UNAUTHENTICATED', `Unable to verify user credentials and/or request signature: ${why}.`)

/** What the seal of a user's secret key is bound to. */
export const secretKeyContext = (user: string): string => `user/${user}`

const textsOf = ({ given }: RawRequest): ReadonlyMap<string, string> =>
  new Map(given.map(([name, value]) => [name.toLowerCase(), value]))

/** The ways in that ask who comes: by signature, else by session. Rejects with SYSVM_API_UNAUTHENTICATED. */
export const credentials = (db: Kysely<Database>, unseal: Dependencies['unseal']): Authenticate => {
  const signer = async (raw: RawRequest, apiKey: string, signature: string): Promise<Entrant | undefined> => {
    const user = await entrantOfKey(db, apiKey)
    const sealed = user?.secret_key_sealed ?? null
    const secret =
      user === undefined || sealed === null || unseal === undefined
        ? undefined
        : unseal(secretKeyContext(user.userid), sealed)
    return secret !== undefined && isSigned(raw.given, secret, signature) ? user : undefined
  }
  return async (visit, raw) => {
    const texts = textsOf(raw)
    const apiKey = texts.get('apikey')
    const signature = texts.get('signature')
    if (apiKey === undefined && signature === undefined) {
      const user = await entrantOfSession(db, visit, texts.get('sessionkey'))
      if (user === undefined) throw unknown()
      return callerOf(user)
    }
    const problem = expiryProblem(texts.get('signatureversion'), texts.get('expires'), new Date())
    if (problem !== undefined) throw unknown(problem)
    const user = await signer(raw, apiKey ?? '', signature ?? '')
    if (user === undefined) throw unknown()
    return callerOf(user)
  }
}
