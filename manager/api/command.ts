import type { Kysely } from 'kysely'
import type { Jobs } from '../jobs/index.ts'
import type { AsyncJob } from '../model/job.ts'
import type { Named } from '../model/ownership.ts'
import type { Database } from '../model/schema.ts'
import { seesAll } from './access.ts'
import type { RoleType } from './authorized.ts'
import type { Caller } from './caller.ts'
import type { Dependencies } from './dependencies.ts'
import { grows } from './growth.ts'
import type { Parameters, Values } from './parameter.ts'
import type { Recording } from './recording.ts'
import { checkReferences, ownersNamed } from './reference.ts'
import { type Fields, hasTags, type Presented, type ResponseShape } from './response.ts'
import { type TagsOf, withTags } from './tags.ts'
import type { Visit } from './visit.ts'
import type { WireObject } from './wire/value.ts'

export interface Context {
  readonly db: Kysely<Database>
  readonly jobs: Jobs
  readonly caller: Caller
  readonly dependencies: Dependencies
  readonly visit: Visit
  /** Every command there is, for `listApis` and for rendering what a job made. */
  readonly commands: readonly Command[]
  /** Of a command that changes something: what its event says. */
  readonly recording?: Recording | undefined
  /** Accounts that have the things named by a command that gives them more: they must be open when it writes. */
  readonly growing?: readonly string[] | undefined
}

export interface Listed<T> {
  /** All that match, not only this page. */
  readonly count: number
  readonly items: readonly T[]
  /** Tags of the items, where they were begun to be read together with their rows. */
  readonly tags?: Promise<TagsOf> | undefined
}

/** What `run` gives back, by the kind of answer. */
interface Answers<F extends Fields> {
  /** `{"<object>": {…}}` */
  readonly object: Presented<F>
  /** `{"count": n, "<object>": […]}`, or `{}` when empty. */
  readonly list: Listed<Presented<F>>
  /** The fields themselves, under no object name. */
  readonly flat: Presented<F>
  /** `{"success": true}` */
  readonly success: unknown
  /** Asynchronous: `{"jobid": …, "id": …}`; the answer's fields are the finished job's. */
  readonly job: { readonly jobid: string; readonly id?: string }
}

export type AnswerKind = keyof Answers<Fields>

export interface CommandDefinition<P extends Parameters, F extends Fields, K extends AnswerKind> {
  readonly name: string
  readonly description: string
  /** Name of the answer; default: the command's in lower case and `response`. */
  readonly root?: string
  /** Kinds of roles that may call it, unless a role of their own says otherwise. */
  readonly authorized: readonly RoleType[]
  /** Answered without asking who calls: what opens and ends sessions. */
  readonly anonymous?: true
  /** CloudStack version that brought it. */
  readonly since?: string
  readonly params: P
  /** Parameters that CloudStack knows and sysvm does not yet: refused, and said so. */
  readonly unsupported?: readonly string[]
  /** What `id` and `ids` name, where the answer's object does not say it. */
  readonly subject?: Named | readonly Named[]
  /** What other parameters name, where they mean something else here than elsewhere. */
  readonly references?: Readonly<Record<string, Named | readonly Named[]>>
  readonly answer: K
  readonly response: ResponseShape<F>
  readonly run: (context: Context, params: Values<P>) => Promise<Answers<F>[K]>
  /** Asynchronous commands: what the finished job made or changed; without it the job answers `{success:true}`. */
  readonly result?: (context: Context, id: string, job: AsyncJob) => Promise<Presented<F> | undefined>
}

/** A command with its types closed over, as the registry holds it. */
export interface Command {
  readonly name: string
  readonly description: string
  readonly root?: string | undefined
  readonly authorized: readonly RoleType[]
  readonly anonymous?: true | undefined
  readonly since?: string | undefined
  readonly isasync: boolean
  readonly params: Parameters
  readonly unsupported: readonly string[]
  readonly subject?: Named | readonly Named[] | undefined
  readonly references?: Readonly<Record<string, Named | readonly Named[]>> | undefined
  readonly response: ResponseShape
  readonly run: (context: Context, params: Values<Parameters>) => Promise<WireObject>
  /** The same without its check of ids and without tags, for a command that says more of the same things and does both. */
  readonly plain: (context: Context, params: Values<Parameters>) => Promise<unknown>
  readonly result?: ((context: Context, id: string, job: AsyncJob) => Promise<WireObject | undefined>) | undefined
}

const wrap = (kind: AnswerKind, object: string, answer: unknown): WireObject => {
  if (kind === 'success') return { success: true }
  if (kind === 'object') return { [object]: answer as WireObject }
  if (kind !== 'list') return answer as WireObject
  const { count, items } = answer as Listed<WireObject>
  if (count === 0) return {}
  // Behind the last page there is a count and no list, not an empty one.
  return items.length === 0 ? { count } : { count, [object]: items }
}

export const defineCommand = <const P extends Parameters, F extends Fields, K extends AnswerKind>(
  definition: CommandDefinition<P, F, K>,
): Command => ({
  name: definition.name,
  description: definition.description,
  root: definition.root,
  authorized: definition.authorized,
  anonymous: definition.anonymous,
  since: definition.since,
  isasync: definition.answer === 'job',
  params: definition.params,
  unsupported: definition.unsupported ?? [],
  subject: definition.subject,
  references: definition.references,
  response: definition.response,
  run: async (context, params) => {
    const { answer, response } = definition
    // Who sees everything is told by the command itself what is not there, in its own order and words.
    if ((answer === 'list' && definition.name.startsWith('list')) || !seesAll(context.caller))
      await checkReferences(context, definition, params)
    const growing = grows(definition.name) ? await ownersNamed(context.db, definition, params) : undefined
    const made = await definition.run({ ...context, growing }, params as Values<P>)
    return wrap(answer, response.object, hasTags(response) ? await withTags(context.db, answer, made) : made)
  },
  plain: (context, params) => definition.run(context, params as Values<P>),
  result:
    definition.result &&
    (async (context, id, job) => {
      const made = (await definition.result?.(context, id, job)) as WireObject | undefined
      return made && hasTags(definition.response) ? await withTags(context.db, 'object', made) : made
    }),
})
