/** The device that clients' packets come and go by. */
export const DEVICE = 'wg0'

/** WireGuard in user space, for kernels without it. */
export const UNIT = 'sysvm-wireguard.service'

/** Bytes of a packet in the tunnel: 1,500 less IPv6, UDP and WireGuard's own header and tag. */
export const MTU = 1420
