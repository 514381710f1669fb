import type { DhcpSpec } from './spec.ts'

/**
 * Whether a device is not, for certain, one that the running Kea has seen: it looks for devices at its start only, so
 * that a network's nic which was plugged in since then takes a restart.
 */
export const hasNewDevice = (before: DhcpSpec | undefined, after: DhcpSpec): boolean => {
  const known = new Set(before?.subnets.map(({ device, gateway }) => `${device} ${gateway}`))
  return after.subnets.some(({ device, gateway }) => !known.has(`${device} ${gateway}`))
}
