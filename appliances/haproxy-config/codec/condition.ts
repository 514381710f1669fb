import type { Condition, Match, Term, Test } from '../model.ts'
import { printable } from '../text/quote.ts'
import { choice, file, invalid, name, unreadable, type Words } from './codec.ts'
import { expressionText, readExpression } from './expression.ts'

const match = choice<Match>('found', 'bool', 'int', 'ip', 'str', 'beg', 'end', 'sub', 'dir', 'dom', 'len', 'reg')

/** A brace by itself would end an anonymous ACL. */
const valueWord = (value: string): string => {
  if (value === '' || value === '}' || value === '{') throw invalid('a value to compare with', value)
  return printable(value)
}

/** `src -m ip -f FILE -- VALUE…`; `--` so that no value is taken for a flag. */
export const testWords = (test: Test): Words => [
  expressionText(test.sample),
  ...(test.ignoreCase === true ? ['-i'] : []),
  ...(test.match === undefined ? [] : ['-m', match.write(test.match)]),
  ...(test.file === undefined ? [] : ['-f', file.write(test.file)]),
  ...(test.values === undefined || test.values.length === 0 ? [] : ['--', ...test.values.map(valueWord)]),
]

const readTestWords = ([sample = '', ...words]: Words): Test => {
  const found: { -readonly [K in keyof Test]: Test[K] } = { sample: readExpression(sample) }
  for (let at = 0; at < words.length; at++) {
    const next = words[at + 1] ?? ''
    if (words[at] === '-i') found.ignoreCase = true
    else if (words[at] === '-m') found.match = match.read(next)
    else if (words[at] === '-f') found.file = file.read(next)
    else if (words[at] === '--') return { ...found, values: words.slice(at + 1) }
    else throw unreadable(`${JSON.stringify(words[at])} is not among what this library reads`)
    if (words[at] !== '-i') at += 1
  }
  return found
}

export { readTestWords as readTest }

const termWords = (term: Term): Words => {
  const not = term.not === true ? '!' : ''
  if ('acl' in term) return [`${not}${name.write(term.acl)}`]
  return [`${not}{`, ...testWords(term), '}']
}

/** `if a !b || { src -f x }`; nothing without a condition. */
export const conditionWords = (condition: Condition | undefined): Words => {
  if (condition === undefined) return []
  const [word, terms] = 'if' in condition ? (['if', condition.if] as const) : (['unless', condition.unless] as const)
  if (terms.length === 0 || terms.some((all) => all.length === 0)) throw invalid('a condition', terms)
  return [word, ...terms.flatMap((all, index) => [...(index === 0 ? [] : ['||']), ...all.flatMap(termWords)])]
}

const readTerms = (words: Words): readonly (readonly Term[])[] => {
  const any: Term[][] = [[]]
  for (let at = 0; at < words.length; at++) {
    const word = words[at] ?? ''
    const not = word.startsWith('!') ? ({ not: true } as const) : {}
    const bare = word.replace(/^!/, '')
    if (bare === '||') any.push([])
    else if (bare !== '{') any.at(-1)?.push({ acl: name.read(bare), ...not })
    else {
      const end = words.indexOf('}', at)
      if (end === -1) throw unreadable('a brace is not closed')
      any.at(-1)?.push({ ...readTestWords(words.slice(at + 1, end)), ...not })
      at = end
    }
  }
  return any
}

/** Takes the condition off the end of a line. */
export const splitCondition = (words: Words): { readonly words: Words; readonly when?: Condition } => {
  const at = words.findIndex((word) => word === 'if' || word === 'unless')
  if (at === -1) return { words }
  const terms = readTerms(words.slice(at + 1))
  return { words: words.slice(0, at), when: words[at] === 'if' ? { if: terms } : { unless: terms } }
}
