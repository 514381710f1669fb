import type { Connection } from './spec.ts'

/** charon's name of a connection; others on the same charon begin otherwise. */
export const nameOf = ({ id }: Pick<Connection, 'id'>): string => `site-${id}`

/** The connection that charon calls so; undefined: another one's. */
export const idOf = (name: string): string | undefined => /^site-(.+)$/.exec(name)?.[1]

/** charon's control socket. */
export const SOCKET = '/run/charon/charon.vici'

/** Who encrypts: the kernel, or charon itself where the kernel has no ESP. */
export type Esp = 'kernel' | 'user'
export const ESPS: readonly Esp[] = ['kernel', 'user']

export const unitOf = (esp: Esp): string => `sysvm-charon@${esp}.service`
export const settingsPath = (esp: Esp): string => `vpn/${esp}.conf`

/** The device that charon's own ESP comes and goes by. */
export const TUNNEL_DEVICE = 'ipsec0'
