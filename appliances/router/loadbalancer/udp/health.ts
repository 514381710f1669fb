/** What is known of a member's health: whether it serves, and how many answers in a row say otherwise. */
export interface Health {
  readonly up: boolean
  readonly against: number
}

/** A new member serves at once; its first bad answers take it out. */
export const unknown: Health = { up: true, against: 0 }

export interface Thresholds {
  readonly healthyThreshold: number
  readonly unhealthyThreshold: number
}

/** After one more answer. Pure. */
export const after = (
  { up, against }: Health,
  good: boolean,
  { healthyThreshold, unhealthyThreshold }: Thresholds,
): Health => {
  if (good === up) return { up, against: 0 }
  const enough = against + 1 >= (up ? unhealthyThreshold : healthyThreshold)
  return enough ? { up: !up, against: 0 } : { up, against: against + 1 }
}
