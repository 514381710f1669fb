import { toNumber } from '@sysvm/agent/spec'

/** `255.255.255.0` to 24. */
export const prefixOf = (netmask: string): number => 32 - Math.log2(2 ** 32 - toNumber(netmask))
