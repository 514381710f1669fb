import { SysvmError } from '@sysvm/errors'
import { CIPHERS, GROUPS, HASHES, weaknesses } from '@sysvm/router/spec'

const bad = (sentence: string) => new SysvmError('SYSVM_API_PARAMETER', sentence)

/** What the router's spec takes of one connection. */
const MOST = 16

export type PolicyName = 'ikepolicy' | 'esppolicy'

const refuseOther = (name: PolicyName, what: string, words: readonly string[], word: string | undefined): void => {
  if (word === undefined || !words.includes(word))
    throw bad(`Parameter ${name}: ${word} is not one of the ${what} ${words.join(', ')}.`)
}

const checkProposal = (name: PolicyName, proposal: string): void => {
  const [, cipher, hash, , group] = /^([a-z0-9]+)-([a-z0-9]+)(;([a-z0-9]+))?$/.exec(proposal) ?? []
  if (cipher === undefined)
    throw bad(`Parameter ${name}: '${proposal.slice(0, 60)}' is not cipher-hash;group, such as aes256-sha256;modp2048.`)
  refuseOther(name, 'ciphers', CIPHERS, cipher)
  refuseOther(name, 'hashes', HASHES, hash)
  if (group !== undefined) refuseOther(name, 'groups', GROUPS, group)
  else if (name === 'ikepolicy') throw bad(`Parameter ${name}: ${proposal} needs a group: ${proposal};modp2048.`)
}

/**
 * A policy in its one spelling: proposals of cipher, hash and group, with commas, each once. ESP's may be without a
 * group: then its keys are made of IKE's without another exchange. Throws 431 where it is none.
 */
export const policyOf = (name: PolicyName, text: string): string => {
  const proposals = text
    .toLowerCase()
    .split(',')
    .map((proposal) => proposal.trim())
  for (const proposal of proposals) checkProposal(name, proposal)
  const once = [...new Set(proposals)]
  if (once.length > MOST) throw bad(`Parameter ${name}: it has more than ${MOST} proposals.`)
  return once.join(',')
}

/** As the router's spec writes them: `aes256-sha256-modp2048`. */
export const proposalsOf = (policy: string): string[] => policy.replaceAll(';', '-').split(',')

/** What is weak in a policy. */
export const weaknessesOf = (name: PolicyName, policy: string): readonly string[] =>
  weaknesses(proposalsOf(policy)).map(({ algorithm, why }) => `${name}: ${algorithm}: ${why}`)
