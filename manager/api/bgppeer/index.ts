import type { Command } from '../command.ts'
import { changeBgpPeersForNetwork } from './change-bgp-peers-for-network.ts'
import { changeBgpPeersForVpc } from './change-bgp-peers-for-vpc.ts'
import { createBgpPeer } from './create-bgp-peer.ts'
import { dedicateBgpPeer } from './dedicate-bgp-peer.ts'
import { deleteBgpPeer } from './delete-bgp-peer.ts'
import { listBgpPeers } from './list-bgp-peers.ts'
import { releaseBgpPeer } from './release-bgp-peer.ts'
import { updateBgpPeer } from './update-bgp-peer.ts'

export const bgppeerCommands: readonly Command[] = [
  changeBgpPeersForNetwork,
  changeBgpPeersForVpc,
  createBgpPeer,
  dedicateBgpPeer,
  deleteBgpPeer,
  listBgpPeers,
  releaseBgpPeer,
  updateBgpPeer,
]
