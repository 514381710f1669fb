import type { ParseArgsOptionsConfig } from 'node:util'
import type { Client } from './client.ts'
import type { Progress } from './progress.ts'
import type { Settings } from './settings.ts'

/** What a command may touch of the outside world; tests give their own. */
export interface Context {
  readonly settings: Settings
  readonly client: Client
  readonly progress: Progress
  /** The closed set of commands. */
  readonly commands: readonly Command[]
  /** `--json`: one JSON value on stdout and nothing else. */
  readonly json: boolean
  /** Columns of the terminal, for tables. */
  readonly width: number
  /** Asks for a secret at the terminal without showing it; elsewhere the first line of stdin. */
  readSecret(prompt: string): Promise<string>
  /** Prints to stdout, one line break added. */
  print(text: string): void
  /** Prints to stderr, one line break added. */
  warn(text: string): void
}

export interface Parsed {
  readonly values: Readonly<Record<string, string | boolean | undefined>>
  readonly words: readonly string[]
}

/** One command of the CLI: one file in `commands/`. */
export interface Command {
  readonly name: string
  /** One line for `sysvm help`. */
  readonly summary: string
  /** What follows the name: `<command> [key=value…]`. */
  readonly usage: string
  /** Paragraphs for `sysvm help <name>`. */
  readonly description: string
  readonly options: ParseArgsOptionsConfig
  /** Words that may follow, for completion. */
  readonly subcommands?: readonly string[]
  run(context: Context, parsed: Parsed): Promise<void>
}
