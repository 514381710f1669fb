import { roles } from '../redundancy.ts'
import { tunnels } from '../vpn.ts'
import type { Consumer } from './consumer.ts'

/** Who hears of what happens on routers. */
export const consumers: readonly Consumer[] = [tunnels, roles]
