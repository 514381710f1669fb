import { type Step, step } from './step.ts'

interface Described {
  readonly name: string
  readonly params: readonly { readonly name: string; readonly required: boolean }[]
}

/** What a list needs to complete arguments from it. */
const NEEDED: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  listTemplates: { templatefilter: 'executable' },
  listIsos: { isofilter: 'executable' },
}

/** Lists that need one of two arguments. */
const EITHER = new Set(['listLBHealthCheckPolicies', 'listLBStickinessPolicies'])

/** `sync`, then the lists from which arguments are completed: whichever need no other argument. */
export const completions = (apis: readonly Described[]): readonly Step[] =>
  apis
    .filter(({ name }) => name.startsWith('list'))
    .filter(
      ({ name, params }) =>
        !EITHER.has(name) &&
        params.every((one) => !one.required || NEEDED[name]?.[one.name.toLowerCase()] !== undefined),
    )
    .map(({ name }) => step(name, { listall: 'true', ...NEEDED[name] }))
