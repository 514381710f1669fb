export { chooseAddress, chooseNic, countFreeAddresses, type GuestAddress } from './address.ts'
export { brokenGroup } from './affinity.ts'
export { hasHosts, holdPlacement, type Need, placeOnHost } from './host.ts'
export { chooseSubnet6, subnetsOf } from './ipv6.ts'
export { chooseLinkLocal } from './linklocal.ts'
export { randomMac } from './mac.ts'
export {
  type AddressOwner,
  allocatePublicIp,
  allocateSourceNat,
  allocateUnbound,
  releasePublicIps,
} from './publicip.ts'
export { hostsWithRoom } from './room.ts'
export { allocateLink, allocateVni } from './vni.ts'
