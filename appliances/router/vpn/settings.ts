import { type Esp, SOCKET } from './names.ts'
import { RETRANSMISSION } from './silence.ts'

/** What IKE with keys, passwords and certificates needs, and nothing else: all algorithms are OpenSSL's. */
const PLUGINS = [
  'random nonce openssl pem pkcs1 pkcs8 x509 pubkey revocation constraints',
  'eap-identity eap-mschapv2 counters vici',
].join(' ')

const kernels: Readonly<Record<Esp, string>> = {
  kernel: 'kernel-netlink socket-default',
  // The first that can do ESP does it.
  user: 'kernel-libipsec kernel-netlink socket-default',
}

/** Begun by others and not authenticated, at once; whoever comes then waits. Some 500 sites that begin at once fit. */
const HALF_OPEN = 1000

/**
 * strongswan.conf(5); connections and keys come by VICI. A peer is given up after a minute without an answer, where
 * charon's own default is three. Who begins without a proof of its address costs nothing once some did (cookies, RFC 7296,
 * 2.6), and one address has a few beginnings at once.
 */
export const settingsText = (esp: Esp): string => `charon-systemd {
  load = ${PLUGINS} ${kernels[esp]}
  install_routes = ${esp === 'user' ? 'yes' : 'no'}
  install_virtual_ip = no
  retransmit_timeout = ${RETRANSMISSION.timeout.toFixed(1)}
  retransmit_base = ${RETRANSMISSION.base}
  retransmit_tries = ${RETRANSMISSION.tries}
  half_open_timeout = 30
  cookie_threshold = 30
  cookie_threshold_ip = 3
  block_threshold = 5
  init_limit_half_open = ${HALF_OPEN}
  plugins {
    vici {
      socket = unix://${SOCKET}
    }
    socket-default {
      use_ipv6 = no
    }
  }
  journal {
    default = 1
    enc = 0
    net = 0
  }
}
`
