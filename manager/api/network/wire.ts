import { SysvmError } from '@sysvm/errors'

/** A network of type L2 is a wire between guests, who see to their addresses themselves. */
export const NO_ADDRESSES = { cidr: null, gateway: null } as const

const OF_ROUTERS = [
  ...['gateway', 'netmask', 'ip6cidr', 'ip6gateway', 'dns1', 'dns2', 'ip6dns1', 'ip6dns2', 'networkdomain'],
  ...['sourcenatipaddress', 'cidrsize', 'asnumber', 'bgppeerids', 'aclid'],
]

/** Refuses what only a router could do with it. */
export const refuseOfWire = (params: object): void => {
  const name = OF_ROUTERS.find((one) => (params as Readonly<Record<string, unknown>>)[one] !== undefined)
  if (name !== undefined)
    throw new SysvmError(
      'SYSVM_API_PARAMETER',
      `Parameter ${name}: a network of type L2 has neither addresses nor a router: leave it out.`,
    )
}
