import { type BuiltImages, buildImages, type Progress } from '@sysvm/images/build'
import type { Tell } from '../progress.ts'

/** Steps of the build as the detail of one line: the one that runs, with its time when it is done. */
const detail =
  (tell: Tell): Progress =>
  ({ step, seconds }) =>
    tell(seconds === undefined ? step : `${step}, ${seconds.toFixed(0)} s`)

/** The system VM's and the guest's image, from the cache or newly built. */
export const ensureImages = async (tell: Tell): Promise<BuiltImages> => {
  const built = await buildImages({ progress: detail(tell) })
  const name = ({ manifest, cached }: BuiltImages['system']): string =>
    `${manifest.kind} ${manifest.hash.slice(0, 12)} ${cached ? 'from the cache' : 'built'}`
  tell(`${name(built.system)}, ${name(built.guest)}`)
  return built
}
