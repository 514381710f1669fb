import { join } from 'node:path'
import { build } from 'esbuild'
import { repositoryFolder } from './paths.ts'
import { slimFirmware } from './slim.ts'

/** The firmware as one file: the agent with every role's services. The same sources give the same bytes. */
export const bundleFirmware = async (): Promise<Uint8Array> => {
  const { outputFiles } = await build({
    entryPoints: [join(repositoryFolder, 'appliances/firmware/main.ts')],
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
    plugins: [slimFirmware],
    // CommonJS dependencies call require for Node's own modules.
    banner: {
      js: "import{createRequire as sysvmRequire}from'node:module';const require=sysvmRequire(import.meta.url);",
    },
  })
  const [file] = outputFiles
  if (file === undefined) throw new Error('esbuild wrote nothing')
  return file.contents
}
