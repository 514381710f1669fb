import { SysvmError } from '@sysvm/errors'
import { type Answer, type Client, isObject, listOf } from '../client.ts'
import type { Command } from '../command.ts'
import { card } from '../table.ts'
import { usageError } from '../usage.ts'

const verbs = ['keys', 'password'] as const

/** The path of a user's domain as `--domain` may write it. */
const pathOf = (text: string): string => {
  const names = text.split('/').filter((name) => name !== '')
  return [...(names[0] === 'ROOT' ? [] : ['ROOT']), ...names].join('/')
}

const domainId = async (client: Client, text: string): Promise<string> => {
  const path = pathOf(text)
  const name = path.split('/').at(-1) ?? ''
  const domains = listOf(await client.call('listDomains', { name, listall: true }), 'domain')
  const found = domains.find((domain) => domain.path === path)
  if (found !== undefined) return String(found.id)
  throw new SysvmError('SYSVM_NOT_FOUND', `there is no domain ${path}`)
}

/** A user by its name and domain. SYSVM_NOT_FOUND. */
const findUser = async (client: Client, username: string, domain: string): Promise<Answer> => {
  const domainid = await domainId(client, domain)
  const [found] = listOf(await client.call('listUsers', { username, domainid }), 'user')
  if (found !== undefined) return found
  throw new SysvmError('SYSVM_NOT_FOUND', `there is no user ${username} in domain ${pathOf(domain)}`)
}

/** Those that it has; new ones where it has none or others are wanted. */
const keysOf = async (client: Client, id: string, fresh: boolean): Promise<Answer> => {
  const answer = fresh ? {} : await client.call('getUserKeys', { id })
  const keys = isObject(answer.userkeys) ? answer.userkeys : {}
  if (typeof keys.apikey === 'string') return keys
  const made = await client.call('registerUserKeys', { id })
  return isObject(made.userkeys) ? made.userkeys : {}
}

export const user: Command = {
  name: 'user',
  summary: 'keys and password of a user, the administrator by default',
  usage: 'keys|password [<username>] [--domain <path>] [--new]',
  description: [
    'sysvm user keys: prints the API key and secret key of a user, made where it has none; --new makes others.',
    'sysvm user password: sets a password, typed at the terminal or piped in as one line; its sessions end.',
    'A fresh cloud has neither keys nor a password: nobody enters it but by the integration port of its machine.',
  ].join('\n'),
  options: { domain: { type: 'string' }, new: { type: 'boolean' } },
  subcommands: verbs,
  async run({ client, json, print, readSecret }, { values, words }) {
    const [verb, username = 'admin', ...rest] = words
    if (!verbs.some((one) => one === verb) || rest.length > 0)
      throw usageError(`say which: sysvm user ${verbs.join(' or ')}; see: sysvm help user`)
    const found = await findUser(client, username, String(values.domain ?? 'ROOT'))
    const id = String(found.id)
    if (verb === 'keys') {
      const { apikey, secretkey } = await keysOf(client, id, values.new === true)
      return print(json ? JSON.stringify({ apikey, secretkey }) : card({ apikey, secretkey }))
    }
    const password = await readSecret(`Password of ${username}`)
    if (password === '') throw usageError('the password is empty; nothing was changed')
    await client.call('updateUser', { id, password })
    print(json ? JSON.stringify({ id }) : `${username} has this password now`)
  },
}
