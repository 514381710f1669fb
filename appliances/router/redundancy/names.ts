export const KEEPALIVED_FILE = 'redundancy/keepalived.conf'
export const CONNTRACKD_FILE = 'redundancy/conntrackd.conf'

export const KEEPALIVED_UNIT = 'sysvm-keepalived.service'
export const CONNTRACKD_UNIT = 'sysvm-conntrackd.service'

/** Written by the image's usr/lib/sysvm/take-role, in keepalived's words; gone when keepalived stops. */
export const ROLE_FILE = '/run/sysvm-keepalived/role'
export const TAKE_ROLE = '/usr/lib/sysvm/take-role'
/** What keepalived tells of roles, in their order. */
export const ROLE_FIFO = '/run/sysvm-keepalived/roles'

/** IANA: Virtual Router Redundancy Protocol (RFC 9568). */
export const VRRP = 112
/** conntrackd's customary port; UDP. */
export const SYNC_PORT = 3780
