import { ask } from '@sysvm/agent/effects/ask'
import { isSysvmError } from '@sysvm/errors'

/**
 * Run inside the router: the agent's own probes, one question each. The answer is JSON, and so is an error of ours, whose
 * code services look at. A text may hold zero bytes: base64.
 */
const [kind, target = '', text = '', timeoutMs] = process.argv.slice(2)
const answer =
  kind === 'unix'
    ? ask.unix(
        target,
        Buffer.from(text, 'base64').toString(),
        timeoutMs === undefined ? {} : { timeoutMs: Number(timeoutMs) },
      )
    : kind === 'dns'
      ? ask.dns(target, text)
      : kind === 'tcp' || kind === 'udp'
        ? ask.reach(kind, target, Number(text), { timeoutMs: 1000 })
        : ask.http(target)
const told = await answer.then(
  (value: unknown) => ({ value }),
  (error: unknown) => {
    if (!isSysvmError(error)) throw error
    return { error: { code: error.code, message: error.message } }
  },
)
process.stdout.write(JSON.stringify(told))
