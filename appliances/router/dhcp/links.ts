/**
 * Subnets by device, as a configuration of Kea has them. Kea looks at one subnet of a device only, unless it is told
 * that several share the link.
 */
export const onLinks = (
  key: 'subnet4' | 'subnet6',
  links: readonly (readonly [device: string, subnets: readonly object[]])[],
): object => {
  const shared = links.filter(([, subnets]) => subnets.length > 1)
  const networks = shared.map(([device, subnets]) => ({ name: device, interface: device, [key]: subnets }))
  return {
    ...(shared.length === 0 ? {} : { 'shared-networks': networks }),
    [key]: links.filter(([, subnets]) => subnets.length === 1).flatMap(([, subnets]) => subnets),
  }
}
