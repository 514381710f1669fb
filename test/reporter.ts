import { stripVTControlCharacters } from 'node:util'
import type { Reporter, SerializedError, TestCase, TestModule, TestSuite } from 'vitest/node'

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

const tell = (where: string, errors: readonly SerializedError[], attempts = errors.length): void => {
  for (const [index, error] of errors.entries())
    process.stderr.write(`\nfailed, ${index + 1} of ${attempts}: ${where}\n${words(error).slice(0, MOST)}\n`)
}

/** What went wrong, at once: also of an attempt that a retry made good, and of a run that is ended from outside. */
export const tellFailures: Reporter = {
  onTestCaseResult: (test: TestCase) =>
    tell(
      `${test.module.relativeModuleId} > ${test.name}`,
      test.result().errors ?? [],
      (test.diagnostic()?.retryCount ?? 0) + 1,
    ),
  onTestSuiteResult: (suite: TestSuite) => tell(`${suite.module.relativeModuleId} > ${suite.name}`, suite.errors()),
  onTestModuleEnd: (module: TestModule) => tell(module.relativeModuleId, module.errors()),
}
