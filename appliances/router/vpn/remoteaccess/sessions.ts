import type { Vici } from 'strongswan-ctl'
import type { SessionState } from '../report.ts'
import { CONNECTION } from './names.ts'

/** Who is connected, the longest first. */
export const sessionsIn = async (vici: Vici): Promise<readonly SessionState[]> => {
  const now = Math.floor(Date.now() / 1000)
  const sas = await vici.listSas({ ike: CONNECTION, noblock: true }).toArray()
  return sas
    .filter(({ state }) => state === 'ESTABLISHED' || state === 'REKEYING')
    .map((sa) => ({
      protocol: 'ikev2' as const,
      user: sa['remote-eap-id'] ?? sa['remote-id'] ?? '',
      address: sa['remote-vips']?.[0] ?? '',
      from: sa['remote-host'] ?? '',
      since: now - (sa.established ?? 0),
    }))
    .toSorted((a, b) => a.since - b.since || a.address.localeCompare(b.address, 'en', { numeric: true }))
}
