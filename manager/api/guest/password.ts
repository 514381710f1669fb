import { randomInt, randomUUID } from 'node:crypto'
import { SysvmError } from '@sysvm/errors'
import type { Updateable } from 'kysely'
import type { GuestTable } from '../../model/schema.ts'
import type { Context } from '../command.ts'
import { sealed } from '../sealed.ts'
import { encryptFor } from '../sshkeypair/key.ts'

/** Without what people take for another: 0 and O, 1, l and I. */
const LETTERS = 'abcdefghijkmnopqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ23456789'
const LENGTH = 14

const PROTOCOL_WORDS = ['saved_password', 'bad_request']

export const makePassword = (): string =>
  Array.from({ length: LENGTH }, () => LETTERS[randomInt(LETTERS.length)]).join('')

/** What the password server can say to a guest; the value is in no message. */
export const checkPassword = (password: string): string => {
  if (!/^[\x21-\x7e]{6,255}$/.test(password))
    throw new SysvmError('SYSVM_API_PARAMETER', 'Parameter password: is not of 6 to 255 printable ASCII characters.')
  if (PROTOCOL_WORDS.includes(password))
    throw new SysvmError('SYSVM_API_PARAMETER', 'Parameter password: is a word of the protocol that carries it.')
  return password
}

const contextOf = (guest: string, password: string): string => `guest/${guest}/password/${password}`

type Columns = Pick<Updateable<GuestTable>, 'password_id' | 'password_sealed' | 'password_encrypted'>

/** The columns of a new password: sealed for the router, and encrypted for the owner of the guest's first RSA key. */
export const passwordColumns = (
  context: Context,
  guest: string,
  password: string,
  publicKeys: readonly string[],
): Columns => {
  const id = randomUUID()
  return {
    password_id: id,
    password_sealed: sealed(context, contextOf(guest, id), password),
    password_encrypted: encryptFor(publicKeys, password),
  }
}

/** That of a guest that is deployed: the one asked for, else a random one where secrets can be kept. */
export const firstPassword = (
  context: Context,
  guest: string,
  asked: string | undefined,
  publicKeys: readonly string[],
): Columns =>
  asked === undefined && context.dependencies.seal === undefined
    ? {}
    : passwordColumns(context, guest, asked ?? makePassword(), publicKeys)

/** The guest's password as it was set; for the answer of the job that set it. */
export const openPassword = (
  { dependencies }: Context,
  guest: { readonly id: string; readonly password_id: string | null; readonly password_sealed: string | null },
): string | undefined =>
  guest.password_id === null || guest.password_sealed === null
    ? undefined
    : dependencies.unseal?.(contextOf(guest.id, guest.password_id), guest.password_sealed)
