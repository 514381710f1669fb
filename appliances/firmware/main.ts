import { messageOf } from '@sysvm/errors'

/**
 * The one program in the image: `firmware.mjs` is the agent, `firmware.mjs metadata` the router's metadata server,
 * `firmware.mjs netboot` its TFTP and HTTP boot server,
 * `firmware.mjs status` what an SSH client without a forwarded socket is told. Each loads only what it needs.
 */
const commands: Readonly<Record<string, () => Promise<unknown>>> = {
  agent: async () => (await import('./agent.ts')).startFirmware(),
  metadata: async () => (await import('@sysvm/router')).serveMetadata(),
  netboot: async () => (await import('@sysvm/router')).serveNetboot(),
  status: async () => (await import('./status.ts')).printStatus(),
}

const [name = 'agent'] = process.argv.slice(2)
const command = commands[name]
if (command === undefined) {
  process.stderr.write(`firmware: no command ${name}; there are ${Object.keys(commands).join(', ')}.\n`)
  process.exitCode = 64
} else {
  command().catch((error: unknown) => {
    process.stderr.write(`<3>firmware ${name}: ${messageOf(error)}\n`)
    process.exitCode = 1
  })
}
