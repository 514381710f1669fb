import { ruleText } from '../compile/rule.ts'
import { type Scope, scopeOf } from '../compile/scope.ts'
import { hookText } from '../compile/table.ts'
import type { Chain, Table } from '../model.ts'
import { byName } from '../names.ts'
import { isOpaque, referencesOf } from './references.ts'

export interface ChainChanges {
  readonly flushed: readonly string[]
  readonly gone: readonly string[]
  readonly declared: readonly Chain[]
  readonly added: readonly { readonly chain: string; readonly rule: string }[]
}

const textsOf = (chain: Chain, scope: Scope): readonly string[] =>
  chain.rules.map((rule) => (rule.foreign === undefined ? ruleText(rule, scope) : `foreign ${rule.foreign}`))

const withoutPolicy = (chain: Chain): string =>
  chain.hook === undefined ? '' : hookText({ ...chain.hook, policy: 'accept' })

const startsWith = (texts: readonly string[], head: readonly string[]): boolean =>
  head.every((text, index) => texts[index] === text)

/** Rules of a kept chain are appended where they only grew, and replaced as a whole otherwise. */
const keptChain = (texts: readonly string[], old: readonly string[], held: boolean) => {
  const grown = !held && startsWith(texts, old)
  return { flush: !grown, rules: grown ? texts.slice(old.length) : texts }
}

/** `loose`: the objects and counters (`object NAME`, `counter NAME`) that must be let go of by every rule. */
export const chainChanges = (before: Table, after: Table, loose: ReadonlySet<string>): ChainChanges => {
  const old = byName('chains', before.chains)
  const next = byName('chains', after.chains)
  const [oldScope, scope] = [scopeOf(before), scopeOf(after)]
  const remade = (chain: Chain, other: Chain | undefined): boolean =>
    other === undefined || withoutPolicy(chain) !== withoutPolicy(other)
  const gone = [...old.values()].filter((chain) => remade(chain, next.get(chain.name)))
  const letGo = new Set([...loose, ...gone.map((chain) => `chain ${chain.name}`)])
  const isHeld = (chain: Chain): boolean =>
    letGo.size > 0 && (isOpaque(chain) || [...referencesOf(chain)].some((name) => letGo.has(name)))

  const flushed = gone.map((chain) => chain.name)
  const declared: Chain[] = []
  const added: { chain: string; rule: string }[] = []
  for (const chain of next.values()) {
    const known = old.get(chain.name)
    const texts = textsOf(chain, scope)
    const add = (rules: readonly string[]): void => {
      added.push(...rules.map((rule) => ({ chain: chain.name, rule })))
    }
    if (known === undefined || remade(chain, known)) {
      declared.push(chain)
      add(texts)
      continue
    }
    if (chain.hook !== undefined && known.hook !== undefined && hookText(chain.hook) !== hookText(known.hook))
      declared.push(chain)
    const { flush, rules } = keptChain(texts, textsOf(known, oldScope), isHeld(known))
    if (flush) flushed.push(chain.name)
    add(rules)
  }
  return { flushed, gone: gone.map((chain) => chain.name), declared, added }
}
