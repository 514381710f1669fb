import { type ApiOptions, createApi, credentials } from '@sysvm/manager/api'
import { canonicalTexts, type Pair } from '@sysvm/manager/api/signature/canonical'
import { sign } from '@sysvm/manager/api/signature/index'
import type { Body, Call, Called } from './api.ts'

/** A key that secrets are sealed with in tests of the API alone: it hides nothing. */
export const openSeal = {
  seal: (context: string, secret: string): string =>
    `${Buffer.from(context).toString('hex')}.${Buffer.from(secret).toString('hex')}`,
  unseal: (context: string, sealed: string): string => {
    const [where = '', what = ''] = sealed.split('.')
    if (Buffer.from(where, 'hex').toString() !== context) throw new Error(`sealed for ${where}, not for ${context}`)
    return Buffer.from(what, 'hex').toString()
  },
}

/** The port on which callers say who they are, beside the integration port of the same database. */
export const openCloudPort = async (options: ApiOptions) => {
  const api = createApi({ ...options, authenticate: credentials(options.db, options.unseal), path: '/client/api' })
  const { port } = await api.listen({ port: 0 })
  return { base: `http://127.0.0.1:${port}`, [Symbol.asyncDispose]: () => api.close() }
}

export interface Keys {
  readonly apikey: string
  readonly secretkey: string
}

const answerOf = async (response: Response): Promise<Called> => {
  const [[root, body] = ['', {}]] = Object.entries((await response.json()) as Record<string, Body>)
  return { status: response.status, root, body }
}

/** Calls that a user's keys sign. */
export const signedCaller =
  (base: string, { apikey, secretkey }: Keys): Call =>
  async (command, params = {}) => {
    const pairs: Pair[] = Object.entries({ command, response: 'json', apiKey: apikey, ...params })
    const signature = sign(secretkey, canonicalTexts(pairs)[0] ?? '')
    const query = new URLSearchParams({ ...Object.fromEntries(pairs), signature })
    return answerOf(await fetch(`${base}/client/api?${query}`))
  }

export interface Session {
  /** Calls of the session; its key goes along unless the parameters say another. */
  readonly call: Call
  readonly cookies: readonly string[]
  readonly body: Body
}

const post = (base: string, params: Readonly<Record<string, string>>, cookie = '') =>
  fetch(`${base}/client/api`, {
    method: 'POST',
    body: new URLSearchParams({ response: 'json', ...params }),
    headers: cookie === '' ? {} : { cookie },
  })

export const tryLogin = async (base: string, params: Readonly<Record<string, string>>): Promise<Called> =>
  answerOf(await post(base, { command: 'login', ...params }))

/** A session that opened. */
export const openedSession = async (base: string, params: Readonly<Record<string, string>>): Promise<Session> => {
  const response = await post(base, { command: 'login', ...params })
  const cookies = response.headers.getSetCookie()
  const { status, body } = await answerOf(response)
  if (status !== 200) throw new Error(`login answered ${status}: ${JSON.stringify(body)}`)
  const cookie = cookies.map((line) => line.split(';')[0]).join('; ')
  return {
    body,
    cookies,
    call: async (command, given = {}) =>
      answerOf(await post(base, { command, sessionkey: String(body.sessionkey), ...given }, cookie)),
  }
}
