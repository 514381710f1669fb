/** charon's name of the connection of people's machines that speak L2TP, and of its one child. */
export const CONNECTION = 'l2tp'
export const CHILD = 'l2tp'

export const UNIT = 'sysvm-l2tp.service'

/** The devices of sessions, one for each. */
export const DEVICES = 'ppp*'

/** Bytes: IPv4 of 1,500 less ESP in UDP with its longest padding, and L2TP, with room for one more tunnel on the way. */
export const MTU = 1280

/** RFC 2661. */
export const PORT = 1701

/** What xl2tpd reads when it starts; each pppd reads the other two. */
export const DAEMON_FILE = 'vpn/xl2tpd.conf'
export const OPTIONS_FILE = 'vpn/ppp.options'
export const SECRETS_FILE = 'vpn/chap-secrets'

/** A file for each session, named by its device: see `ppp-up` in the image. */
export const SESSIONS = '/run/sysvm-l2tp/sessions'
