import type { RouterBase } from '../base.ts'

/** The zone's name servers. */
export const resolvers = ({ zone }: RouterBase): string[] => (zone.dns2 === null ? [zone.dns1] : [zone.dns1, zone.dns2])
