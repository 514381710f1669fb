import { randomBytes, type ScryptOptions, scrypt, timingSafeEqual } from 'node:crypto'
import { createTurns } from '../turns.ts'

/** 32 MiB and about a fifth of a second each: RFC 7914, with parameters that OWASP names. */
const COST = { N: 2 ** 15, r: 8, p: 3 } as const
const SALT_BYTES = 16
const HASH_BYTES = 32
/** What one call may take, with room for other parameters than today's. */
const MOST_MEMORY = 256 * 1024 * 1024

/**
 * Each takes a thread of four and its memory: a flood of logins leaves the rest of the manager alone. Who waits also has
 * one of the requests that the manager takes at once: a few more logins than are hashed in some seconds.
 */
const inTurn = createTurns(2, 20_000, 64)

const derive = (password: string, salt: Buffer, { N, r, p }: Pick<ScryptOptions, 'N' | 'r' | 'p'>): Promise<Buffer> =>
  inTurn(
    () =>
      new Promise((resolve, reject) => {
        scrypt(password.normalize('NFC'), salt, HASH_BYTES, { N, r, p, maxmem: MOST_MEMORY }, (error, key) =>
          error === null ? resolve(key) : reject(error),
        )
      }),
  )

/** `scrypt$N$r$p$salt$hash`, salt and hash in base64. */
export const hashPassword = async (password: string): Promise<string> => {
  const salt = randomBytes(SALT_BYTES)
  const hash = await derive(password, salt, COST)
  return ['scrypt', COST.N, COST.r, COST.p, salt.toString('base64'), hash.toString('base64')].join('$')
}

/** What nobody's password is: comparing with it takes as long as with a real one. */
const nobodys = ['scrypt', COST.N, COST.r, COST.p, Buffer.alloc(SALT_BYTES).toString('base64'), ''].join('$')

/** Whether it is the password; without a hash it takes the same time and is not. */
export const isPassword = async (password: string, kept: string | null | undefined): Promise<boolean> => {
  const [, N, r, p, salt = '', hash = ''] = (kept ?? nobodys).split('$')
  const derived = await derive(password, Buffer.from(salt, 'base64'), { N: Number(N), r: Number(r), p: Number(p) })
  const expected = Buffer.from(hash, 'base64')
  return expected.length === derived.length && timingSafeEqual(expected, derived)
}
