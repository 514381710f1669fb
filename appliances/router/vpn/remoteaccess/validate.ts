import { createPrivateKey, X509Certificate } from 'node:crypto'
import type { SpecEnvelope } from '@sysvm/agent/spec'
import { checkPool } from '../../pool.ts'
import { hasAddress, interfacesOf, networkOf, refuse, repeated } from '../../whole.ts'
import type { RemoteAccess } from './spec.ts'
import { sameName } from './users.ts'

const checkCertificate = ({ chain, key }: RemoteAccess): void => {
  let matches = false
  try {
    matches = new X509Certificate(chain).checkPrivateKey(createPrivateKey(key))
  } catch {
    // The parser's words could quote the key.
    throw refuse('The certificate of the remote access VPN, or its private key, cannot be read')
  }
  if (!matches) throw refuse("The private key of the remote access VPN's certificate is another one's")
}

/** `others`: the networks behind other sites. */
export const validateRemoteAccess = (access: RemoteAccess, whole: SpecEnvelope, others: readonly string[]): void => {
  const { address, pool, subnets, users } = access
  if (!interfacesOf(whole, 'public').some((nic) => hasAddress(nic, address)))
    throw refuse(`The remote access VPN is at ${address}, which no public interface has`)
  for (const subnet of subnets)
    if (networkOf(subnet) !== subnet)
      throw refuse(`The remote access VPN: ${subnet} has host bits; the network is ${networkOf(subnet)}`)
  const twice = repeated(users.map(({ name }) => sameName(name)))
  if (twice !== undefined) throw refuse(`The remote access VPN has the user ${twice} twice`)
  checkPool('the remote access VPN', pool, [...subnets, ...others], whole)
  checkCertificate(access)
}
