/** What is counted; each is a set of addresses, for each family. */
export const KINDS = ['address_received', 'address_sent', 'guest_received', 'guest_sent'] as const
export type Kind = (typeof KINDS)[number]

export const FAMILIES = [4, 6] as const

/** `guest_sent4` */
export const setName = (kind: Kind, family: 4 | 6): string => `${kind}${family}`
