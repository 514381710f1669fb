import { isIPv4 } from 'node:net'
import { overlaps, parseCidr } from '@sysvm/agent/spec'
import { SysvmError } from '@sysvm/errors'
import { PRE_SHARED_KEY } from '@sysvm/router/spec'
import type { Transaction } from 'kysely'
import { z } from 'zod'
import type { Database } from '../../model/schema.ts'
import { numberSetting } from '../../model/settings/index.ts'
import { cidrs } from '../firewall/parameters.ts'
import * as p from '../parameter.ts'
import { policyOf } from './policy.ts'

const bad = (sentence: string) => new SysvmError('SYSVM_API_PARAMETER', sentence)

/** This network, loopback, link-local, multicast and reserved addresses: RFC 6890. */
const NOT_UNICAST = ['0.0.0.0/8', '127.0.0.0/8', '169.254.0.0/16', '224.0.0.0/3']

const peer = (description: string): p.Parameter<string, false> => ({
  ...p.ipv4(description),
  schema: z
    .string()
    .refine(
      (text) => isIPv4(text) && !NOT_UNICAST.some((range) => overlaps(range, `${text}/32`)),
      'is not an IPv4 address that a peer can have, such as 192.0.2.1',
    ),
})

const psk = (description: string): p.Parameter<string, false> => ({
  ...p.secret(description, 256),
  schema: z
    .string()
    .regex(PRE_SHARED_KEY, 'is not a key of 1 to 256 printable ASCII characters without a space around it'),
})

/** Of createVpnCustomerGateway and updateVpnCustomerGateway. */
export const customerGatewayParams = {
  gateway: p.required(peer("The peer's IPv4 address.")),
  // CloudStack calls this one a string.
  cidrlist: p.required({ ...cidrs('Networks behind the peer, with commas.'), type: 'string' as const, length: 20_000 }),
  ipsecpsk: p.required(psk('The key that both peers know, 1 to 256 printable characters; kept sealed.')),
  ikepolicy: p.required(p.text('Ciphers of the peers: aes256-sha256;modp2048, several with commas.', 512)),
  esppolicy: p.required(p.text('Ciphers of traffic: the same, where the group may be left out.', 512)),
  name: p.name("Its name, unique in the account. Default: VPN- and the peer's address."),
  ikelifetime: p.integer('Seconds after which keys of the peers are made anew. Default 86400.', 60, 86_400),
  esplifetime: p.integer('Seconds after which keys of traffic are made anew. Default 3600.', 60, 86_400),
  dpd: p.boolean('True: a dead peer is noticed and called again. Default false.'),
  forceencap: p.boolean('True: packets go in UDP in any case. Default false.'),
  ikeversion: p.choice('Version of IKE: ikev1, ikev2, or ike for either, 2 when it calls. Default ike.', [
    'ike',
    'ikev1',
    'ikev2',
  ]),
  splitconnections: p.boolean('True: each network behind the peer has keys of its own. Default false.'),
}

interface Given {
  readonly gateway: string
  readonly cidrlist: readonly string[]
  readonly ikepolicy: string
  readonly esppolicy: string
  readonly name?: string | undefined
  readonly ikelifetime?: number | undefined
  readonly esplifetime?: number | undefined
  readonly dpd?: boolean | undefined
  readonly forceencap?: boolean | undefined
  readonly ikeversion?: 'ike' | 'ikev1' | 'ikev2' | undefined
  readonly splitconnections?: boolean | undefined
}

const checkNetworks = async (trx: Transaction<Database>, cidrlist: readonly string[]): Promise<void> => {
  const most = await numberSetting(trx, 'site2site.vpn.customergateway.subnets.limit')
  if (cidrlist.length > most)
    throw bad(
      `Parameter cidrlist: it has ${cidrlist.length} networks; site2site.vpn.customergateway.subnets.limit is ${most}.`,
    )
  for (const [index, cidr] of cidrlist.entries()) {
    if (parseCidr(cidr).prefix === 0) throw bad('Parameter cidrlist: 0.0.0.0/0 is everything: name networks.')
    for (const range of NOT_UNICAST)
      if (overlaps(range, cidr)) throw bad(`Parameter cidrlist: ${cidr} holds addresses of ${range}.`)
    const other = cidrlist.slice(0, index).find((one) => overlaps(one, cidr))
    if (other !== undefined) throw bad(`Parameter cidrlist: ${cidr} overlaps ${other}: name each address once.`)
  }
}

/** As columns, with CloudStack's defaults; of an update too what is left out is as by default. Throws 431. */
export const customerGatewayValues = async (trx: Transaction<Database>, given: Given) => {
  await checkNetworks(trx, given.cidrlist)
  return {
    gateway: given.gateway,
    name: given.name ?? `VPN-${given.gateway}`,
    cidrlist: [...given.cidrlist],
    ikepolicy: policyOf('ikepolicy', given.ikepolicy),
    esppolicy: policyOf('esppolicy', given.esppolicy),
    ikelifetime: given.ikelifetime ?? 86_400,
    esplifetime: given.esplifetime ?? 3600,
    dpd: given.dpd ?? false,
    forceencap: given.forceencap ?? false,
    splitconnections: given.splitconnections ?? false,
    ikeversion: given.ikeversion ?? ('ike' as const),
  }
}
