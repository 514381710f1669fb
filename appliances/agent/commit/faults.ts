/** Where a commit or recovery can be interrupted, in the order they are passed. Tests stop the agent at each. */
export const faultPoints = [
  'validated',
  'rendered',
  'written',
  'checked',
  'stored',
  'journaled',
  'swapped',
  'netfilter-loaded',
  'service-applied',
  'applied',
  'probed',
  'pending',
  'confirming',
  'confirmed',
  'rollback-begun',
  'rollback-swapped',
  'rollback-netfilter-loaded',
  'rollback-service-applied',
  'rollback-applied',
  'rolled-back',
] as const

export type FaultPoint = (typeof faultPoints)[number]

/** Called as each point is passed. In production it does nothing. */
export type FaultHook = (point: FaultPoint) => void | Promise<void>

export const noFaults: FaultHook = () => undefined
