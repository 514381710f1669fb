import { SysvmError } from '@sysvm/errors'

interface Plain {
  readonly name: string
  readonly cidr: string | null
  readonly gateway: string | null
}

/** The network as one that gives its guests addresses. Throws for one of type L2, where guests see to theirs themselves. */
export const addressed = <N extends Plain>(network: N): N & { readonly cidr: string; readonly gateway: string } => {
  const { name, cidr, gateway } = network
  if (cidr !== null && gateway !== null) return { ...network, cidr, gateway }
  throw new SysvmError(
    'SYSVM_API_PARAMETER',
    `Network ${name} is of type L2: its guests have no addresses that the manager gives; leave them out.`,
  )
}
