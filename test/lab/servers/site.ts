/** Where the lab's router is to the other site. */
const ROUTER = '198.51.100.5'

/** What an administrator writes by hand for the other site (swanctl.conf(5)): 10.200.1.0/24 behind 203.0.113.1. */
export const siteText = (key: string): string => `
connections { site1 {
  version = 2
  local_addrs = 203.0.113.1
  remote_addrs = ${ROUTER}
  proposals = aes256-sha256-modp2048
  local { auth = psk
    id = 203.0.113.1 }
  remote { auth = psk
    id = ${ROUTER} }
  children { net {
    local_ts = 10.200.1.0/24
    remote_ts = 10.1.1.0/24
    esp_proposals = aes256-sha256-modp2048
  } }
} }
secrets { ike-1 {
  id-1 = 203.0.113.1
  id-2 = ${ROUTER}
  secret = "${key}"
} }
`
