import { compile } from './compile/index.ts'
import { diff } from './diff/index.ts'
import type { Ruleset } from './model.ts'
import { type RunOptions, runProgram } from './run.ts'

const load = async (text: string, { run = runProgram }: RunOptions, ...flags: readonly string[]): Promise<void> => {
  if (text !== '') await run(['nft', ...flags, '-f', '-'], { input: text })
}

/** Makes the kernel's tables of these names what the ruleset says, wholly or not at all. */
export const apply = (ruleset: Ruleset, options: RunOptions = {}): Promise<void> => load(compile(ruleset), options)

/** The same by the smallest transaction; `before` must be what the kernel has, such as `list` returns. */
export const applyDiff = (before: Ruleset, after: Ruleset, options: RunOptions = {}): Promise<void> =>
  load(diff(before, after), options)

/** nft's own dry run against this kernel: nothing changes. */
export const check = (ruleset: Ruleset, options: RunOptions = {}): Promise<void> =>
  load(compile(ruleset), options, '-c')
