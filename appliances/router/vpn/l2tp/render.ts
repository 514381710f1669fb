import { LIVE, type RenderedFile } from '@sysvm/agent/service'
import { fromNumber, toNumber } from '@sysvm/agent/spec'
import { DAEMON_FILE, MTU, OPTIONS_FILE, PORT, SECRETS_FILE } from './names.ts'
import type { L2tp } from './spec.ts'

/** How the router names itself to pppd's list of secrets. */
const SERVER = 'sysvm'

/** xl2tpd.conf(5). It answers at all addresses: the firewall lets in what came by IPsec to the right one. */
const daemonText = ({ pool: { first, last } }: L2tp): string => `[global]
port = ${PORT}
access control = no

[lns default]
ip range = ${fromNumber(toNumber(first) + 1)}-${last}
local ip = ${first}
name = ${SERVER}
require chap = yes
refuse pap = yes
require authentication = yes
length bit = yes
pppoptfile = ${LIVE}/${OPTIONS_FILE}
`

/** pppd(8). */
const optionsText = ({ dns }: L2tp): string =>
  [
    'auth',
    `name ${SERVER}`,
    'require-mschap-v2',
    // Windows puts the name of its domain before the user's.
    'chapms-strip-domain',
    `chap-secrets ${LIVE}/${SECRETS_FILE}`,
    'hide-password',
    // IPsec encrypts.
    'noccp',
    'novj',
    'noipv6',
    'nodefaultroute',
    'noproxyarp',
    `mtu ${MTU}`,
    `mru ${MTU}`,
    'lcp-echo-interval 30',
    'lcp-echo-failure 4',
    ...dns.map((server) => `ms-dns ${server}`),
    'ip-up-script /usr/lib/sysvm/ppp-up',
    'ip-down-script /usr/lib/sysvm/ppp-down',
  ]
    .map((line) => `${line}\n`)
    .join('')

/** pppd would read the secret from a file of that name, and there is no way to say otherwise. */
export const namesFile = (password: string): boolean => password.startsWith('@/')

const quoted = (word: string): string => `"${word.replaceAll(/["\\]/g, '\\$&')}"`

const secretsText = ({ users }: L2tp): string =>
  users
    .filter(({ password }) => !namesFile(password))
    .map(({ name, password }) => `${quoted(name)} ${SERVER} ${quoted(password)} *\n`)
    .join('')

/** Pure. */
export const filesOf = (l2tp: L2tp): readonly RenderedFile[] => [
  { path: DAEMON_FILE, text: daemonText(l2tp) },
  { path: OPTIONS_FILE, text: optionsText(l2tp) },
  { path: SECRETS_FILE, text: secretsText(l2tp), secret: true },
]
