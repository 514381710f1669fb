import { Cidr4, DomainName } from '@sysvm/agent/spec'
import { HealthPath, Secret } from '@sysvm/router/spec'
import { z } from 'zod'
import { type SettingName, settings } from '../../model/settings/index.ts'
import { readIpRange } from '../remoteaccess/iprange.ts'

/** `user:password`, or nothing. */
const Auth = z.string().refine((text) => {
  const [, user, password] = /^([A-Za-z0-9_.-]{1,64}):(.*)$/s.exec(text) ?? []
  return text === '' || (user !== undefined && Secret.safeParse(password).success)
}, 'is not user:password, with a password of 1 to 128 printable characters')

/** As createRemoteAccessVpn takes it. */
const Range = z.string().superRefine((text, context) => {
  try {
    readIpRange(text)
  } catch (error) {
    context.addIssue({ code: 'custom', message: error instanceof Error ? error.message : 'is not a range' })
  }
})

/** What goes into the spec of a router is checked by the spec's own schemas. */
const specSchemas: Partial<Record<SettingName, z.ZodType<string>>> = {
  'guest.cidr': Cidr4,
  'guest.domain.suffix': DomainName,
  'network.loadbalancer.haproxy.stats.auth': Auth,
  'network.loadbalancer.haproxy.stats.uri': HealthPath,
  'remote.access.vpn.client.iprange': Range,
}

/** What is wrong with the value; undefined: nothing. */
export const mistakeIn = (name: SettingName, value: string): string | undefined => {
  const checked = (specSchemas[name] ?? settings[name].schema).safeParse(value)
  return checked.success ? undefined : (checked.error.issues[0]?.message ?? 'is not valid')
}
