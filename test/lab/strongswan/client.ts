import type { Vici } from 'strongswan-ctl'
import { openHome } from '../home.ts'
import type { Lab } from '../lab.ts'
import type { Namespace } from '../namespace.ts'
import { type Charon, startCharon } from './charon.ts'

/** Somebody at home, with a charon that an administrator configured by hand. */
export interface HomeClient {
  readonly at: Namespace
  readonly charon: Charon
}

export interface Login {
  readonly name: string
  readonly password: string
}

/** A home that trusts the authority. */
export const startClient = async (
  { lab, outside, authority }: { readonly lab: Lab; readonly outside: Namespace; readonly authority: string },
  name: string,
  number: number,
): Promise<HomeClient> => {
  const at = await openHome(lab, outside, name, number)
  const charon = await startCharon(lab, at, 'des md4 eap-identity eap-mschapv2')
  await charon.vici.loadCert({ flag: 'CA', data: authority })
  return { at, charon }
}

/** IKEv2 with EAP-MSCHAPv2 to the networks behind a router; rejects when it is refused. */
export const logIn = async (
  vici: Vici,
  {
    server,
    subnet,
    login: { name, password },
  }: { readonly server: string; readonly subnet: string; readonly login: Login },
): Promise<void> => {
  await vici.loadShared({ id: 'me', type: 'eap', data: password, owners: [name] })
  await vici.loadConn('cloud', {
    version: 2,
    remote_addrs: [server],
    vips: ['0.0.0.0'],
    local: { auth: 'eap-mschapv2', id: name, eap_id: name },
    remote: { auth: 'pubkey', id: server },
    children: { net: { remote_ts: [subnet] } },
  })
  await vici.initiate({ child: 'net', timeout: 30_000 })
}
