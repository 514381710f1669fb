import { stripVTControlCharacters } from 'node:util'
import type { Reporter, SerializedError, TestCase } from 'vitest/node'

const MOST = 1500

const isOurs = (line: string): boolean => !/^\s+at (new Promise|.*node_modules)/.test(line)

const words = ({ message, stack, diff, cause }: SerializedError): string => {
  const where = String(stack ?? message)
    .split('\n')
    .filter(isOurs)
    .join('\n')
  const more = cause ? `\ncaused by ${words(cause as SerializedError)}` : ''
  return `${[where, stripVTControlCharacters(String(diff ?? ''))].join('\n').trim()}${more}`
}

/** What went wrong, at once: also of an attempt that a retry made good, and of a run that is ended from outside. */
export const tellFailures: Reporter = {
  onTestCaseResult: (test: TestCase) => {
    const attempts = (test.diagnostic()?.retryCount ?? 0) + 1
    for (const [index, error] of (test.result().errors ?? []).entries())
      process.stderr.write(
        `\nfailed, ${index + 1} of ${attempts}: ${test.module.relativeModuleId} > ${test.name}\n${words(error).slice(0, MOST)}\n`,
      )
  },
}
