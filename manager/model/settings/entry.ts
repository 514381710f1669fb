import { flag, type Setting, whole } from './setting.ts'

/** How callers enter, and how often they may call. The names are CloudStack's. */
export const entrySettings = {
  'session.timeout': {
    description: 'Minutes after which a session that nobody uses ends.',
    category: 'Account',
    ...whole(1, 10_080, 'minutes'),
    fallback: '30',
  },
  'incorrect.login.attempts.allowed': {
    description:
      'Failed logins of a name that cost nothing, and four times as many of an address; each one more doubles the time until the next attempt, up to 15 minutes. An hour without one forgets them.',
    category: 'Account',
    ...whole(1, 1000, 'attempts'),
    fallback: '5',
  },
  'api.throttling.enabled': {
    description: "Whether the calls of each account are limited; administrators' are not.",
    category: 'Advanced',
    ...flag(),
    fallback: 'false',
  },
  'api.throttling.interval': {
    description: 'Seconds in which an account may make api.throttling.max calls of each manager.',
    category: 'Advanced',
    ...whole(1, 3600, 'seconds'),
    fallback: '1',
  },
  'api.throttling.max': {
    description: 'Calls that an account may make of each manager in api.throttling.interval.',
    category: 'Advanced',
    ...whole(1, 1_000_000, 'calls'),
    fallback: '25',
  },
} as const satisfies Readonly<Record<string, Setting>>
