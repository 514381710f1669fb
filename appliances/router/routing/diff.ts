import type { Line } from './config.ts'

type Plain = Omit<Line, 'sets'>

const keyOf = ({ within, text }: Plain): string => [...within, text].join('\n')

/** Lines of a running configuration with their contexts, as FRR prints them; its own numbering of lists is dropped. */
export const readConfig = (text: string): readonly Plain[] => {
  const lines: Plain[] = []
  let within: readonly string[] = []
  for (const raw of text.split('\n')) {
    const word = raw.trim()
    if (word === '' || word.startsWith('!')) continue
    if (word === 'exit' || word === 'end') within = []
    else if (word === 'exit-address-family') within = within.slice(0, 1)
    else if (word.startsWith('router bgp ')) within = [word]
    else if (word.startsWith('address-family ')) within = [within[0] ?? '', word]
    else lines.push({ within, text: word.replace(/^(ip|ipv6) prefix-list (\S+) seq \d+ /, '$1 prefix-list $2 ') })
  }
  return lines
}

/** Number of the autonomous system that the running configuration is for. */
export const runningAs = (lines: readonly Plain[]): string | undefined =>
  lines.find(({ within }) => within[0]?.startsWith('router bgp '))?.within[0]

/** What is ours to set: other lines of a running configuration are FRR's own, such as its version. */
const ours = /^(ip|ipv6) prefix-list (in-|out )|^neighbor |^network |^bgp router-id /

const peerOf = (text: string): string | undefined => /^neighbor (\S+)/.exec(text)?.[1]
const isRemoteAs = (text: string): boolean => /^neighbor \S+ remote-as /.test(text)

/** `neighbor A password x` is set again by the same words with another value. */
const settingOf = (text: string): string =>
  text
    .replace(/^(neighbor \S+ (?:remote-as|password|ebgp-multihop|timers connect|maximum-prefix)) .*$/, '$1')
    .replace(/^(neighbor \S+ timers) \d+ \d+$/, '$1')
    .replace(/^(neighbor \S+ prefix-list) \S+ (in|out)$/, '$1 $2')
    .replace(/^(bgp router-id) .*$/, '$1')

const negated = (text: string): string => {
  const setting = settingOf(text)
  // A list's name and a password must be given to be taken back or may be; what FRR takes without is shorter.
  return `no ${/ prefix-list (in|out)$/.test(setting) ? text : setting}`
}

/** Commands in the order of their lines; each names its contexts anew where they differ from the last one's. */
const commands = (steps: readonly Plain[]): readonly string[] => {
  let last: readonly string[] = []
  return steps.flatMap(({ within, text }) => {
    const same = within.join('\n') === last.join('\n')
    // `exit` once for each context, up to the configuration's own level.
    const leave = same
      ? []
      : last.map((context) => (context.startsWith('address') ? 'exit-address-family' : 'exit')).reverse()
    last = within
    return [...leave, ...(same ? [] : within), text]
  })
}

/**
 * Commands that lead from what runs to what should, without touching a peer whose lines are the same. Networks are
 * withdrawn before their lists forget them, and told after their lists know them. Pure.
 */
export const changeCommands = (running: readonly Plain[], wanted: readonly Line[]): readonly string[] => {
  const have = new Set(running.map(keyOf))
  const want = new Set(wanted.map(keyOf))
  const mine = running.filter(({ text }) => ours.test(text))
  // A peer that goes, or that becomes another system's, goes with all its lines.
  const gonePeers = new Set(
    mine.filter((line) => isRemoteAs(line.text) && !want.has(keyOf(line))).map(({ text }) => peerOf(text)),
  )
  const ofGone = ({ text }: Plain): boolean => gonePeers.has(peerOf(text))
  const reset = new Set(
    wanted
      .filter((line) => !have.has(keyOf(line)) || ofGone(line))
      .map(({ within, sets }) => keyOf({ within, text: sets })),
  )
  const isReset = ({ within, text }: Plain): boolean => reset.has(keyOf({ within, text: settingOf(text) }))
  const gone = mine.filter((line) => !want.has(keyOf(line)) && !ofGone(line) && !isReset(line))
  const fresh = wanted.filter((line) => !have.has(keyOf(line)) || ofGone(line))
  const isList = ({ text }: Plain): boolean => text.includes('prefix-list') && !text.startsWith('neighbor')
  const peers = mine
    .filter((line) => isRemoteAs(line.text) && ofGone(line))
    .map(({ within, text }) => ({ within, text: `no neighbor ${peerOf(text)}` }))
  const undo = gone.map((line) => ({ within: line.within, text: negated(line.text) }))
  return commands([
    ...peers,
    ...undo.filter((line) => !isList(line)),
    ...fresh.filter(isList),
    ...undo.filter(isList),
    ...fresh.filter((line) => !isList(line)),
  ])
}
