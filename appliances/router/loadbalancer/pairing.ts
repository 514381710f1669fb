import type { FileChange } from '@sysvm/agent/service'
import type { SpecEnvelope } from '@sysvm/agent/spec'
import type { Peers } from 'haproxy-config'
import { ownAddress } from '../redundancy/keepalived.ts'
import { TABLES_PORT } from '../redundancy/names.ts'
import { servicesOf } from '../whole.ts'
import { CONFIG_FILE, LOCAL_PEER, PEERS, RUN_FOLDER } from './names.ts'

/** Whom a process teaches its tables of clients, itself first: its successor, and of two routers the other one. */
export const peersOf = (whole: SpecEnvelope | undefined): Peers & { readonly local: string } => {
  const { redundancy, interfaces } = whole === undefined ? {} : servicesOf(whole)
  if (redundancy === undefined)
    return { name: PEERS, local: LOCAL_PEER, peers: [{ name: LOCAL_PEER, address: `unix@${RUN_FOLDER}/peers.sock` }] }
  const { rank, peer } = redundancy
  return {
    name: PEERS,
    local: rank,
    peers: [
      { name: rank, address: `${ownAddress(redundancy, interfaces)}:${TABLES_PORT}` },
      { name: rank === 'first' ? 'second' : 'first', address: `${peer.address}:${TABLES_PORT}` },
    ],
  }
}

const peersIn = (text: string | undefined): string =>
  [...(text ?? '').matchAll(/^ *(?:localpeer|peer) .*$/gm)].map(([line]) => line).join('\n')

/** Whether a process that runs has other peers than its files say: no command changes them. Pure. */
export const peersDiffer = (files: readonly FileChange[]): boolean => {
  const config = files.find(({ path }) => path === CONFIG_FILE)
  return config?.before !== undefined && peersIn(config.before) !== peersIn(config.after)
}
