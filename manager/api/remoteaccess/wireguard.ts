import { fromNumber, toNumber } from '@sysvm/agent/spec'
import { SysvmError } from '@sysvm/errors'
import type { Transaction } from 'kysely'
import type { Database } from '../../model/schema.ts'
import { vpnUsersOf } from '../../model/vpnuser.ts'
import {
  insertWireGuard,
  insertWireGuardPeers,
  type WireGuardPool,
  wireGuardAddresses,
  wireGuardPoolsOf,
} from '../../model/wireguard.ts'
import { newKeyPair, newPresharedKey } from '../../wireguard/keys.ts'
import { peerSecrets, serverSecret } from '../../wireguard/seals.ts'
import type { Context } from '../command.ts'
import { sealed } from '../sealed.ts'

/** The lowest addresses of the pool that nobody has. */
const freeAddresses = async (
  trx: Transaction<Database>,
  { id, first, last }: WireGuardPool,
  count: number,
): Promise<readonly string[]> => {
  const taken = new Set(await wireGuardAddresses(trx, id))
  const free: string[] = []
  for (let number = toNumber(first); number <= toNumber(last) && free.length < count; number++)
    if (!taken.has(fromNumber(number))) free.push(fromNumber(number))
  if (free.length === count) return free
  throw new SysvmError(
    'SYSVM_CAPACITY',
    `The remote access VPN ${id} of WireGuard has too few addresses for all VPN users of the account, ${first}-${last}: remove a user, or make the VPN anew with a larger iprange.`,
    { details: { vpn: id } },
  )
}

/** Gives users, whose account the caller holds, keys and an address each in a VPN. */
const addPeers = async (
  context: Context,
  trx: Transaction<Database>,
  pool: WireGuardPool,
  users: readonly string[],
): Promise<void> => {
  const addresses = await freeAddresses(trx, pool, users.length)
  await insertWireGuardPeers(
    trx,
    users.map((user, index) => {
      const { publicKey, privateKey } = newKeyPair()
      const where = peerSecrets(pool.id, user)
      return {
        vpn: pool.id,
        vpn_user: user,
        address: addresses[index] ?? '',
        public_key: publicKey,
        private_key: sealed(context, where.privateKey, privateKey),
        preshared_key: sealed(context, where.presharedKey, newPresharedKey()),
      }
    }),
  )
}

/** Keys of a new VPN, and of all users of its account, which the caller holds. */
export const makeWireGuard = async (
  context: Context,
  trx: Transaction<Database>,
  pool: WireGuardPool,
  account: string,
): Promise<void> => {
  const { publicKey, privateKey } = newKeyPair()
  await insertWireGuard(trx, {
    vpn: pool.id,
    public_key: publicKey,
    private_key: sealed(context, serverSecret(pool.id), privateKey),
  })
  await addPeers(context, trx, pool, await vpnUsersOf(trx, account))
}

/** The same for a new user of an account, which the caller holds. */
export const joinWireGuard = async (
  context: Context,
  trx: Transaction<Database>,
  account: string,
  user: string,
): Promise<void> => {
  for (const pool of await wireGuardPoolsOf(trx, account)) await addPeers(context, trx, pool, [user])
}
