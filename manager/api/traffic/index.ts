import type { Command } from '../command.ts'
import { listNetworkTraffic } from './list-network-traffic.ts'

export const trafficCommands: readonly Command[] = [listNetworkTraffic]
