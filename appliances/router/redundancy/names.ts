export const KEEPALIVED_FILE = 'redundancy/keepalived.conf'
export const CONNTRACKD_FILE = 'redundancy/conntrackd.conf'

export const KEEPALIVED_UNIT = 'sysvm-keepalived.service'
export const CONNTRACKD_UNIT = 'sysvm-conntrackd.service'

/** Written by the image's usr/lib/sysvm/take-role, in keepalived's words; gone when keepalived stops. */
export const ROLE_FILE = '/run/sysvm-keepalived/role'
export const TAKE_ROLE = '/usr/lib/sysvm/take-role'
/** What keepalived tells of roles, in their order. */
export const ROLE_FIFO = '/run/sysvm-keepalived/roles'

/** What the agent tells keepalived of this router: 1 while it lets go of its role. In a folder that keepalived does not take along. */
export const YIELD_FILE = '/run/sysvm/yielded'
/** What is added to this router's priority: below 0 while it has no precedence when both serve. */
export const DEMOTED_FILE = '/run/sysvm/demoted'
/** Read as part of its configuration by a keepalived that is started where this router serves already: nobody else can. */
export const OWNER_FILE = '/run/sysvm/owner.conf'
/** There while keepalived is stopped and the addresses are to stay; read by its unit. */
export const ALONE_FILE = '/run/sysvm/alone'
/** Seconds since the Epoch at which the primary heard another one; written by take-role. */
export const RIVAL_FILE = '/run/sysvm-keepalived/rival'

/** IANA: Virtual Router Redundancy Protocol (RFC 9568). */
export const VRRP = 112
/** conntrackd's customary port; UDP. */
export const SYNC_PORT = 3780
/** Of haproxy's tables of clients; TCP. */
export const TABLES_PORT = 3781
