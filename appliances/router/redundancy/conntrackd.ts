import type { SpecEnvelope } from '@sysvm/agent/spec'
import { token } from '../dns/text.ts'
import { addressOf, interfacesOf, servicesOf } from '../whole.ts'
import { ownAddress } from './keepalived.ts'
import { SYNC_PORT } from './names.ts'
import type { RedundancySpec } from './spec.ts'

/** Twice what the kernel's own table of interfaces/sysctl.conf holds: entries that ended are replaced before they go. */
const MOST_FLOWS = 131_072

/**
 * What is a router's alone: its talk with its peer, its manager and itself. Not its own addresses on other networks: each
 * that comes or goes would take another start of conntrackd.
 */
const unshared = (spec: RedundancySpec, own: string, whole: SpecEnvelope): readonly string[] => [
  '127.0.0.1',
  ...interfacesOf(whole, 'control').flatMap(({ addresses }) => addresses.map(addressOf)),
  own,
  spec.peer.address,
]

/** conntrackd.conf(5): reliable (FTFW), to one peer, over the network on which the routers hear each other. */
export const conntrackdText = (spec: RedundancySpec, whole: SpecEnvelope): string => {
  const own = ownAddress(spec, servicesOf(whole).interfaces)
  return `Sync {
  Mode FTFW {
    StartupResync yes
  }
  UDP Default {
    IPv4_address ${token(own)}
    IPv4_Destination_Address ${token(spec.peer.address)}
    Port ${SYNC_PORT}
    Interface ${token(spec.device)}
    SndSocketBuffer 4194304
    RcvSocketBuffer 4194304
    Checksum on
  }
}
General {
  Systemd yes
  HashSize 32768
  HashLimit ${MOST_FLOWS}
  LogFile off
  Syslog off
  LockFile /run/sysvm-conntrackd/lock
  UNIX {
    Path /run/sysvm-conntrackd/control
  }
  NetlinkBufferSize 2097152
  NetlinkBufferSizeMaxGrowth 16777216
  Filter From Userspace {
    Address Ignore {
${unshared(spec, own, whole)
  .map((address) => `      IPv4_address ${token(address)}\n`)
  .join('')}    }
  }
}
`
}
