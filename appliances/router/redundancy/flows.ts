export interface KeptFlows {
  /** Those of this router's kernel. */
  readonly own: number
  /** Those of the other one, to be taken over. */
  readonly peer: number
}

const count = (text: string, section: string): number | undefined => {
  const [, found] = new RegExp(`cache ${section}:\\ncurrent active connections:\\s+(\\d+)`).exec(text) ?? []
  return found === undefined ? undefined : Number(found)
}

/** What `conntrackd -s` prints; undefined when it is something else. Pure. */
export const flowsOf = (text: string): KeptFlows | undefined => {
  const [own, peer] = [count(text, 'internal'), count(text, 'external')]
  return own === undefined || peer === undefined ? undefined : { own, peer }
}
