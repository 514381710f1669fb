import type { SpecEnvelope } from '@sysvm/agent/spec'
import { token } from '../dns/text.ts'
import { servingAddresses } from '../interfaces/shared.ts'
import type { InterfacesSpec } from '../interfaces/spec.ts'
import { uplinksOf } from '../interfaces/uplinks.ts'
import { addressOf, METADATA_ADDRESS, reaches, servicesOf } from '../whole.ts'
import { DEMOTED_FILE, OWNER_FILE, ROLE_FIFO, TAKE_ROLE, YIELD_FILE } from './names.ts'
import type { RedundancySpec } from './spec.ts'

/** Both of a pair below 255, which would mean the owner of the addresses (RFC 9568, 5.2.4). */
const PRIORITY = { first: 254, second: 253 } as const
/** Added to the priority of a router without precedence: below the other one's. */
export const DEMOTION = -2
/** Packets of a router on the same network come with the TTL they were sent with. */
const TTL = 255

const line = (depth: number, ...words: readonly (string | number)[]): string =>
  `${'  '.repeat(depth)}${words.map(token).join(' ')}\n`

const block = (depth: number, head: readonly string[], lines: readonly string[]): string =>
  lines.length === 0
    ? ''
    : `${'  '.repeat(depth)}${head.map(token).join(' ')} {\n${lines.join('')}${'  '.repeat(depth)}}\n`

/** Own address of the device the routers hear each other on. */
export const ownAddress = ({ device }: RedundancySpec, interfaces: InterfacesSpec | undefined): string =>
  addressOf(interfaces?.interfaces.find((nic) => nic.device === device)?.own?.[0] ?? '/')

/** The device of the way to the internet. */
const outward = ({ gateway, interfaces }: InterfacesSpec): string | undefined =>
  gateway === undefined ? undefined : interfaces.find((nic) => nic.role === 'public' && reaches(nic, gateway))?.device

/** Static routes by way of networks in which neither router has an address of its own. */
const sharedRoutes = (whole: SpecEnvelope): readonly (readonly string[])[] => {
  const { interfaces, routing } = servicesOf(whole)
  return (routing?.static ?? []).flatMap(({ network, via, shared }) => {
    const nic = shared ? interfaces?.interfaces.find((one) => one.role !== 'control' && reaches(one, via)) : undefined
    return nic === undefined ? [] : [[network, 'via', via, 'dev', nic.device]]
  })
}

/** The way to the internet, and with several uplinks the one of each. */
const routes = (spec: InterfacesSpec): readonly (readonly (string | number)[])[] => {
  const device = outward(spec)
  return [
    ...(device === undefined ? [] : [['default', 'via', spec.gateway ?? '', 'dev', device]]),
    ...uplinksOf(spec).map((uplink) => ['default', 'via', uplink.gateway, 'dev', uplink.device, 'table', uplink.mark]),
  ]
}

/**
 * keepalived.conf(5). One instance has every address, so that all move together. Its adverts name one that all routers
 * have: were it those of the spec, a router whose spec is one change older would not take the adverts, and serve too.
 */
export const keepalivedText = (spec: RedundancySpec, whole: SpecEnvelope): string => {
  const { interfaces } = servicesOf(whole)
  if (interfaces === undefined) return ''
  const { device, peer, rank, advertMs } = spec
  const tracked = outward(interfaces)
  const marker = `${METADATA_ADDRESS}/32`
  const addresses = interfaces.interfaces
    .filter(({ own }) => own !== undefined)
    .flatMap((nic) => servingAddresses(nic).map((cidr) => [cidr, 'dev', nic.device] as const))
    .filter(([cidr, , name]) => cidr !== marker || name !== device)
  return [
    block(
      0,
      ['global_defs'],
      [
        line(1, 'vrrp_version', 3),
        // Neighbours that missed the word of who has the addresses hear it again.
        line(1, 'vrrp_garp_master_refresh', 60),
        line(1, 'enable_script_security'),
        line(1, 'script_user', 'root'),
        line(1, 'vrrp_notify_fifo', ROLE_FIFO),
        line(1, 'vrrp_notify_fifo_script', TAKE_ROLE),
      ],
    ),
    // Of weight 0: anything but 0 in it is a fault, as a link is that is gone.
    block(0, ['track_file', 'yielded'], [line(1, 'file', YIELD_FILE), line(1, 'weight', 0)]),
    block(0, ['track_file', 'demoted'], [line(1, 'file', DEMOTED_FILE), line(1, 'weight', 1)]),
    block(
      0,
      ['vrrp_instance', 'router'],
      [
        line(1, 'state', 'BACKUP'),
        // Whoever serves goes on: a router that comes back does not cost a second hand-over.
        line(1, 'nopreempt'),
        // The last to tell neighbours was the one that lets go: the other one must hear of it to tell them anew.
        line(1, 'higher_prio_send_advert', 'true'),
        line(1, 'interface', device),
        line(1, 'virtual_router_id', 1),
        line(1, 'priority', PRIORITY[rank]),
        line(1, 'advert_int', advertMs / 1000),
        line(1, 'unicast_src_ip', ownAddress(spec, interfaces)),
        block(1, ['unicast_peer'], [line(2, peer.address, 'min_ttl', TTL)]),
        line(1, 'check_unicast_src'),
        line(1, 'unicast_ttl', TTL),
        // Devices of guests are not among them: a network that is plugged in a moment later must not move the rest.
        block(1, ['track_interface'], tracked === undefined ? [] : [line(2, tracked)]),
        block(1, ['track_file'], [line(2, 'yielded'), line(2, 'demoted')]),
        // A pattern, which may match nothing.
        `  include ${OWNER_FILE.replace('.conf', '.c[o]nf')}\n`,
        block(1, ['virtual_ipaddress'], [line(2, marker, 'dev', device)]),
        block(
          1,
          ['virtual_ipaddress_excluded'],
          addresses.map((words) => line(2, ...words)),
        ),
        block(
          1,
          ['virtual_routes'],
          [...routes(interfaces), ...sharedRoutes(whole)].map((words) => line(2, ...words)),
        ),
      ],
    ),
  ].join('')
}
