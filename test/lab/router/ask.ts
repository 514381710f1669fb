import { ask } from '@sysvm/agent/effects/ask'

/** Run inside the router: the agent's own probes, one question each, the answer as JSON. */
const [kind, target = '', text = ''] = process.argv.slice(2)
const answer = kind === 'unix' ? ask.unix(target, text) : kind === 'dns' ? ask.dns(target, text) : ask.http(target)
process.stdout.write(JSON.stringify(await answer))
