import { type Setting, whole } from './setting.ts'

/** Of guests. */
export const guestSettings = {
  'expunge.delay': {
    description: 'How long a destroyed guest can be recovered before it is expunged.',
    category: 'Advanced',
    fallback: '86400',
    ...whole(0, 31_536_000, 's'),
  },
  'expunge.interval': {
    description: 'Time between two looks for guests that were destroyed long enough ago.',
    category: 'Advanced',
    fallback: '86400',
    ...whole(1, 31_536_000, 's'),
  },
} as const satisfies Readonly<Record<string, Setting>>
