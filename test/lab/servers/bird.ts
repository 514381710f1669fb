import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Lab } from '../lab.ts'
import type { Namespace } from '../namespace.ts'
import { until } from '../until.ts'

/** A BGP router that is not ours: BIRD, with everything it learns in its kernel. */
export interface Bird {
  /** `birdc` with these words. */
  ask(...words: readonly string[]): Promise<string>
  configure(protocols: string): Promise<void>
  stop(): Promise<void>
}

const whole = (id: string, protocols: string): string => `router id ${id};
protocol device {}
protocol kernel { ipv4 { import none; export where source = RTS_BGP; }; }
protocol kernel { ipv6 { import none; export where source = RTS_BGP; }; }
${protocols}
`

export const startBird = async (lab: Lab, at: Namespace, id: string, protocols: string): Promise<Bird> => {
  const [config, socket] = [join(lab.directory, `${at.name}.bird`), join(lab.directory, `${at.name}.ctl`)]
  await writeFile(config, whole(id, protocols))
  const daemon = await at.spawn(['bird', '-f', '-c', config, '-s', socket])
  const ask: Bird['ask'] = async (...words) => (await at.exec(['birdc', '-s', socket, ...words])).stdout
  await until(`BIRD: ${daemon.output()}`, async () => (await ask('show', 'status')).includes('up and running'))
  return {
    ask,
    configure: async (next) => {
      await writeFile(config, whole(id, next))
      await ask('configure')
    },
    stop: async () => void (await daemon.stop()),
  }
}
