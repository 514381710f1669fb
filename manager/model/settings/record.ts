import { flag, type Setting, share, whole } from './setting.ts'

/** Of events, alerts, capacity and usage. */
export const recordSettings = {
  'event.purge.delay': {
    description: 'Age at which events are deleted, archived ones too; 0: never.',
    category: 'Advanced',
    fallback: '15',
    ...whole(0, 36_500, 'days'),
  },
  'event.purge.interval': {
    description: 'Time between two looks for events, alerts and entries of the usage log that are too old.',
    category: 'Advanced',
    fallback: '86400',
    ...whole(1, 31_536_000, 's'),
  },
  'allow.user.expunge.recover.vm': {
    description:
      'Whether users who are no administrators may expunge and recover guests; otherwise what they destroy stays destroyed for expunge.delay.',
    category: 'Advanced',
    fallback: 'false',
    scopes: ['account', 'domain'],
    ...flag(),
  },
  'alert.purge.delay': {
    description: 'Age at which resolved and archived alerts are deleted; 0: never.',
    category: 'Advanced',
    fallback: '0',
    ...whole(0, 36_500, 'days'),
  },
  'capacity.check.period': {
    description: 'Time between two comparisons of what is used with the thresholds of alerts.',
    category: 'Alert',
    fallback: '300000',
    ...whole(1000, 86_400_000, 'ms'),
  },
  'cluster.cpu.allocated.capacity.notificationthreshold': {
    description: "Share of a cluster's processors that is given to guests and routers above which there is an alert.",
    category: 'Alert',
    fallback: '0.75',
    scopes: ['cluster'],
    ...share(),
  },
  'cluster.memory.allocated.capacity.notificationthreshold': {
    description: "Share of a cluster's memory that is given to guests and routers above which there is an alert.",
    category: 'Alert',
    fallback: '0.75',
    scopes: ['cluster'],
    ...share(),
  },
  'zone.virtualnetwork.publicip.capacity.notificationthreshold': {
    description: "Share of a zone's public addresses that is taken above which there is an alert.",
    category: 'Alert',
    fallback: '0.75',
    scopes: ['zone'],
    ...share(),
  },
  'zone.vlan.capacity.notificationthreshold': {
    description: "Share of a zone's identifiers of guest networks that is taken above which there is an alert.",
    category: 'Alert',
    fallback: '0.75',
    scopes: ['zone'],
    ...share(),
  },
  'usage.stats.job.aggregation.range': {
    description: 'Length of the periods of usage records; they begin at multiples of it, UTC.',
    category: 'Usage',
    fallback: '1440',
    ...whole(10, 44_640, 'minutes'),
  },
  'usage.log.purge.delay': {
    description: 'Age at which what periods were added up from is deleted; 0: never.',
    category: 'Usage',
    fallback: '30',
    ...whole(0, 36_500, 'days'),
  },
} as const satisfies Readonly<Record<string, Setting>>
