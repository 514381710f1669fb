import { X509Certificate } from 'node:crypto'
import { sql } from 'kysely'
import { issueServer } from '../certificates/issue.ts'
import { reviseVpns } from '../model/remoteaccess.ts'
import { seal, unseal } from './keys/index.ts'
import type { World } from './world.ts'

/** Before its end a certificate is renewed by so many days: a router that is away that long is another trouble. */
const BEFORE_DAYS = 60
/** About as many keys are made in one round. */
const AT_ONCE = 8

interface Due {
  readonly id: string
  readonly public_ip: string
  readonly account: string
  readonly address: string
  /** As text: to the microsecond, as the database compares it. */
  readonly expires: string
  readonly authority: string
  readonly authority_key: string
}

const renew = async ({ db, jobs, keys }: World, due: Due, now: Date): Promise<void> => {
  const authority = {
    certificate: due.authority,
    privateKey: unseal(keys.sealKey, `vpnauthority/${due.account}`, due.authority_key),
  }
  const { certificate, privateKey } = await issueServer(authority, [due.address], { now })
  await db.transaction().execute(async (trx) => {
    const [revised] = await reviseVpns(trx, [due])
    if (revised === undefined) return
    await trx
      .updateTable('remote_access_certificate')
      .set({
        certificate,
        private_key: seal(keys.sealKey, `vpn/${due.id}`, privateKey),
        expires: new X509Certificate(certificate).validToDate,
      })
      .where('vpn', '=', due.id)
      .execute()
    await trx.updateTable('remote_access_vpn').set({ revision: revised.revision }).where('id', '=', due.id).execute()
    await jobs.wake(trx, revised.target.kind, revised.target.id)
  })
}

const dueAfter = async ({ db }: World, now: Date, last: Due | undefined): Promise<readonly Due[]> => {
  const { rows } = await sql<Due>`
    select vpn.id, vpn.public_ip, public_ip.account, host(public_ip.address) as address, shown.expires::text as expires,
           authority.certificate as authority, authority.private_key as authority_key
    from remote_access_certificate shown
    join remote_access_vpn vpn on vpn.id = shown.vpn
    join public_ip on public_ip.id = vpn.public_ip
    join vpn_authority authority on authority.account = public_ip.account
    where shown.expires < ${now}::timestamptz + make_interval(days => ${BEFORE_DAYS})
      and (${last === undefined} or (shown.expires, shown.vpn) > (${last?.expires ?? null}::timestamptz, ${last?.id ?? null}::uuid))
    order by shown.expires, shown.vpn limit ${AT_ONCE}`.execute(db)
  return rows
}

/**
 * Gives VPNs whose certificates end soon new ones, by the authority that their clients trust already; sessions stay.
 * One that fails is told of, takes nobody's place, and is tried again next time. Returns how many were renewed.
 */
export const renewVpnCertificates = async (world: World, now = new Date()): Promise<number> => {
  let renewed = 0
  let page = await dueAfter(world, now, undefined)
  while (page.length > 0 && renewed < AT_ONCE) {
    for (const due of page)
      try {
        await renew(world, due, now)
        renewed++
      } catch (err) {
        world.log.error({ err, vpn: due.id }, 'the certificate of a remote access VPN could not be renewed')
      }
    page = await dueAfter(world, now, page.at(-1))
  }
  return renewed
}
