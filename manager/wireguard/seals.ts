/** Under which context the private key of a VPN is sealed. */
export const serverSecret = (vpn: string): string => `wireguard/${vpn}`

/** Under which contexts what a user has in a VPN is sealed. */
export const peerSecrets = (vpn: string, user: string) => ({
  privateKey: `wireguardpeer/${vpn}/${user}/private`,
  presharedKey: `wireguardpeer/${vpn}/${user}/preshared`,
})
