import { join } from 'node:path'
import { build, type Plugin } from 'esbuild'
import { repositoryFolder } from './paths.ts'
import { slimFirmware } from './slim.ts'

/** One file of a program and all that it imports. The same sources give the same bytes. */
const bundle = async (entry: string, plugins: readonly Plugin[]): Promise<Uint8Array> => {
  const { outputFiles } = await build({
    entryPoints: [join(repositoryFolder, 'appliances/firmware', entry)],
    absWorkingDir: repositoryFolder,
    bundle: true,
    write: false,
    platform: 'node',
    format: 'esm',
    target: 'node24',
    conditions: ['source'],
    minifySyntax: true,
    minifyWhitespace: true,
    legalComments: 'none',
    logLevel: 'silent',
    plugins: [...plugins],
    // CommonJS dependencies call require for Node's own modules.
    banner: {
      js: "import{createRequire as sysvmRequire}from'node:module';const require=sysvmRequire(import.meta.url);",
    },
  })
  const [file] = outputFiles
  if (file === undefined) throw new Error('esbuild wrote nothing')
  return file.contents
}

/** The agent with every role's services. */
export const bundleFirmware = (): Promise<Uint8Array> => bundle('main.ts', [slimFirmware])

/** The program that runs the firmware that is in force: of the platform, since no patch replaces it. */
export const bundleLauncher = (): Promise<Uint8Array> => bundle('start.ts', [])
