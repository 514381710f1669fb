import { Cidr4, DomainName } from '@sysvm/agent/spec'
import { HealthPath, Secret } from '@sysvm/router/spec'
import { z } from 'zod'
import { type SettingName, settings } from '../../model/settings/index.ts'

/** `user:password`, or nothing. */
const Auth = z.string().refine((text) => {
  const [, user, password] = /^([A-Za-z0-9_.-]{1,64}):(.*)$/s.exec(text) ?? []
  return text === '' || (user !== undefined && Secret.safeParse(password).success)
}, 'is not user:password, with a password of 1 to 128 printable characters')

/** What goes into the spec of a router is checked by the spec's own schemas. */
const specSchemas: Partial<Record<SettingName, z.ZodType<string>>> = {
  'guest.cidr': Cidr4,
  'guest.domain.suffix': DomainName,
  'network.loadbalancer.haproxy.stats.auth': Auth,
  'network.loadbalancer.haproxy.stats.uri': HealthPath,
}

/** What is wrong with the value; undefined: nothing. */
export const mistakeIn = (name: SettingName, value: string): string | undefined => {
  const checked = (specSchemas[name] ?? settings[name].schema).safeParse(value)
  return checked.success ? undefined : (checked.error.issues[0]?.message ?? 'is not valid')
}
