import { type Answer, listOf } from '../client.ts'
import type { Driver } from '../driver.ts'
import type { Settings } from '../settings.ts'
import type { Proof } from './proof.ts'

export interface Summary {
  readonly driver: Driver
  readonly network: Answer
  readonly router: Answer
  readonly guest: Answer
  readonly proof: Proof
  readonly seconds: number
}

/** The last lines of `sysvm up`. */
export const summaryText = ({ network, router, guest, proof, seconds }: Summary, settings: Settings): string => {
  const nic = listOf(guest, 'nic')[0] ?? {}
  const sysvm = `${settings.top}/manager/bin/sysvm`
  return [
    '',
    `network  ${network.name}  ${network.cidr}, gateway ${network.gateway}`,
    `router   ${router.name}  ${router.state}, public ${router.publicip}, guest side ${router.guestipaddress}, control ${router.linklocalip}`,
    `guest    ${guest.name}  ${guest.state}, ${nic.ipaddress} (${guest.instancename ?? guest.id})`,
    '',
    "proof, from the guest's console:",
    `  lease  ${proof.lease}`,
    `  name   ${proof.resolved}`,
    `  fetch  the site beyond NAT answered "${proof.fetched}"`,
    '',
    `API      ${settings.api}?command=listRouters&response=json`,
    `CLI      ${sysvm} status; ${sysvm} router show ${router.name}`,
    `logs     ${settings.state}/log`,
    'remove   make down',
    `took     ${seconds.toFixed(1)} s`,
  ].join('\n')
}
