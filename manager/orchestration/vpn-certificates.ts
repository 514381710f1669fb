import { X509Certificate } from 'node:crypto'
import { sql } from 'kysely'
import { issueServer } from '../certificates/issue.ts'
import { reviseVpns } from '../model/remoteaccess.ts'
import { seal, unseal } from './keys/index.ts'
import type { World } from './world.ts'

/** Before its end a certificate is renewed by so many days: a router that is away that long is another trouble. */
const BEFORE_DAYS = 60
/** As many keys are made in one round. */
const AT_ONCE = 8

interface Due {
  readonly id: string
  readonly public_ip: string
  readonly account: string
  readonly address: string
  readonly authority: string
  readonly authority_key: string
}

const renew = async ({ db, jobs, keys }: World, due: Due, now: Date): Promise<void> => {
  const authority = {
    certificate: due.authority,
    privateKey: unseal(keys.sealKey, `vpnauthority/${due.account}`, due.authority_key),
  }
  const { certificate, privateKey } = await issueServer(authority, [due.address], now)
  await db.transaction().execute(async (trx) => {
    const [revised] = await reviseVpns(trx, [due])
    if (revised === undefined) return
    await trx
      .updateTable('remote_access_vpn')
      .set({
        certificate,
        private_key: seal(keys.sealKey, `vpn/${due.id}`, privateKey),
        expires: new X509Certificate(certificate).validToDate,
        revision: revised.revision,
      })
      .where('id', '=', due.id)
      .execute()
    await jobs.wake(trx, revised.target.kind, revised.target.id)
  })
}

/**
 * Gives VPNs whose certificates end soon new ones, by the authority that their clients trust already; sessions stay.
 * Returns how many.
 */
export const renewVpnCertificates = async (world: World, now = new Date()): Promise<number> => {
  const { rows } = await sql<Due>`
    select vpn.id, vpn.public_ip, public_ip.account, host(public_ip.address) as address,
           authority.certificate as authority, authority.private_key as authority_key
    from remote_access_vpn vpn
    join public_ip on public_ip.id = vpn.public_ip
    join vpn_authority authority on authority.account = public_ip.account
    where vpn.expires < ${now}::timestamptz + make_interval(days => ${BEFORE_DAYS})
    order by vpn.expires limit ${AT_ONCE}`.execute(world.db)
  for (const due of rows) await renew(world, due, now)
  return rows.length
}
