/** Where the lab's router is to the other site, and whom it serves. */
const LAB = { router: '198.51.100.5', guests: '10.1.1.0/24' } as const

/** What an administrator writes by hand for the other site (swanctl.conf(5)): 10.200.1.0/24 behind 203.0.113.1. */
export const siteText = (
  key: string,
  { router, guests }: { readonly router: string; readonly guests: string } = LAB,
): string => `
connections { site1 {
  version = 2
  local_addrs = 203.0.113.1
  remote_addrs = ${router}
  proposals = aes256-sha256-modp2048
  local { auth = psk
    id = 203.0.113.1 }
  remote { auth = psk
    id = ${router} }
  children { net {
    local_ts = 10.200.1.0/24
    remote_ts = ${guests}
    esp_proposals = aes256-sha256-modp2048
  } }
} }
secrets { ike-1 {
  id-1 = 203.0.113.1
  id-2 = ${router}
  secret = "${key}"
} }
`
