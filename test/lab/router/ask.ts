import { ask } from '@sysvm/agent/effects/ask'

/** Run inside the router: the agent's own probes, one question each, the answer as JSON. A text may hold zero bytes: base64. */
const [kind, target = '', text = ''] = process.argv.slice(2)
const answer =
  kind === 'unix'
    ? ask.unix(target, Buffer.from(text, 'base64').toString())
    : kind === 'dns'
      ? ask.dns(target, text)
      : kind === 'tcp' || kind === 'udp'
        ? ask.reach(kind, target, Number(text), { timeoutMs: 1000 })
        : ask.http(target)
process.stdout.write(JSON.stringify(await answer))
