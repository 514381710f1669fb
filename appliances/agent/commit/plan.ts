import { createHmac, randomBytes } from 'node:crypto'
import { diff } from 'node-iptables'
import type { FileDiff, Plan } from '../api/index.ts'
import type { Action, AnyService } from '../service/index.ts'
import { applyOrder } from './apply.ts'
import { changeOf, type Generation, rulesetOf } from './generation.ts'
import { unifiedDiff } from './unified-diff.ts'

type ServiceAction = Action & { readonly service: string }

/** What `apply` would do, service by service, in its order. Pure. */
export const planActions = (
  services: readonly AnyService[],
  from: Generation | null,
  to: Generation | null,
): ServiceAction[] =>
  applyOrder(services, from, to).flatMap((service) =>
    service.plan(changeOf(from, to, service.name)).map((action) => ({ ...action, service: service.name })),
  )

/** Of this process alone: by a plain digest a short password would be guessed, since all around it is known. */
const key = randomBytes(32)

/** Enough to see that a secret changed, and nothing about it. */
const fingerprint = (text: string | undefined): string =>
  text === undefined ? 'absent' : `sha256:${createHmac('sha256', key).update(text).digest('hex').slice(0, 16)}`

const isSecret = (generation: Generation | null, service: string, path: string): boolean =>
  generation?.rendered[service]?.files.some((file) => file.path === path && file.secret === true) ?? false

const fileDiffs = (services: readonly AnyService[], from: Generation | null, to: Generation): FileDiff[] =>
  services.flatMap(({ name }) =>
    changeOf(from, to, name).files.map(({ path, before, after }) => ({
      path,
      diff:
        isSecret(from, name, path) || isSecret(to, name, path)
          ? `-${fingerprint(before)}\n+${fingerprint(after)}\n`
          : unifiedDiff(path, before, after),
    })),
  )

/** What a commit of `to` would change. Pure: nothing is written, checked or loaded. */
export const planGeneration = (services: readonly AnyService[], from: Generation | null, to: Generation): Plan => {
  const actions = planActions(services, from, to)
  return {
    generation: to.generation,
    files: fileDiffs(services, from, to),
    netfilter: diff(rulesetOf(from), rulesetOf(to)),
    actions,
    dropsFlows: actions.some(({ dropsFlows }) => dropsFlows),
  }
}
