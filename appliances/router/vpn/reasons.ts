import type { Log } from 'strongswan-ctl'
import { timesSaid } from './silence.ts'

export const UNANSWERED = 'the peer does not answer'

/** A line of charon's log that tells why a connection does not come up, and what it means. */
type Telling = readonly [pattern: RegExp, meaning: (...words: string[]) => string]

const NOTIFIES: Readonly<Record<string, string>> = {
  AUTHENTICATION_FAILED: 'the peer refused the pre-shared key or the identity (AUTHENTICATION_FAILED)',
  NO_PROPOSAL_CHOSEN: 'the peer accepts none of the proposals (NO_PROPOSAL_CHOSEN)',
  TS_UNACCEPTABLE: 'the peer has other subnets (TS_UNACCEPTABLE)',
  INVALID_ID_INFORMATION: 'the peer has other subnets (INVALID_ID_INFORMATION)',
  PAYLOAD_MALFORMED: 'the peer cannot read what is sent to it, mostly for a wrong pre-shared key (PAYLOAD_MALFORMED)',
}

const notified = (word: string): string => NOTIFIES[word] ?? `the peer refused: ${word}`

/** Retransmissions after which a peer is said not to answer, some five seconds; charon goes on trying. */
const SILENT = 2

/** strongSwan's words, of 5.9 and 6.0 (ikev1/ and ikev2/ in libcharon's sa folder). */
const TELLINGS: readonly Telling[] = [
  [/^received (\w+) (?:error )?notify(?: error|, no CHILD_SA built)?$/, notified],
  [/^tried \d+ shared keys? for .+, but MAC mismatched$/, () => 'the pre-shared key is another one than the peer has'],
  [/^calculated HASH does not match HASH payload$/, () => 'the pre-shared key is another one than the peer has'],
  [
    /^(?:could not decrypt payloads|invalid HASH_V1 payload length, decryption failed\?|message parsing failed)$/,
    () => 'what the peer sends cannot be decrypted, mostly for a wrong pre-shared key',
  ],
  [/^no shared key found for /, () => 'the peer has another identity'],
  [/^(?:constraint check failed|IDir .+ does not match)/, () => 'the peer has another identity'],
  [
    /^(?:received proposals unacceptable|no acceptable proposal found|no proposal found|no matching proposal found)/,
    () => 'the peer proposes nothing that is accepted here (NO_PROPOSAL_CHOSEN)',
  ],
  [
    /^(?:traffic selectors .+ unacceptable|no matching CHILD_SA config found)/,
    () => 'the peer has other subnets (TS_UNACCEPTABLE)',
  ],
  [/^(?:giving up after \d+ retransmits|peer not responding|DPD check timed out)/, () => UNANSWERED],
]

/** Why a connection does not come up, as far as this line tells; undefined: it does not. Pure. */
export const reasonIn = ({ msg }: Pick<Log, 'msg'>): string | undefined => {
  const times = timesSaid(msg)
  if (times !== undefined) return times >= SILENT ? UNANSWERED : undefined
  for (const [pattern, meaning] of TELLINGS) {
    const [found, ...words] = pattern.exec(msg) ?? []
    if (found !== undefined) return meaning(...words)
  }
  return undefined
}

/** The peer that begins an SA, which has no connection's name yet. Pure. */
export const initiatorIn = ({ msg }: Pick<Log, 'msg'>): string | undefined =>
  /^([0-9.]+) is initiating an? /.exec(msg)?.[1]
