import { z } from 'zod'
import type { Setting } from './setting.ts'

/** How many, or -1 for as many as they like. */
const most = () =>
  ({
    type: 'Number',
    range: '-1 (no limit) to 999999999',
    schema: z.string().refine((text) => /^(-1|0|[1-9]\d{0,8})$/.test(text), 'is neither -1 nor a whole number'),
  }) as const

type Whose = 'account' | 'domain' | 'project'

const sentences: Readonly<Record<Whose, string>> = {
  account: 'an account that has no limit of its own may have; the root administrator has none',
  domain: 'all accounts of a domain without a limit of its own, and beneath it, may have together; ROOT has none',
  project: 'a project that has no limit of its own may have',
}

/** Kinds by their part of the key: what, and the fallbacks, CloudStack's. Gibibytes of storage, MiB of memory. */
const things = {
  'user.vms': ['guests', 20, 40, 20],
  'public.ips': ['public addresses', 20, 40, 20],
  volumes: ['volumes', 20, 40, 20],
  snapshots: ['snapshots', 20, 40, 20],
  templates: ['templates', 20, 40, 20],
  networks: ['networks', 20, 40, 20],
  vpcs: ['VPCs', 20, 40, 20],
  cpus: ['processors of guests', 40, 80, 40],
  memory: ['MiB of memory of guests', 40960, 81920, 40960],
  'primary.storage': ['GiB of primary storage', 200, 400, 200],
  'secondary.storage': ['GiB of secondary storage', 400, 800, 400],
} as const
type Thing = keyof typeof things

const setting = (what: string, whose: Whose, fallback: number): Setting => ({
  description: `How many ${what} ${sentences[whose]}.`,
  category: 'Account',
  fallback: String(fallback),
  ...most(),
})

type LimitSetting = `max.${Whose}.${Thing}` | 'max.account.projects' | 'max.domain.projects'

export const limitSettings = {
  ...Object.fromEntries(
    Object.entries(things).flatMap(([thing, [what, account, domain, project]]) => [
      [`max.account.${thing}`, setting(what, 'account', account)],
      [`max.domain.${thing}`, setting(what, 'domain', domain)],
      [`max.project.${thing}`, setting(what, 'project', project)],
    ]),
  ),
  'max.account.projects': setting('projects', 'account', 10),
  'max.domain.projects': setting('projects', 'domain', 50),
} as Readonly<Record<LimitSetting, Setting>>
