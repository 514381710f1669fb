import { SysvmError } from '@sysvm/errors'
import type { Transaction } from 'kysely'
import type { Database } from '../../model/schema.ts'
import { insertSshKeypair, type SshKeypair, sshKeypairsNamed } from '../../model/sshkeypair.ts'
import { fingerprintOf } from './key.ts'

const bad = (sentence: string) => new SysvmError('SYSVM_API_PARAMETER', sentence)

/** Keeps a public key under a name that must be free among the account's. */
export const keepKeypair = async (
  trx: Transaction<Database>,
  { account, name, publicKey }: { readonly account: string; readonly name: string; readonly publicKey: string },
): Promise<SshKeypair> => {
  const fingerprint = fingerprintOf(publicKey)
  const row = await insertSshKeypair(trx, { account, name, public_key: publicKey, fingerprint })
  if (row === undefined) throw bad(`Parameter name: there is a key pair named ${name} already.`)
  return row
}

/** The key pairs of the account that a guest is to get, by `keypair` or `keypairs`; undefined: none was named. */
export const namedKeypairs = async (
  trx: Transaction<Database>,
  account: string,
  { keypair, keypairs }: { readonly keypair?: string | undefined; readonly keypairs?: readonly string[] | undefined },
): Promise<{ readonly keypairs: string[]; readonly public_keys: string[] } | undefined> => {
  if (keypair !== undefined && keypairs !== undefined)
    throw bad('Parameters keypair and keypairs exclude each other: give one.')
  const names = [...new Set(keypairs ?? (keypair === undefined ? [] : [keypair]))]
  if (names.length === 0) return undefined
  const rows = await sshKeypairsNamed(trx, account, names)
  const missing = names.find((name) => rows.every((row) => row.name !== name))
  if (missing !== undefined)
    throw bad(
      `Parameter ${keypair === undefined ? 'keypairs' : 'keypair'}: no key pair is named '${missing.slice(0, 60)}'.`,
    )
  return { keypairs: rows.map(({ name }) => name), public_keys: rows.map(({ public_key }) => public_key) }
}
