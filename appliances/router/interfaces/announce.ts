import type { Effects } from '@sysvm/agent/service'

/**
 * Addresses that `ip -batch` lines have just given to a device, as arguments of arping. A neighbour that knew the
 * address at another MAC, that of a router which this one replaces, would send there until its cache expires. Pure.
 */
export const announcements = (commands: readonly string[]): readonly (readonly [string, ...string[]])[] =>
  commands.flatMap((command) => {
    const [, address, length, device] = /^address add ([0-9.]+)\/(\d+) dev (\S+)$/.exec(command) ?? []
    // arping cannot claim the metadata server's host address; guests reach it through the gateway.
    if (address === undefined || device === undefined || length === '32') return []
    return [['arping', '-q', '-U', '-c', '1', '-I', device, address] as const]
  })

/** Processes at one time: a machine may have hundreds of addresses. */
const AT_ONCE = 32

/** Gratuitous ARP (RFC 5227, section 3). A lost one heals by itself, so that it fails no commit. */
export const announce = async (commands: readonly string[], effects: Effects): Promise<void> => {
  const all = announcements(commands)
  for (let first = 0; first < all.length; first += AT_ONCE)
    await Promise.allSettled(all.slice(first, first + AT_ONCE).map((argv) => effects.run(argv, { timeoutMs: 2000 })))
}
