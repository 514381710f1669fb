import { createPrivateKey, X509Certificate } from 'node:crypto'
import type { SpecEnvelope } from '@sysvm/agent/spec'
import { hasAddress, interfacesOf, refuse, repeated, servicesOf } from '../whole.ts'
import type { Certificate, LoadBalancerSpec, Rule } from './spec.ts'

const checkCertificate = ({ id, chain, key }: Certificate): void => {
  let matches = false
  try {
    matches = new X509Certificate(chain).checkPrivateKey(createPrivateKey(key))
  } catch {
    // The parser's words could quote the key.
    throw refuse(`The certificate ${id} cannot be read`, { id })
  }
  if (!matches) throw refuse(`The private key of the certificate ${id} is another one's`, { id })
}

const checkUdp = ({ id, algorithm, stickiness, limits, timeouts, check }: Rule): void => {
  if (algorithm === 'leastconn')
    throw refuse(`The rule ${id} cannot balance UDP by leastconn: there are no connections to count`, { id })
  if (stickiness !== undefined || limits !== undefined || timeouts !== undefined)
    throw refuse(`The rule ${id} balances UDP, which knows no stickiness, limits or timeouts`, { id })
  if (check?.kind === 'http') throw refuse(`The rule ${id} balances UDP; it cannot be checked by HTTP`, { id })
}

const checkTcp = (rule: Rule): void => {
  const { id, protocol, stickiness, check, limits } = rule
  const http = protocol === 'http' || protocol === 'ssl'
  if (!http && (stickiness?.method === 'LbCookie' || stickiness?.method === 'AppCookie'))
    throw refuse(`The rule ${id} has no cookies to stick by: its protocol is ${protocol}`, { id })
  if (!http && limits?.requestRate !== undefined)
    throw refuse(`The rule ${id} has no requests to limit: its protocol is ${protocol}`, { id })
  if (check?.kind === 'icmp' || check?.kind === 'udp')
    throw refuse(`The rule ${id} cannot be checked by ${check.kind}: that is for UDP`, { id })
}

/** Ports of guest addresses where other services of the router answer: DNS, DHCP, metadata and passwords. */
const ROUTERS_OWN = [53, 67, 80, 8080]

const checkListener = ({ id, address, port }: Rule, whole: SpecEnvelope): void => {
  const nic = interfacesOf(whole).find((candidate) => hasAddress(candidate, address))
  if (nic === undefined || (nic.role !== 'public' && nic.role !== 'guest'))
    throw refuse(`The rule ${id} listens at ${address}, which no public or guest interface has`, { id, address })
  const { dns, metadata } = servicesOf(whole)
  const served = [...(dns?.views.flatMap(({ listen }) => listen) ?? []), ...(metadata?.listen ?? [])]
  if (ROUTERS_OWN.includes(port) && served.includes(address))
    throw refuse(`The rule ${id} listens at ${address}:${port}, where the router itself answers`, { id, address, port })
}

const checkRule = (rule: Rule, certificates: ReadonlySet<string>, whole: SpecEnvelope): void => {
  const { id, device, members } = rule
  checkListener(rule, whole)
  if (!interfacesOf(whole, 'guest').some((candidate) => candidate.device === device))
    throw refuse(`The rule ${id} is for ${device}: there is no guest interface of this name`, { id, device })
  const twice =
    repeated(members.map((member) => member.id)) ??
    repeated(members.map((member) => `${member.address}:${member.port}`))
  if (twice !== undefined) throw refuse(`The rule ${id} has the member ${twice} twice`, { id })
  const missing = rule.certificates.find((certificate) => !certificates.has(certificate))
  if (missing !== undefined) throw refuse(`The rule ${id} shows the certificate ${missing}, which is not there`, { id })
  if ((rule.protocol === 'ssl') !== rule.certificates.length > 0)
    throw refuse(`The rule ${id}: certificates and the protocol ssl belong together`, { id })
  if (repeated(rule.certificates) !== undefined) throw refuse(`The rule ${id} shows a certificate twice`, { id })
  if (rule.protocol === 'udp') checkUdp(rule)
  else checkTcp(rule)
}

/** Rules across the document; throws SYSVM_SPEC_INVALID. */
export const validate = (spec: LoadBalancerSpec, whole: SpecEnvelope): void => {
  const { rules, certificates, statistics } = spec
  const twice = repeated(rules.map(({ id }) => id)) ?? repeated(certificates.map(({ id }) => id))
  if (twice !== undefined) throw refuse(`The load balancer has ${twice} twice`, { id: twice })
  const taken = repeated([
    ...rules.map(({ address, port, protocol }) => `${protocol === 'udp' ? 'udp' : 'tcp'} ${address}:${port}`),
    ...(statistics === undefined ? [] : [`tcp ${statistics.address}:${statistics.port}`]),
  ])
  if (taken !== undefined) throw refuse(`Two rules listen at ${taken}`, { listener: taken })
  for (const certificate of certificates) checkCertificate(certificate)
  const known = new Set(certificates.map(({ id }) => id))
  for (const rule of rules) checkRule(rule, known, whole)
  if (statistics === undefined) return
  const { address } = statistics
  if (!interfacesOf(whole).some((nic) => nic.role !== 'control' && hasAddress(nic, address)))
    throw refuse(`The statistics page is at ${address}, which no interface has`, { address })
}
